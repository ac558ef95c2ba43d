package io.kvorum.proxy.rules;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint with what its slice says of it.
 *
 * @param ready takes new connections
 * @param serving passes its readiness probe, terminating or not
 * @param node name of its node; empty when unknown
 */
public record Candidate(Endpoint endpoint, boolean ready, boolean serving, boolean terminating, String node) {

    /** Conditions that are not given mean ready, serving as ready, and not terminating. */
    static Candidate of(Endpoint endpoint, @Nullable EndpointConditions conditions, @Nullable String node) {
        @Nullable Boolean ready = conditions == null ? null : conditions.getReady();
        @Nullable Boolean serving = conditions == null ? null : conditions.getServing();
        @Nullable Boolean terminating = conditions == null ? null : conditions.getTerminating();
        boolean isReady = !Boolean.FALSE.equals(ready);
        return new Candidate(
                endpoint,
                isReady,
                serving == null ? isReady : serving,
                Boolean.TRUE.equals(terminating),
                node == null ? "" : node);
    }
}
