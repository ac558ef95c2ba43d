package io.kvorum.kubelet.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.component.MetricsText;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** {@code /metrics/resource}: what the node, its pods and their containers use, under upstream's names. */
final class ResourceMetrics {
    private static final String[] CONTAINER = {"container", "pod", "namespace"};
    private static final String[] POD = {"pod", "namespace"};
    private static final String[] NODE = {};

    private final JsonNode summary;
    private final PrometheusMeterRegistry text = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final PrometheusRegistry registry = text.getPrometheusRegistry();

    private ResourceMetrics(JsonNode summary) {
        this.summary = summary;
    }

    /** Takes a value with its labels. */
    private interface Sample {
        void tell(double value, String... labels);
    }

    /** @param summary see {@link StatsSummary} */
    static String of(JsonNode summary) {
        ResourceMetrics metrics = new ResourceMetrics(summary);
        try {
            return metrics.all();
        } finally {
            metrics.text.close();
        }
    }

    private String all() {
        node();
        pods();
        containers();
        gauge("resource_scrape_error", "1 when the usage could not be found out, else 0.", NODE, tell -> tell.tell(0));
        return MetricsText.of(text);
    }

    private void node() {
        JsonNode node = summary.path("node");
        counter("node_cpu_usage_seconds_total", "Processor time of the node.", NODE, tell -> tell.tell(cpu(node)));
        gauge("node_memory_working_set_bytes", "Memory of the node.", NODE, tell -> tell.tell(memory(node)));
    }

    private void pods() {
        counter(
                "pod_cpu_usage_seconds_total",
                "Processor time of a pod.",
                POD,
                tell -> each((pod, labels) -> tell.tell(
                        items(pod, "containers")
                                .mapToDouble(ResourceMetrics::cpu)
                                .sum(),
                        labels)));
        gauge(
                "pod_memory_working_set_bytes",
                "Memory of a pod.",
                POD,
                tell -> each((pod, labels) -> tell.tell(
                        items(pod, "containers")
                                .mapToDouble(ResourceMetrics::memory)
                                .sum(),
                        labels)));
    }

    private void containers() {
        counter(
                "container_cpu_usage_seconds_total",
                "Processor time of a container.",
                CONTAINER,
                tell -> eachContainer((one, labels) -> tell.tell(cpu(one), labels)));
        gauge(
                "container_memory_working_set_bytes",
                "Memory of a container.",
                CONTAINER,
                tell -> eachContainer((one, labels) -> tell.tell(memory(one), labels)));
        gauge(
                "container_start_time_seconds",
                "When a container was started.",
                CONTAINER,
                tell -> eachContainer((one, labels) ->
                        tell.tell(Instant.parse(one.path("startTime").asText()).toEpochMilli() / 1e3, labels)));
    }

    private void each(BiConsumer<JsonNode, String[]> what) {
        items(summary, "pods").forEach(pod -> {
            JsonNode of = pod.path("podRef");
            what.accept(
                    pod,
                    new String[] {of.path("name").asText(), of.path("namespace").asText()});
        });
    }

    private void eachContainer(BiConsumer<JsonNode, String[]> what) {
        each((pod, labels) -> items(pod, "containers")
                .forEach(one -> what.accept(one, new String[] {one.path("name").asText(), labels[0], labels[1]})));
    }

    private static Stream<JsonNode> items(JsonNode of, String field) {
        return StreamSupport.stream(of.path(field).spliterator(), false);
    }

    private static double cpu(JsonNode of) {
        return of.path("cpu").path("usageCoreNanoSeconds").asLong() / 1e9;
    }

    private static double memory(JsonNode of) {
        return of.path("memory").path("workingSetBytes").asLong();
    }

    private void counter(String name, String help, String[] labels, Consumer<Sample> samples) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .callback(tell -> samples.accept(tell::call))
                .register(registry);
    }

    private void gauge(String name, String help, String[] labels, Consumer<Sample> samples) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .callback(tell -> samples.accept(tell::call))
                .register(registry);
    }
}
