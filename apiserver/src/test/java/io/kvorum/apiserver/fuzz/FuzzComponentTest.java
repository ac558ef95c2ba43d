package io.kvorum.apiserver.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apiserver.ApiServerConfig.AuthorizationMode;
import io.kvorum.apiserver.TestApiServer;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.RangeRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Seeded requests, most of them wrong, against a real server. {@code -Dfuzz.requests=} and {@code -Dfuzz.seed=} make it
 * longer or another one; {@code -Dfuzz.first=} begins at a request, to see that one again.
 */
class FuzzComponentTest {
    private static final long SEED = Long.getLong("fuzz.seed", 1L);
    private static final long REQUESTS = Long.getLong("fuzz.requests", 6_000L);
    private static final long FIRST = Long.getLong("fuzz.first", 0L);
    private static final long STEP = 20_000;
    private static final int MOST_FAILURES = 20;
    private static final long MOST_GROWN_BYTES = 192L << 20;

    @TempDir
    Path folder;

    private TestApiServer server;

    @BeforeEach
    void start() throws Exception {
        Path tokens = Files.writeString(
                folder.resolve("tokens.csv"), "admin-token,admin,u-1,system:masters\njane-token,jane,u-2,devs\n");
        List<String> issuers = List.of("https://kubernetes.default.svc.cluster.local");
        server = TestApiServer.start(
                0,
                null,
                TestApiServer.auth(true, List.of(AuthorizationMode.RBAC), tokens, List.of(), null, issuers, issuers));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private Map<String, Long> written() throws Exception {
        Map<String, Long> keys = new TreeMap<>();
        List<KeyValue> entries = server.store()
                .range(RangeRequest.of(KeyRange.all()))
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .entries();
        for (KeyValue entry : entries) {
            String key = entry.key().toString();
            // What the server itself looks after.
            if (!key.contains("leases/") && !key.contains("endpoint") && !key.contains("servicecidrs/kubernetes")) {
                keys.put(key, entry.modRevision());
            }
        }
        return keys;
    }

    private void compact() throws Exception {
        server.store()
                .revision()
                .compose(revision -> server.store().compact(revision))
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void nothingWrongWithRequestsBreaksTheServer() throws Exception {
        Grammar grammar = new Grammar(SEED, new Specimens("default"), List.of("admin-token"));
        try (FuzzRun run = new FuzzRun(server.port(), SEED, grammar)) {
            long before = used();
            for (long at = FIRST; at < FIRST + REQUESTS && run.failures().size() < MOST_FAILURES; at += STEP) {
                run.send(at, Math.min(at + STEP, FIRST + REQUESTS), MOST_FAILURES);
                compact();
            }
            System.out.println("fuzz seed " + SEED + " statuses " + run.statuses() + " grown by "
                    + ((used() - before) >> 20) + " MiB");
            assertThat(run.failures()).isEmpty();
            assertThat(run.statuses().getOrDefault(201, 0L))
                    .as("requests that were good after all")
                    .isPositive();
            assertThat(used() - before).isLessThan(MOST_GROWN_BYTES);
        }
    }

    @Test
    void whoMayNotWriteWritesNothing() throws Exception {
        Map<String, Long> before = written();
        Grammar grammar = new Grammar(SEED, new Specimens("default"), List.of("", "jane-token", "guessed"));
        try (FuzzRun run = new FuzzRun(server.port(), SEED, grammar)) {
            run.send(FIRST, FIRST + REQUESTS / 2, MOST_FAILURES);
            assertThat(run.failures()).isEmpty();
        }
        assertThat(before).isNotEmpty();
        assertThat(written()).isEqualTo(before);
    }
}
