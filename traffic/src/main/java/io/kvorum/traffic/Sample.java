package io.kvorum.traffic;

/**
 * One request.
 *
 * @param dueNanos when it was meant to be sent, since the start of the load
 * @param latencyNanos from then until its answer was read whole, or until it was lost
 * @param version what the answer said about who answered; empty when it said nothing
 */
public record Sample(long dueNanos, long latencyNanos, Outcome outcome, String version) {
    /** When it ended, since the start of the load. */
    public long endNanos() {
        return dueNanos + latencyNanos;
    }
}
