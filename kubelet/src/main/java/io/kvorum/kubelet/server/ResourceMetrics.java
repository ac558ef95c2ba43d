package io.kvorum.kubelet.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.component.MetricsText;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;

/** {@code /metrics/resource}: what the node, its pods and their containers use, under upstream's names. */
final class ResourceMetrics {
    private static final String[] CONTAINER = {"container", "pod", "namespace"};
    private static final String[] POD = {"pod", "namespace"};

    private final PrometheusRegistry registry;
    private final Counter podCpu;
    private final Gauge podMemory;
    private final Counter containerCpu;
    private final Gauge containerMemory;
    private final Gauge containerStart;

    private ResourceMetrics(PrometheusRegistry registry) {
        this.registry = registry;
        podCpu = counter("pod_cpu_usage_seconds_total", "Processor time of a pod.", POD);
        podMemory = gauge("pod_memory_working_set_bytes", "Memory of a pod.", POD);
        containerCpu = counter("container_cpu_usage_seconds_total", "Processor time of a container.", CONTAINER);
        containerMemory = gauge("container_memory_working_set_bytes", "Memory of a container.", CONTAINER);
        containerStart = gauge("container_start_time_seconds", "When a container was started.", CONTAINER);
    }

    /** @param summary see {@link StatsSummary} */
    static String of(JsonNode summary) {
        PrometheusMeterRegistry text = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try {
            ResourceMetrics metrics = new ResourceMetrics(text.getPrometheusRegistry());
            metrics.node(summary.path("node"));
            summary.path("pods").forEach(metrics::pod);
            return MetricsText.of(text);
        } finally {
            text.close();
        }
    }

    private void node(JsonNode node) {
        counter("node_cpu_usage_seconds_total", "Processor time of the node.").inc(cpu(node));
        gauge("node_memory_working_set_bytes", "Memory of the node.").set(memory(node));
        gauge("resource_scrape_error", "1 when the usage could not be found out, else 0.")
                .set(0);
    }

    private void pod(JsonNode pod) {
        String name = pod.path("podRef").path("name").asText();
        String namespace = pod.path("podRef").path("namespace").asText();
        double cpu = 0;
        double memory = 0;
        for (JsonNode container : pod.path("containers")) {
            String[] labels = {container.path("name").asText(), name, namespace};
            containerCpu.labelValues(labels).inc(cpu(container));
            containerMemory.labelValues(labels).set(memory(container));
            containerStart
                    .labelValues(labels)
                    .set(Instant.parse(container.path("startTime").asText()).toEpochMilli() / 1e3);
            cpu += cpu(container);
            memory += memory(container);
        }
        podCpu.labelValues(name, namespace).inc(cpu);
        podMemory.labelValues(name, namespace).set(memory);
    }

    /** Seconds. */
    private static double cpu(JsonNode of) {
        return of.path("cpu").path("usageCoreNanoSeconds").asLong() / 1e9;
    }

    private static double memory(JsonNode of) {
        return of.path("memory").path("workingSetBytes").asLong();
    }

    private Counter counter(String name, String help, String... labels) {
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    private Gauge gauge(String name, String help, String... labels) {
        return Gauge.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }
}
