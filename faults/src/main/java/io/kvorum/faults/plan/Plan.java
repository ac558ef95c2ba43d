package io.kvorum.faults.plan;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A plan as it was read.
 *
 * @param source the file's name, for messages
 * @param seed what the plan itself says, null if nothing
 * @param picks variables of all steps
 */
public record Plan(String source, String name, @Nullable Long seed, Map<String, Pick> picks, List<Step> steps) {}
