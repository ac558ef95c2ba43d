package io.kvorum.apiserver.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apiserver.request.Query;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileAuditLogTest {
    private static final long MOST_BYTES = 4_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static AuditEvent event(int number) {
        return new AuditEvent(
                "id-" + number,
                "ResponseComplete",
                "/api/v1/pods",
                RequestInfo.parse("GET", "/api/v1/pods", Query.parse("")),
                new User("jane", List.of(User.AUTHENTICATED)),
                null,
                "127.0.0.1",
                "test",
                true,
                "",
                Map.of("webhook.example.com/why", "because"),
                200,
                AuditEvent.Failure.NONE,
                Instant.EPOCH,
                Instant.EPOCH,
                AuditEvent.Content.NONE);
    }

    private static void await(Future<?> future) throws Exception {
        future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private List<String> lines(String name) throws IOException {
        return Files.readAllLines(folder.resolve(name));
    }

    @Test
    void filesAreFullAndOnlySoManyAreKept() throws Exception {
        FileAuditLog log = new FileAuditLog(folder.resolve("audit.log"), MOST_BYTES, 2);
        for (int i = 0; i < 200; i++) {
            log.record(event(i));
        }
        await(log.close());
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> String.valueOf(file.getFileName())))
                    .containsExactlyInAnyOrder("audit.log", "audit.log.1", "audit.log.2");
        }
        List<String> all = new ArrayList<>(lines("audit.log.2"));
        int line = all.get(0).length() + 1;
        for (String name : List.of("audit.log.1", "audit.log.2")) {
            assertThat(Files.size(folder.resolve(name))).isBetween(MOST_BYTES, MOST_BYTES + line);
        }
        all.addAll(lines("audit.log.1"));
        all.addAll(lines("audit.log"));
        // The newest, without a gap.
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i))
                    .contains("\"id-" + (200 - all.size() + i) + "\"")
                    .contains("\"webhook.example.com/why\":\"because\"");
        }
    }

    @Test
    void whatCannotBeKeptIsCounted() throws Exception {
        FileAuditLog log = new FileAuditLog(folder.resolve("audit.log"), MOST_BYTES, 2);
        log.record(event(1));
        assertThat(log.lost()).isZero();
        await(log.close());
        log.record(event(2));
        assertThat(log.lost()).isEqualTo(1);
    }

    @Test
    void whatIsThereIsAppendedTo() throws Exception {
        for (int i = 0; i < 2; i++) {
            FileAuditLog log = new FileAuditLog(folder.resolve("audit.log"), MOST_BYTES, 2);
            log.record(event(i));
            await(log.close());
        }
        assertThat(lines("audit.log")).hasSize(2);
    }
}
