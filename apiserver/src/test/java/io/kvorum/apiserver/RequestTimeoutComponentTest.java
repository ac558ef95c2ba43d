package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.apiserver.request.RequestTimeout;
import io.kvorum.store.client.ForwardingStore;
import io.kvorum.store.client.Store;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests that take longer than they may. */
class RequestTimeoutComponentTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";

    /** What the store waits for before it says how far it is; null: nothing. */
    private static final AtomicReference<@Nullable Promise<Void>> HELD = new AtomicReference<>();

    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer(HeldStore::new);

    private static final Http http = server.http();

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
        try (TestApiServer hasty = TestApiServer.start(HeldStore::new, RequestTimeoutComponentTest::hasty)) {
            Http client = new Http(hasty);
            int before = hasty.watchers("core/configmaps");
            Promise<Void> held = Promise.promise();
            HELD.set(held);
            assertThat(client.get(MAPS + "?watch=1").status()).isEqualTo(504);
            held.complete();
            // The watch has opened once the server has answered what was asked after it.
            int status = 504;
            // A slow machine may be too slow for so hasty a server.
            for (int left = 50; status == 504 && left > 0; left--) {
                status = client.get(MAPS).status();
            }
            assertThat(status).isEqualTo(200);
            assertThat(hasty.watchers("core/configmaps")).isEqualTo(before);
        }
    }

    @Test
    void theServerSaysHowLongARequestMayTake() throws Exception {
        try (TestApiServer hasty = TestApiServer.start(HeldStore::new, RequestTimeoutComponentTest::hasty)) {
            Http client = new Http(hasty);
            HELD.set(Promise.promise());
            assertThat(client.get(MAPS).status()).isEqualTo(504);
            assertThat(client.get(MAPS + "?timeout=0").status()).isEqualTo(504);
            assertThat(client.get(MAPS + "?timeout=1h").status()).isEqualTo(504);
        }
    }

    private static ServingOptions hasty(Vertx vertx) {
        return ServingOptions.plain(vertx).withTimeout(new RequestTimeout(Duration.ofMillis(300)));
    }

    /** It is not for the server but for whom the request is led on to, or for nobody. */
    @Test
    void theParameterOfALongRequestIsNotLookedAt() throws Exception {
        assertThat(http.get(MAPS + "?timeout=soon").status()).isEqualTo(400);
        assertThat(http.get(MAPS + "/a&timeout=1s").status()).isEqualTo(404);
        assertThat(http.get("/api/v1/namespaces/default/services/none/proxy/?timeout=soon")
                        .status())
                .isNotEqualTo(400);
        try (Http.Watch watch = http.watch(MAPS + "?watch=1&timeout=1ns&timeoutSeconds=20")) {
            assertThat(http.post(MAPS, "{\"metadata\":{\"name\":\"long\"}}").status())
                    .isEqualTo(201);
            for (String name = ""; !name.equals("long"); ) {
                JsonNode event = watch.next();
                assertThat(event.isMissingNode()).as("the watch has ended").isFalse();
                name = event.at("/object/metadata/name").asText();
            }
        }
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
