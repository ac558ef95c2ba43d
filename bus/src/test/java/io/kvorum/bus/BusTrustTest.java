package io.kvorum.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server believes only those who prove who they are. */
class BusTrustTest {
    private static final String API = "apiserver/apiserver-0";
    private static final String KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    /** Node id of every client of a Vert.x that is not clustered. */
    private static final String SELF = "local/local";

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();

    @BeforeEach
    void serve() throws Exception {
        BusEndpoint endpoint = (request, sender) ->
                Future.succeededFuture(BusReply.whole(200, MultiMap.caseInsensitiveMultiMap(), Buffer.buffer(sender)));
        await(BusServer.start(vertx, "apiserver", "apiserver-0", endpoint, trust(API, "cluster-key=" + KEY)));
    }

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
    }

    private KeyedTrust trust(String self, String keys) throws Exception {
        Path file = Files.writeString(folder.resolve(self.replace('/', '-')), "identity=" + self + "\n" + keys + "\n");
        return KeyedTrust.read(file, self, Clock.systemUTC());
    }

    private BusReply ask(BusTrust trust) throws Exception {
        return await(BusClients.create(vertx, trust).send(API, BusRequest.get("/x", Duration.ofSeconds(5))));
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void whoProvesItselfIsNamedToTheEndpoint() throws Exception {
        BusReply reply = ask(trust(SELF, "cluster-key=" + KEY));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body().toString()).startsWith(SELF + "@");
    }

    @Test
    void whoDoesNotIsRefusedBeforeTheEndpointIsAsked() throws Exception {
        assertThat(ask(BusTrust.NONE).status()).isEqualTo(401);
        String other = "ff".repeat(32);
        assertThat(ask(trust(SELF, "send-key=" + other + "\nreceive-key=" + other))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void anEndpointMayAnswerSomeRolesOnly() throws Exception {
        BusEndpoint endpoint = (request, sender) -> Future.succeededFuture(
                BusReply.whole(200, MultiMap.caseInsensitiveMultiMap(), Buffer.buffer("secret", "UTF-8")));
        BusRequest request = BusRequest.get("/x", Duration.ofSeconds(1));
        BusEndpoint guarded = endpoint.onlyFrom(Set.of("apiserver"));
        assertThat(await(guarded.handle(request, API + "@h:1")).status()).isEqualTo(200);
        BusReply refused = await(guarded.handle(request, "kubelet/kubelet-node-1@h:1"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body().toString(StandardCharsets.UTF_8)).doesNotContain("secret");
    }
}
