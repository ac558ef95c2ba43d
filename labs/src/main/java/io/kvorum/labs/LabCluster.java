package io.kvorum.labs;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The cluster a lab runs on, reached as a student reaches it. Calls block; each has a time limit. */
public interface LabCluster {
    /** How many lines of a command's errors a message repeats. */
    int ERROR_LINES = 10;

    /** Runs kubectl; the lab's namespace is the default. */
    Output kubectl(LabRun run, List<String> words, Duration limit);

    /** Runs the kvorum command on this cluster. */
    Output kvorum(List<String> words, Duration limit);

    /**
     * Runs a script of the lab's folder with bash, in that folder. It finds {@code KUBECONFIG}, {@code LAB_NAMESPACE},
     * {@code LAB_STATE} and the cluster for {@code kvorum} in its environment.
     */
    Output script(LabRun run, String script, List<String> arguments, Duration limit);

    /** How many instances of a role there are ({@code node} for nodes). */
    Map<String, Integer> counts();

    /** The components that should serve and do not; empty when the cluster is whole. */
    List<String> notReady();

    /** What a command printed, and its exit code (124 when its time was over). */
    record Output(int exitCode, String stdout, String stderr) {
        public boolean ok() {
            return exitCode == 0;
        }

        /** The last line of the output that is not blank. */
        public String lastLine() {
            return last(stdout);
        }

        public String lastError() {
            String line = last(stderr);
            return line.isEmpty() ? lastLine() : line;
        }

        /** The last lines that went to standard error; the cause often stands before what to do about it. */
        public String lastErrors() {
            List<String> lines = stderr.strip().lines().toList();
            return stderr.isBlank()
                    ? lastLine()
                    : String.join("\n", lines.subList(Math.max(0, lines.size() - ERROR_LINES), lines.size()));
        }

        private static String last(String text) {
            String stripped = text.strip();
            return stripped.substring(stripped.lastIndexOf('\n') + 1);
        }
    }
}
