package io.kvorum.apiserver.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.api.ApiException;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.MemoryStore;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.Txn;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Caches that begin late: what a watch that was at another server a moment ago finds at one that has just started. */
final class WatchCacheComponentTest {
    private static final String CONFIG_MAPS = "core/configmaps";

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private MemoryStore store;

    @BeforeEach
    void fill() throws Exception {
        store = MemoryStore.create(vertx);
        for (int i = 0; i < 20; i++) {
            put("a-" + i % 5, i);
        }
    }

    @AfterEach
    void close() throws Exception {
        store.close();
        vertx.close().await(5, TimeUnit.SECONDS);
    }

    private static ByteSequence key(String name) {
        return StoreKeys.key(CONFIG_MAPS, "default/" + name);
    }

    private long put(String name, int value) throws Exception {
        String json = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                + "\",\"namespace\":\"default\"},\"data\":{\"v\":\"" + value + "\"}}";
        return store.commit(Txn.of(new Op.Put(key(name), ByteSequence.utf8(json), 0, false)))
                .await(5, TimeUnit.SECONDS)
                .revision();
    }

    private <T> T on(Callable<T> work) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        context.runOnContext(v -> {
            try {
                result.complete(work.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(10, TimeUnit.SECONDS);
    }

    private WatchCache started() throws Exception {
        WatchCache cache = on(() -> new WatchCache(vertx, store));
        Future<Void> start = on(cache::start);
        start.await(10, TimeUnit.SECONDS);
        return cache;
    }

    private static final Watcher NOBODY = new Watcher() {
        @Override
        public void changed(CacheEvent event) {}

        @Override
        public void lost() {}
    };

    private List<Long> resumed(WatchCache cache, long from) throws Exception {
        return on(() -> cache.of(CONFIG_MAPS).watch(from, NOBODY).stream()
                .map(CacheEvent::revision)
                .toList());
    }

    @Test
    void aWatchFromBeforeTheStartIsResumedWithoutAGap() throws Exception {
        long last = put("b", 1);
        store.commit(Txn.of(new Op.Delete(KeyRange.single(key("a-0")), false))).await(5, TimeUnit.SECONDS);
        WatchCache cache = started();
        assertThat(on(cache::revision)).isEqualTo(last + 1);
        assertThat(on(cache::synced)).isTrue();
        assertThat(on(() -> cache.of(CONFIG_MAPS).size())).isEqualTo(5);
        assertThat(resumed(cache, last - 3)).containsExactly(last - 2, last - 1, last, last + 1);
    }

    @Test
    void whatIsCompactedCannotBeResumed() throws Exception {
        long last = put("b", 1);
        store.compact(last - 5).await(5, TimeUnit.SECONDS);
        WatchCache cache = started();
        assertThat(on(cache::revision)).isEqualTo(last);
        assertThat(on(() -> cache.of(CONFIG_MAPS).size())).isEqualTo(6);
        assertThat(resumed(cache, last - 5)).hasSize(5);
        assertThatThrownBy(() -> resumed(cache, last - 6)).hasRootCauseInstanceOf(ApiException.class);
    }

    @Test
    void anEmptyStoreIsSyncedAtOnce() throws Exception {
        store.close();
        store = MemoryStore.create(vertx);
        WatchCache cache = started();
        assertThat(on(cache::synced)).isTrue();
        long first = put("c", 1);
        on(() -> cache.reached(first)).await(5, TimeUnit.SECONDS);
        assertThat(on(() -> cache.of(CONFIG_MAPS).size())).isEqualTo(1);
    }
}
