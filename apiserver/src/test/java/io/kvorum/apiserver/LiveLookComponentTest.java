package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.api.ApiException;
import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.LiveLook;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.StoreKeys;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.quota.QuotaLedger;
import io.kvorum.apiserver.registry.Reservations;
import io.kvorum.component.fault.SkewedClock;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.ForwardingStore;
import io.kvorum.store.client.MemoryStore;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.Store;
import io.kvorum.store.client.Txn;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What bounds objects is looked up in the store where a cache, which lags behind it, knows of nothing. */
class LiveLookComponentTest {
    private static final String QUOTA =
            "{\"apiVersion\":\"v1\",\"kind\":\"ResourceQuota\",\"metadata\":{\"name\":\"new\","
                    + "\"namespace\":\"n\",\"uid\":\"u\"},\"status\":{\"hard\":{\"configmaps\":\"1\"},\"used\":{\"configmaps\":\"1\"}}}";

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final SkewedClock clock =
            new SkewedClock(Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC));
    private MemoryStore store;
    private Counting counting;
    private WatchCache cache;

    @BeforeEach
    void start() throws Exception {
        store = MemoryStore.create(vertx);
        counting = new Counting(new LateStore(store));
        cache = new WatchCache(vertx, counting);
        on(cache::start);
        counting.asked.set(0);
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
        vertx.close().await(5, TimeUnit.SECONDS);
    }

    private <T> T on(Supplier<Future<T>> work) throws Exception {
        Promise<T> result = Promise.promise();
        context.runOnContext(go -> work.get().onComplete(result));
        return result.future().await(10, TimeUnit.SECONDS);
    }

    private void quota() throws Exception {
        ByteSequence key = StoreKeys.key("core/resourcequotas", "n/new");
        store.commit(Txn.of(new Op.Put(key, ByteSequence.utf8(QUOTA), 0, false)))
                .await(5, TimeUnit.SECONDS);
    }

    private Collection<ObjectVersion> look(LiveLook look) throws Exception {
        return on(() -> look.in("n"));
    }

    @Test
    void aQuotaMadeElsewhereIsFound() throws Exception {
        QuotaLedger ledger = new QuotaLedger(cache, clock);
        ResourceInfo info =
                BuiltinCatalog.load().byResource("", "v1", "configmaps").orElseThrow();
        quota();
        Reservations charged = on(() -> ledger.over(info, "n", Reservations.NONE, false));
        assertThatThrownBy(() -> charged.create(Tree.newObject()))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("exceeded quota: new, requested: configmaps=1");
    }

    @Test
    void whereThereIsNothingTheStoreIsAskedEveryHalfMinute() throws Exception {
        LiveLook look = new LiveLook(cache, "core/resourcequotas", clock);
        assertThat(look(look)).isEmpty();
        assertThat(counting.asked).hasValue(1);
        clock.skew("test", Duration.ofSeconds(29), null);
        assertThat(look(look)).isEmpty();
        assertThat(counting.asked).hasValue(1);
        clock.skew("test", Duration.ofSeconds(30), null);
        assertThat(look(look)).isEmpty();
        assertThat(counting.asked).hasValue(2);
        clock.skew("test", Duration.ofHours(-1), null);
        assertThat(look(look)).isEmpty();
        assertThat(counting.asked).as("a clock that was set back").hasValue(3);
    }

    @Test
    void whatIsKnownNeedsNoLook() throws Exception {
        LiveLook look = new LiveLook(cache, "core/resourcequotas", clock);
        quota();
        assertThat(look(look)).hasSize(1);
        assertThat(look(look)).hasSize(1);
        assertThat(counting.asked).hasValue(1);
    }

    /** Counts how often it is asked how new it is. */
    private static final class Counting extends ForwardingStore {
        private final AtomicInteger asked = new AtomicInteger();

        Counting(Store store) {
            super(store);
        }

        @Override
        public Future<Long> revision() {
            asked.incrementAndGet();
            return super.revision();
        }
    }
}
