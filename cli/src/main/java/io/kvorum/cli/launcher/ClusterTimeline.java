package io.kvorum.cli.launcher;

import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.Role;
import io.kvorum.cli.pki.ClientTls;
import io.kvorum.cli.timeline.KubernetesRecorder;
import io.kvorum.cli.timeline.TimelineEvent;
import io.kvorum.cli.timeline.TimelineFile;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the launcher adds to the timeline: the lives of processes, and what a watch on the API sees. */
final class ClusterTimeline {
    private static final System.Logger LOG = System.getLogger(ClusterTimeline.class.getName());
    private static final String KIND = "process";

    private final ClusterFolder folder;
    private final TimelineFile timeline;
    private @Nullable KubernetesRecorder recorder;

    ClusterTimeline(ClusterFolder folder) {
        this.folder = folder;
        this.timeline = new TimelineFile(folder.timeline(), "launcher");
    }

    /** The launcher's own file. */
    TimelineFile file() {
        return timeline;
    }

    /** Follows the API's objects from now on. */
    private void record(Supplier<ClusterSpec> spec) {
        try {
            KubernetesRecorder started = new KubernetesRecorder(
                    new TimelineFile(folder.timeline(), "kubernetes"),
                    ClientTls.context(folder.pki(), "admin"),
                    () -> apiServers(spec.get()));
            recorder = started;
            started.start();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the timeline will have no Kubernetes objects", e);
        }
    }

    private static List<String> apiServers(ClusterSpec spec) {
        return spec.apiServers().stream().map(server -> "https://" + server).toList();
    }

    private static TimelineEvent event(ManagedProcess process, String reason, String message) {
        return TimelineEvent.of(TimelineFile.now(), KIND, reason, process.instance.name(), message);
    }

    private static long pid(ManagedProcess process) {
        return process.process == null ? 0 : process.process.pid();
    }

    private static String span(ManagedProcess process) {
        return "run-" + process.generation + "-" + pid(process);
    }

    void started(ManagedProcess process) {
        String again = process.restarts > 0 ? " (restart " + process.restarts + ")" : "";
        timeline.append(event(process, "ProcessStarted", "process " + pid(process) + " started" + again)
                .with(Map.of("pid", pid(process), "restarts", process.restarts))
                .begins(span(process)));
    }

    /** @param spec asked on any thread */
    void ready(ManagedProcess process, Supplier<ClusterSpec> spec) {
        timeline.append(event(process, "ProcessReady", "ready"));
        if (process.instance.role() == Role.APISERVER && recorder == null) {
            record(spec);
        }
    }

    void ended(ManagedProcess process, int exitCode, long restartInMillis) {
        String next = !process.heldDownBy.isEmpty()
                ? ", kept down by " + String.join(", ", process.heldDownBy)
                : restartInMillis < 0 ? "" : ", restarted in " + restartInMillis + " ms";
        timeline.append(
                event(process, "ProcessEnded", "process " + pid(process) + " ended with exit code " + exitCode + next)
                        .with(Map.of("pid", pid(process), "exitCode", exitCode))
                        .asWarning(!process.stopping)
                        .ends(span(process)));
    }
}
