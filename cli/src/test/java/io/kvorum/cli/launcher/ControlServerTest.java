package io.kvorum.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.faults.ControlSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlServerTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Test
    void whoAsksForTheEndHearsOfIt(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("s");
        ExecutorService connections = Executors.newCachedThreadPool();
        CountDownLatch heard = new CountDownLatch(1);
        CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
        ControlServer server = new ControlServer(socket, connections, request -> {
            heard.countDown();
            return answer;
        });
        CompletableFuture<ObjectNode> asked = CompletableFuture.supplyAsync(() -> {
            try {
                return ControlSocket.call(socket, ControlSocket.request("down"), LIMIT);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThat(heard.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            // The process ends now: what is not answered never will be.
            connections.shutdownNow();
        });
        // A server that does not wait is through with it long before.
        closed.copy().completeOnTimeout(null, 200, TimeUnit.MILLISECONDS).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        answer.complete(new ObjectMapper().createObjectNode());
        assertThat(asked.get(LIMIT.toSeconds(), TimeUnit.SECONDS).path("ok").asBoolean())
                .isTrue();
        closed.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
}
