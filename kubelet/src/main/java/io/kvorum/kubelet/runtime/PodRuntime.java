package io.kvorum.kubelet.runtime;

import io.kvorum.kubelet.logs.ContainerLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Starts, watches, stops and removes containers. Containers outlive the runtime object: a new one finds what an
 * earlier one started. Methods block and may be called from any thread, but only one at a time for one pod.
 */
public interface PodRuntime extends AutoCloseable {
    /** The runs whose folders exist, by pod; read at the kubelet's start. Unfinished starts are undone. */
    Map<String, List<ContainerRecord>> adopt() throws IOException;

    /** Starts a run; returns when its main process exists. Errors: {@link StartFailedException}. */
    ContainerRecord start(ContainerLaunch launch) throws IOException;

    /** Asks the main process to end (SIGTERM). Does nothing when it has ended. */
    void terminate(ContainerId id);

    /** Ends every process of the container (SIGKILL). Does nothing when it has ended. */
    void kill(ContainerId id) throws IOException;

    /** Runs a command in the container's environment and working folder. */
    ExecResult exec(ContainerId id, List<String> command, Duration timeout) throws IOException;

    /** The container's own folder, the root of what it sees as its files. */
    Path root(ContainerId id);

    /** What a run wrote; fails when its folder is gone. */
    ContainerLog log(ContainerId id) throws IOException;

    /** Whether the run has created the file its variable {@code KVORUM_READY_FILE} names. */
    boolean announced(ContainerId id);

    /** Removes the folder of a run that has ended. */
    void remove(ContainerId id) throws IOException;

    /** The folder for the pod's other things: volumes, records. */
    Path podFolder(String podUid);

    /** Removes everything of a pod, after killing what is left of it. */
    void removePod(String podUid) throws IOException;

    /** Kills processes that carry this runtime's mark but belong to no run that is known and alive; returns how many. */
    int killStrays(Set<ContainerId> alive) throws IOException;

    /** Stops watching; the containers go on. */
    @Override
    void close();

    /** Told once of each run's end, on a thread of the runtime, after all its processes are gone. */
    @FunctionalInterface
    interface ExitListener {
        void exited(ContainerId id, ContainerExit exit);

        /** Told when a run created its ready file; see {@link PodRuntime#announced}. May come more than once. */
        default void announced(ContainerId id) {}
    }
}
