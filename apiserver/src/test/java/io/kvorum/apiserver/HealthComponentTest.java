package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.store.client.ForwardingStore;
import io.kvorum.store.client.Store;
import io.kvorum.store.client.StoreException;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HealthComponentTest {
    private static final AtomicBoolean AWAY = new AtomicBoolean();

    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer(AwayStore::new);

    private static final Http http = server.http();

    @AfterEach
    void back() {
        AWAY.set(false);
    }

    @Test
    void everyCheckIsTold() {
        assertThat(http.get("/readyz").text()).isEqualTo("ok");
        assertThat(http.get("/livez?verbose").text()).isEqualTo("[+]ping ok\n[+]etcd ok\nlivez check passed\n");
        assertThat(http.get("/readyz?verbose&exclude=etcd&exclude=moon").text())
                .isEqualTo("[+]ping ok\n[+]etcd excluded: ok\n[+]etcd-readiness ok\n[+]informer-sync ok\n"
                        + "warn: some health checks cannot be excluded: no matches for \"moon\"\n"
                        + "readyz check passed\n");
    }

    @Test
    void everyCheckHasAPathThatTheRootNames() {
        assertThat(http.get("/readyz/informer-sync").text()).isEqualTo("ok");
        assertThat(http.get("/livez/informer-sync").status()).isEqualTo(404);
        assertThat(http.get("/").text())
                .contains("\"/livez/etcd\"", "\"/readyz/informer-sync\"", "\"/healthz/etcd\"")
                .doesNotContain("\"/livez/informer-sync\"", "\"/healthz/etcd-readiness\"");
    }

    @Test
    void aServerWhoseStoreIsAwayIsNotFit() {
        AWAY.set(true);
        Http.Answer live = http.get("/livez");
        assertThat(live.status()).isEqualTo(500);
        assertThat(live.text()).isEqualTo("[+]ping ok\n[-]etcd failed: reason withheld\nlivez check failed\n");
        assertThat(http.get("/readyz/etcd-readiness").text())
                .isEqualTo("internal server error: the store: no leader is known\n");
        assertThat(http.get("/readyz/informer-sync").text()).isEqualTo("ok");
        AWAY.set(false);
        assertThat(http.get("/readyz").text()).isEqualTo("ok");
    }

    /** Whether there is the namespace is asked of the store, since it may just have been made. */
    @Test
    void whatAdmissionCannotAskTheStoreIsNoDefect() {
        AWAY.set(true);
        Http.Answer answer = http.post("/api/v1/namespaces/unknown/configmaps", "{\"metadata\":{\"name\":\"a\"}}");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.json().path("message").asText()).isEqualTo("the store is unavailable: no leader is known");
    }

    private static final class AwayStore extends ForwardingStore {
        AwayStore(Store store) {
            super(store);
        }

        @Override
        public Future<Long> revision() {
            return AWAY.get()
                    ? Future.failedFuture(new StoreException.Unavailable("no leader is known"))
                    : store.revision();
        }
    }
}
