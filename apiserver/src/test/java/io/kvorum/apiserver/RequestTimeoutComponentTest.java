package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.store.client.ForwardingStore;
import io.kvorum.store.client.Store;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests that take longer than they may. */
class RequestTimeoutComponentTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";

    /** What the store waits for before it says how far it is; null: nothing. */
    private static final AtomicReference<@Nullable Promise<Void>> HELD = new AtomicReference<>();

    private static TestApiServer server;
    private static Http http;

    @BeforeAll
    static void start() throws Exception {
        server = TestApiServer.start(HeldStore::new);
        http = new Http(server);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @AfterEach
    void letGo() {
        Promise<Void> held = HELD.getAndSet(null);
        if (held != null) {
            held.tryComplete();
        }
    }

    @Test
    void aReadIsAnsweredWhenItsTimeIsOver() {
        HELD.set(Promise.promise());
        Http.Answer answer = http.get(MAPS + "?timeout=300ms");
        assertThat(answer.status()).as(answer.text()).isEqualTo(504);
        assertThat(answer.json().path("reason").asText()).isEqualTo("Timeout");
        assertThat(answer.json().path("message").asText())
                .isEqualTo("Timeout: request did not complete within the allotted timeout");
    }

    /** Its answer comes when nobody waits for it any more, and must not be filled for the rest of its days. */
    @Test
    void aWatchThatOpensTooLateIsClosed() throws Exception {
        int before = server.watchers("core/configmaps");
        Promise<Void> held = Promise.promise();
        HELD.set(held);
        assertThat(http.get(MAPS + "?watch=1&timeout=300ms").status()).isEqualTo(504);
        held.complete();
        // The watch has opened once the server has answered what was asked after it.
        assertThat(http.get(MAPS).status()).isEqualTo(200);
        assertThat(server.watchers("core/configmaps")).isEqualTo(before);
    }

    private static final class HeldStore extends ForwardingStore {
        HeldStore(Store store) {
            super(store);
        }

        @Override
        public Future<Long> revision() {
            Promise<Void> held = HELD.get();
            return held == null ? store.revision() : held.future().compose(free -> store.revision());
        }
    }
}
