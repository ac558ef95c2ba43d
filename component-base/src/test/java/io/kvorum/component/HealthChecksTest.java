package io.kvorum.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
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

    @Test
    void wellIsOkOrTheListOfChecks() {
        assertThat(health.report("readyz", Set.of(), false)).isEqualTo(new HealthChecks.Report(true, "ok"));
        assertThat(health.report("readyz", Set.of(), true).text())
                .isEqualTo("[+]ping ok\n[+]store ok\nreadyz check passed\n");
        assertThat(health.report("livez", Set.of(), true).text()).isEqualTo("[+]ping ok\nlivez check passed\n");
    }

    @Test
    void aFailedReadinessCheckFailsReadinessOnly() {
        store.set("no quorum");
        assertThat(health.report("readyz", Set.of(), false))
                .isEqualTo(new HealthChecks.Report(
                        false, "[+]ping ok\n[-]store failed: reason withheld\nreadyz check failed\n"));
        assertThat(health.report("livez", Set.of(), false).well()).isTrue();
        assertThat(health.report("healthz", Set.of(), false).well()).isTrue();
        assertThat(health.notReady()).containsExactly("store: no quorum");
    }

    @Test
    void aCheckCanBeExcludedOrAskedAlone() {
        store.set("no quorum");
        assertThat(health.report("readyz", Set.of("store"), true))
                .isEqualTo(new HealthChecks.Report(true, "[+]ping ok\n[+]store excluded: ok\nreadyz check passed\n"));
        assertThat(health.single("readyz", "store"))
                .isEqualTo(new HealthChecks.Report(false, "internal server error: no quorum\n"));
        assertThat(health.single("readyz", "ping")).isEqualTo(new HealthChecks.Report(true, "ok"));
        assertThat(health.single("readyz", "nothing")).isNull();
    }

    @Test
    void aCheckThatThrowsIsNotWell() {
        health.live("broken", () -> {
            throw new IllegalStateException("boom");
        });
        assertThat(health.report("livez", Set.of(), false).well()).isFalse();
    }
}
