package io.kvorum.kubelet.runtime;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run as the runtime knows it.
 *
 * @param pid of the main process
 * @param details of its launch
 * @param exit null while it runs
 */
public record ContainerRecord(
        ContainerId id,
        long pid,
        Instant startedAt,
        Map<String, String> details,
        @Nullable ContainerExit exit) {
    public boolean running() {
        return exit == null;
    }
}
