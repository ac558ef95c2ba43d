package io.kvorum.kubelet.probes;

/**
 * The counting of one probe's results: a result changes the verdict when it came {@code threshold} times in a row.
 * Immutable and pure.
 *
 * @param verdict what holds now
 * @param lastSuccess whether the latest counted result was a success
 * @param run how often it came in a row
 */
public record ProbeState(Verdict verdict, boolean lastSuccess, int run) {
    /** What a probe says of its container. */
    public enum Verdict {
        UNKNOWN,
        SUCCESS,
        FAILURE
    }

    /** Upstream's starting values: not ready until a readiness probe passed, alive until a liveness probe failed. */
    public static ProbeState initial(ProbeKind kind) {
        Verdict verdict = switch (kind) {
            case READINESS -> Verdict.FAILURE;
            case LIVENESS -> Verdict.SUCCESS;
            case STARTUP -> Verdict.UNKNOWN;
        };
        return new ProbeState(verdict, false, 0);
    }

    /** The state after one more result. */
    public ProbeState after(boolean success, int successThreshold, int failureThreshold) {
        int count = run > 0 && success == lastSuccess ? run + 1 : 1;
        int threshold = success ? successThreshold : failureThreshold;
        Verdict next = count < threshold ? verdict : success ? Verdict.SUCCESS : Verdict.FAILURE;
        return new ProbeState(next, success, count);
    }
}
