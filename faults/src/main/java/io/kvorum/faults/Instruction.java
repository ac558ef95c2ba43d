package io.kvorum.faults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * What one process is asked on its control socket for a fault.
 *
 * @param member whose process it is
 * @param set without id and expiry, which whoever sends it adds
 * @param clearOp the op that takes it back, by the same id; null when it happens once
 * @param late sent when all that are not late have been answered
 */
public record Instruction(
        String member, ObjectNode set, @Nullable String clearOp, boolean late) {}
