package io.kvorum.kubelet.logs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a log to read, as {@code PodLogOptions} has it.
 *
 * @param tailLines null for all
 * @param since null for all
 * @param timestamps whether each line starts with its time
 * @param limitBytes null for no limit
 */
public record LogQuery(
        @Nullable Long tailLines,
        @Nullable Instant since,
        boolean timestamps,
        @Nullable Long limitBytes) {
    public static final LogQuery ALL = new LogQuery(null, null, false, null);
}
