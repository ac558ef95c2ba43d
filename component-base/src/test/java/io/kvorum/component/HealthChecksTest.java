package io.kvorum.component;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The texts of Kubernetes' health endpoints. */
class HealthChecksTest {
    private final HealthChecks health = new HealthChecks();
    private final AtomicReference<@Nullable String> store = new AtomicReference<>();

    HealthChecksTest() {
        health.ready("store", store::get);
    }

    private HealthReport report(String endpoint, Set<String> exclude, boolean verbose) {
        return HealthReport.of(endpoint, health.of(endpoint), exclude, verbose).result();
    }

    private HealthReport single(String endpoint, String name) {
        return HealthReport.of(Objects.requireNonNull(health.of(endpoint).get(name)))
                .result();
    }

    private List<String> notReady() throws Exception {
        return health.notReady().await(5, TimeUnit.SECONDS);
    }

    @Test
    void wellIsOkOrTheListOfChecks() {
        assertThat(report("readyz", Set.of(), false)).isEqualTo(new HealthReport(true, "ok"));
        assertThat(report("readyz", Set.of(), true).text()).isEqualTo("[+]ping ok\n[+]store ok\nreadyz check passed\n");
        assertThat(report("livez", Set.of(), true).text()).isEqualTo("[+]ping ok\nlivez check passed\n");
    }

    @Test
    void aFailedReadinessCheckFailsReadinessOnly() throws Exception {
        store.set("no quorum");
        assertThat(report("readyz", Set.of(), false))
                .isEqualTo(
                        new HealthReport(false, "[+]ping ok\n[-]store failed: reason withheld\nreadyz check failed\n"));
        assertThat(report("livez", Set.of(), false).well()).isTrue();
        assertThat(report("healthz", Set.of(), false).well()).isTrue();
        assertThat(notReady()).containsExactly("store: no quorum");
    }

    @Test
    void aCheckCanBeExcludedOrAskedAlone() {
        store.set("no quorum");
        assertThat(report("readyz", Set.of("store"), true))
                .isEqualTo(new HealthReport(true, "[+]ping ok\n[+]store excluded: ok\nreadyz check passed\n"));
        assertThat(report("readyz", Set.of("store", "moon"), false)).isEqualTo(new HealthReport(true, "ok"));
        assertThat(report("readyz", Set.of("moon"), false).text())
                .contains("warn: some health checks cannot be excluded: no matches for \"moon\"\n");
        assertThat(single("readyz", "store")).isEqualTo(new HealthReport(false, "internal server error: no quorum\n"));
        assertThat(single("readyz", "ping")).isEqualTo(new HealthReport(true, "ok"));
        assertThat(health.of("readyz")).doesNotContainKey("nothing");
    }

    @Test
    void aCheckThatThrowsOrFailsIsNotWell() throws Exception {
        health.live("broken", HealthCheck.of(() -> {
            throw new IllegalStateException("boom");
        }));
        assertThat(report("livez", Set.of(), false).well()).isFalse();
        health.ready("failing", () -> Future.failedFuture("bang"));
        assertThat(notReady()).contains("failing: bang");
    }

    @Test
    void theControlSocketDoesNotWaitForACheckThatFindsNothing() throws Exception {
        Promise<@Nullable String> never = Promise.promise();
        health.ready("slow", never::future);
        assertThat(notReady()).containsExactly("slow: no answer within 500 ms");
    }
}
