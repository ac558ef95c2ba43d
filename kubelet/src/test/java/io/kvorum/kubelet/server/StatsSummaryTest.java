package io.kvorum.kubelet.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kvorum.kubelet.runtime.ContainerUsage.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatsSummaryTest {
    private static final Instant NOW = Instant.parse("2026-05-01T10:00:00Z");

    private static Pod pod(String name, String id) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("default")
                .withUid("u-" + name)
                .endMetadata()
                .withNewStatus()
                .addNewContainerStatus()
                .withName("c")
                .withContainerID(id)
                .withNewState()
                .withNewRunning()
                .withStartedAt("2026-05-01T09:00:00Z")
                .endRunning()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }

    @Test
    void podsHaveTheirContainersUseAndTheNodeTheSum() {
        Usage one = new Usage(5_000, 250, 1 << 20, NOW, Duration.ofSeconds(10));
        Usage two = new Usage(7_000, 50, 2 << 20, NOW, Duration.ofSeconds(10));
        JsonNode summary = StatsSummary.of(
                "n1",
                List.of(pod("a", "process://u-a/c/0"), pod("b", "process://u-b/c/3"), pod("gone", "process://x/c/0")),
                Map.of("u-a/c/0", one, "u-b/c/3", two),
                NOW);
        assertThat(summary.at("/node/nodeName").asText()).isEqualTo("n1");
        assertThat(summary.at("/node/cpu/usageNanoCores").asLong()).isEqualTo(300);
        assertThat(summary.at("/node/cpu/usageCoreNanoSeconds").asLong()).isEqualTo(12_000);
        assertThat(summary.at("/node/memory/workingSetBytes").asLong()).isEqualTo(3 << 20);
        assertThat(summary.path("pods")).hasSize(2);
        assertThat(summary.at("/pods/1/podRef/uid").asText()).isEqualTo("u-b");
        assertThat(summary.at("/pods/1/containers/0/cpu/usageNanoCores").asLong())
                .isEqualTo(50);
        assertThat(summary.at("/pods/1/containers/0/cpu/windowSeconds").asLong())
                .isEqualTo(10);
    }

    @Test
    void theSameIsToldAsMetrics() {
        Usage one = new Usage(5_000_000_000L, 250, 1 << 20, NOW, Duration.ofSeconds(10));
        Usage two = new Usage(7_500_000_000L, 50, 2 << 20, NOW, Duration.ofSeconds(10));
        String text = ResourceMetrics.of(StatsSummary.of(
                "n1",
                List.of(pod("a", "process://u-a/c/0"), pod("b", "process://u-b/c/3"), pod("gone", "process://x/c/0")),
                Map.of("u-a/c/0", one, "u-b/c/3", two),
                NOW));
        assertThat(text.lines())
                .contains(
                        "# TYPE node_cpu_usage_seconds_total counter",
                        "node_cpu_usage_seconds_total 12.5",
                        "node_memory_working_set_bytes 3145728.0",
                        "pod_cpu_usage_seconds_total{namespace=\"default\",pod=\"b\"} 7.5",
                        "pod_memory_working_set_bytes{namespace=\"default\",pod=\"a\"} 1048576.0",
                        "container_cpu_usage_seconds_total{container=\"c\",namespace=\"default\",pod=\"a\"} 5.0",
                        "container_memory_working_set_bytes{container=\"c\",namespace=\"default\",pod=\"b\"} 2097152.0",
                        "container_start_time_seconds{container=\"c\",namespace=\"default\",pod=\"a\"} 1.777626E9",
                        "resource_scrape_error 0.0")
                .noneMatch(line -> line.contains("gone"));
    }
}
