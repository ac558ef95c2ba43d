package io.kvorum.kubelet.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the containers of this node use, from the processes that carry their marks. Rates are over the time between two
 * looks, so that who looks often gets the same as who looks rarely. Blocks; one caller at a time.
 */
public final class ContainerUsage {
    /** Looks that follow faster get what the last one saw. */
    private static final Duration LEAST_WINDOW = Duration.ofSeconds(5);

    private final Clock clock;
    private final String root;
    private @Nullable Sample last;
    private @Nullable Map<String, Usage> told;
    private Instant toldAt = Instant.EPOCH;

    /**
     * The use of one container.
     *
     * @param cpuNanos processor time since its start
     * @param nanoCores processor time in a second, over {@code window}
     * @param memoryBytes resident memory
     */
    public record Usage(long cpuNanos, long nanoCores, long memoryBytes, Instant time, Duration window) {}

    private record Sample(Instant time, Map<String, ProcFs.Use> containers) {}

    /** @param root of the runtime, whose containers count */
    public ContainerUsage(Clock clock, Path root) {
        this.clock = clock;
        this.root = root.resolve("pods") + "/";
    }

    /** By {@link ContainerId#toString}; empty where there is no {@code /proc}. */
    public synchronized Map<String, Usage> look() throws IOException {
        Instant now = clock.instant();
        if (told != null && Duration.between(toldAt, now).compareTo(LEAST_WINDOW) < 0) {
            return told;
        }
        Sample before = last;
        Sample sample = new Sample(now, sample());
        Map<String, Usage> usages = new HashMap<>();
        sample.containers.forEach((id, use) -> usages.put(id, usage(id, use, now, before)));
        last = sample;
        told = Map.copyOf(usages);
        toldAt = now;
        return told;
    }

    private static Usage usage(String id, ProcFs.Use use, Instant now, @Nullable Sample before) {
        ProcFs.Use then = before == null ? null : before.containers.get(id);
        if (before == null || then == null) {
            return new Usage(use.cpuNanos(), 0, use.memoryBytes(), now, LEAST_WINDOW);
        }
        Duration window = Duration.between(before.time, now);
        // A process that ended takes its time with it.
        long spent = Math.max(0, use.cpuNanos() - then.cpuNanos());
        long cores = window.isZero() ? 0 : (long) (spent * 1e9 / window.toNanos());
        return new Usage(use.cpuNanos(), cores, use.memoryBytes(), now, window);
    }

    private Map<String, ProcFs.Use> sample() throws IOException {
        Map<Long, String> ids = new HashMap<>();
        ProcFs.marked(ProcessRuntime.ID_VARIABLE, "").forEach(process -> ids.put(process.pid(), process.value()));
        Map<String, ProcFs.Use> containers = new HashMap<>();
        for (ProcFs.Marked process : ProcFs.marked(ProcessRuntime.ROOT_VARIABLE, root)) {
            String id = ids.get(process.pid());
            if (id != null) {
                ProcFs.Use use = use(process.pid());
                containers.merge(
                        id,
                        use,
                        (a, b) -> new ProcFs.Use(a.cpuNanos() + b.cpuNanos(), a.memoryBytes() + b.memoryBytes()));
            }
        }
        return containers;
    }

    private static ProcFs.Use use(long pid) throws IOException {
        try {
            return ProcFs.use(pid);
        } catch (IOException e) {
            if (Files.exists(Path.of("/proc", Long.toString(pid)))) {
                throw e;
            }
            return new ProcFs.Use(0, 0);
        }
    }
}
