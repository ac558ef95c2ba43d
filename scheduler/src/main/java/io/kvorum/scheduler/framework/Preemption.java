package io.kvorum.scheduler.framework;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What ending other pods could do for a pod that fits nowhere.
 *
 * @param chosen the best candidate; null when there is none
 * @param candidates all that were found
 * @param helpless by node, why it is no candidate
 * @param message what is added to the pod's event; empty when a candidate was found
 */
public record Preemption(
        @Nullable Candidate chosen, List<Candidate> candidates, Map<String, String> helpless, String message) {
    public static final Preemption NONE = new Preemption(null, List.of(), Map.of(), "");

    /**
     * A node, and the pods that must go for the pod to fit there.
     *
     * @param victims the most important one first
     * @param violations how many of them a disruption budget protects
     */
    public record Candidate(String node, List<PodInfo> victims, int violations) {}
}
