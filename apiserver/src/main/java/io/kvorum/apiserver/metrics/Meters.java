package io.kvorum.apiserver.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * Makes the meters of an API server, each once. Names, labels and bounds are those of kube-apiserver, so that its dashboards and
 * alerts fit. Meters may be written and read by any thread.
 */
public final class Meters {
    /** Bounds for how long requests take. */
    public static final List<Double> REQUEST_SECONDS = List.of(
            .005, .025, .05, .1, .2, .4, .6, .8, 1., 1.25, 1.5, 2., 3., 4., 5., 6., 8., 10., 15., 20., 30., 45., 60.);

    /** Bounds that Prometheus' client for Go has where none are given. */
    public static final List<Double> SECONDS = List.of(.005, .01, .025, .05, .1, .25, .5, 1., 2.5, 5., 10.);

    private final PrometheusRegistry registry;

    public Meters(PrometheusRegistry registry) {
        this.registry = registry;
    }

    /** @param name ends with {@code _total}; for upstream's counters that do not, see {@link #tally} */
    public Counter counter(String name, String help, String... labels) {
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    /**
     * A counter of upstream's that is not called {@code ..._total}, as the text format would call every counter: it is told as a
     * gauge that only grows.
     */
    public Gauge tally(String name, String help, String... labels) {
        return gauge(name, help, labels);
    }

    public Gauge gauge(String name, String help, String... labels) {
        return Gauge.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    /** See {@link #histogram(String, String, double[], String...)}. */
    public Histogram histogram(String name, String help, List<Double> bounds, String... labels) {
        return histogram(
                name, help, bounds.stream().mapToDouble(Double::doubleValue).toArray(), labels);
    }

    /** @param bounds upper bounds of the buckets, without the infinite one */
    public Histogram histogram(String name, String help, double[] bounds, String... labels) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .classicOnly()
                .classicUpperBounds(bounds)
                .withoutExemplars()
                .register(registry);
    }

    /** A value that is looked at when somebody asks, by whatever thread does. */
    public void reading(String name, String help, DoubleSupplier value) {
        readings(name, help, tell -> tell.call(value.getAsDouble()));
    }

    /** Values that are looked at when somebody asks, by whatever thread does. */
    public void readings(String name, String help, Consumer<GaugeWithCallback.Callback> values, String... labels) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .callback(values)
                .register(registry);
    }

    /** Counts that are kept elsewhere, looked at when somebody asks, by whatever thread does. */
    public void counts(String name, String help, Consumer<CounterWithCallback.Callback> values, String... labels) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .callback(values)
                .register(registry);
    }

    /** Bounds of which each is so many times the one before. */
    public static double[] growing(double first, double factor, int count) {
        double[] bounds = new double[count];
        double bound = first;
        for (int i = 0; i < count; i++) {
            bounds[i] = bound;
            bound *= factor;
        }
        return bounds;
    }
}
