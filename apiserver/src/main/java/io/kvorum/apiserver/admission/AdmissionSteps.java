package io.kvorum.apiserver.admission;

import io.kvorum.apiserver.metrics.Meters;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.EnumMap;
import java.util.Map;

/** How long admission takes, under the names that kube-apiserver has for it. Belongs to the event loop. */
public final class AdmissionSteps {
    private static final double[] BOUNDS = {.005, .025, .1, .5, 1, 2.5};

    private final Histogram plugins;
    private final Histogram steps;

    public AdmissionSteps(Meters meters) {
        plugins = meters.histogram(
                "apiserver_admission_controller_admission_duration_seconds",
                "How long each admission plugin took.",
                BOUNDS,
                "name",
                "operation",
                "rejected",
                "type");
        steps = meters.histogram(
                "apiserver_admission_step_admission_duration_seconds",
                "How long all admission plugins took together.",
                BOUNDS,
                "operation",
                "rejected",
                "type");
    }

    /** What is recorded of one plugin in one step. */
    Timing plugin(String name, String type) {
        return new Timing((operation, rejected) -> plugins.labelValues(name, operation.name(), rejected, type));
    }

    /** What is recorded of one step. */
    Timing step(String type) {
        return new Timing((operation, rejected) -> steps.labelValues(operation.name(), rejected, type));
    }

    /** Durations by operation, of what was let pass and of what was refused. */
    static final class Timing {
        private final Points points;
        private final Map<Admission.Operation, DistributionDataPoint> passed = new EnumMap<>(Admission.Operation.class);
        private final Map<Admission.Operation, DistributionDataPoint> refused =
                new EnumMap<>(Admission.Operation.class);

        private interface Points {
            DistributionDataPoint of(Admission.Operation operation, String rejected);
        }

        private Timing(Points points) {
            this.points = points;
        }

        void took(Admission.Operation operation, boolean rejected, long nanos) {
            (rejected ? refused : passed)
                    .computeIfAbsent(operation, each -> points.of(each, Boolean.toString(rejected)))
                    .observe(nanos / 1e9);
        }
    }
}
