package io.kvorum.kubelet.probes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.component.MetricsText;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Counter;
import java.util.List;

/**
 * {@code /metrics/probes}: how often the probes of each container succeeded and failed, under upstream's name; what counts is said
 * at {@link ContainerProbes}. Goes on when a container is started again; told until its pod has ended. Thread-safe.
 */
public final class ProbeMetrics {
    private static final List<String> RESULTS = List.of("successful", "failed");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Counter results = Counter.builder()
            .name("prober_probe_total")
            .help("Probes of containers by what they found.")
            .labelNames("probe_type", "result", "container", "pod", "namespace", "pod_uid")
            .withoutExemplars()
            .register(registry.getPrometheusRegistry());

    /** A probe of a container was answered. */
    public void probed(Pod pod, String container, ProbeKind kind, boolean success) {
        results.labelValues(labels(pod, container, kind, RESULTS.get(success ? 0 : 1)))
                .inc();
    }

    /** Nothing of a pod runs any more. */
    public void ended(Pod pod) {
        forget(pod, pod.getSpec().getInitContainers());
        forget(pod, pod.getSpec().getContainers());
    }

    private void forget(Pod pod, List<Container> containers) {
        for (Container container : containers) {
            for (ProbeKind kind : ProbeKind.values()) {
                for (String result : RESULTS) {
                    results.remove(labels(pod, container.getName(), kind, result));
                }
            }
        }
    }

    private static String[] labels(Pod pod, String container, ProbeKind kind, String result) {
        return new String[] {
            kind.title(),
            result,
            container,
            pod.getMetadata().getName(),
            pod.getMetadata().getNamespace(),
            pod.getMetadata().getUid()
        };
    }

    /** In Prometheus' text form; takes its time, so not for an event loop. */
    public String text() {
        return MetricsText.of(registry);
    }
}
