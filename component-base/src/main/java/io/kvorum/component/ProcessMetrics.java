package io.kvorum.component;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of a process, made when somebody first registers or scrapes one: loading Micrometer and reading the JVM's
 * beans takes time that a start-up should not pay. Thread-safe.
 */
final class ProcessMetrics {
    private @Nullable PrometheusMeterRegistry registry;
    private boolean jvmBound;

    synchronized PrometheusMeterRegistry registry() {
        PrometheusMeterRegistry made = registry;
        if (made == null) {
            made = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            registry = made;
        }
        return made;
    }

    /** The metrics in Prometheus' text format; takes its time, so not for an event loop. */
    synchronized String scrape() {
        PrometheusMeterRegistry metrics = registry();
        if (!jvmBound) {
            jvmBound = true;
            new JvmMemoryMetrics().bindTo(metrics);
            new JvmThreadMetrics().bindTo(metrics);
            new ProcessorMetrics().bindTo(metrics);
            io.prometheus.metrics.instrumentation.jvm.ProcessMetrics.builder()
                    .register(metrics.getPrometheusRegistry());
            bindForLife(new JvmGcMetrics(), metrics);
        }
        return MetricsText.of(metrics);
    }

    /** Its listeners on the collector live as long as the process. */
    @SuppressWarnings("resource")
    private static void bindForLife(JvmGcMetrics gc, PrometheusMeterRegistry metrics) {
        gc.bindTo(metrics);
    }
}
