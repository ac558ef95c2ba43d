package io.kvorum.labs;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One question about the cluster's behaviour, answered yes or no with a line for the student. */
public sealed interface Check {
    Verdict evaluate(LabCluster cluster, LabRun run);

    /**
     * A field of an object, as kubectl prints it. Asked again until it holds or {@code within} is over.
     *
     * @param get words after {@code kubectl get}; the lab's namespace is the default
     * @param path a JSONPath template such as <code>{.status.readyReplicas}</code>
     * @param otherwise the line when it does not hold; <code>{value}</code> stands for what was found
     */
    record OfObject(List<String> get, String path, Condition condition, Duration within, String otherwise)
            implements Check {
        @Override
        public Verdict evaluate(LabCluster cluster, LabRun run) {
            return ObjectProbe.evaluate(this, cluster, run);
        }
    }

    /**
     * Requests to a URL, or to {@code service/NAME:PORT/path} or {@code gateway/NAME:PORT/path} in the lab's namespace.
     *
     * @param headers sent with every request
     * @param requests how many, one after the other
     * @param status what all must answer, 0 for any
     * @param different how many different bodies there must be at least, 0 for any number
     * @param share what part of the answers must look how
     */
    record OfHttp(
            String target,
            Map<String, String> headers,
            int requests,
            int status,
            int different,
            List<Share> share,
            Duration within,
            String otherwise)
            implements Check {
        @Override
        public Verdict evaluate(LabCluster cluster, LabRun run) {
            return HttpProbe.evaluate(this, cluster, run);
        }
    }

    /** {@code percent}, give or take {@code tolerance} points, of the answers contain {@code text} in head or body. */
    record Share(String text, double percent, double tolerance) {}

    /** Events of the timeline since the lab was started, in this order, others between them allowed. */
    record OfTimeline(List<Map<String, String>> events, String otherwise) implements Check {
        @Override
        public Verdict evaluate(LabCluster cluster, LabRun run) {
            return TimelineProbe.evaluate(this, cluster, run);
        }
    }

    /** A script of the lab's folder: exit code 0 passes, 1 does not, its last line of output is for the student. */
    record OfScript(String script, List<String> arguments, Duration limit) implements Check {
        @Override
        public Verdict evaluate(LabCluster cluster, LabRun run) {
            LabCluster.Output output = cluster.script(run, script, arguments, limit);
            String line = output.lastLine();
            return switch (output.exitCode()) {
                case 0 -> Verdict.pass(line);
                case 1 -> Verdict.fail(line);
                default ->
                    throw new LabException("the check " + script + " of lab "
                            + run.lab().id() + " broke (exit code " + output.exitCode() + "): " + output.lastError());
            };
        }
    }
}
