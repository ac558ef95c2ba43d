package io.kvorum.controllers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.component.ComponentFlags;
import io.kvorum.component.UsageException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ControllerFlagsTest {
    private static ControllerFlags parse(String... args) {
        ComponentFlags flags = new ComponentFlags();
        ControllerFlags declared = new ControllerFlags(flags);
        flags.parse(List.of(args));
        return declared;
    }

    private static List<String> enabled(String... args) {
        ControllerFlags flags = parse(args);
        return ControllerNames.ALL.stream().filter(flags::enabled).toList();
    }

    @Test
    void defaultsAreKubernetes() {
        ControllerFlags flags = parse();
        assertThat(flags.leaderElect.get()).isTrue();
        assertThat(flags.leaseDuration.get()).isEqualTo(Duration.ofSeconds(15));
        assertThat(flags.renewDeadline.get()).isEqualTo(Duration.ofSeconds(10));
        assertThat(flags.retryPeriod.get()).isEqualTo(Duration.ofSeconds(2));
        assertThat(flags.leaseName.get()).isEqualTo("kube-controller-manager");
        assertThat(flags.nodeMonitorPeriod.get()).isEqualTo(Duration.ofSeconds(5));
        assertThat(flags.nodeMonitorGracePeriod.get()).isEqualTo(Duration.ofSeconds(50));
        assertThat(flags.terminatedPodThreshold.get()).isEqualTo(12500);
        assertThat(flags.maxEndpointsPerSlice.get()).isEqualTo(100);
        assertThat(flags.nodeEvictionRate.get()).isEqualTo(0.1);
    }

    @Test
    void controllersAreChosenByName() {
        assertThat(enabled()).isEqualTo(ControllerNames.ALL);
        assertThat(enabled("--controllers=*,-job-controller"))
                .hasSize(ControllerNames.ALL.size() - 1)
                .doesNotContain("job-controller");
        assertThat(enabled("--controllers=job-controller,deployment-controller"))
                .containsExactly("deployment-controller", "job-controller");
    }

    @Test
    void anUnknownControllerIsRefusedByName() {
        assertThatThrownBy(() -> enabled("--controllers=*,-jobs"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("\"jobs\"")
                .hasMessageContaining("job-controller");
    }
}
