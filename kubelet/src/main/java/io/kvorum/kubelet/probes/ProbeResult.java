package io.kvorum.kubelet.probes;

/** One answer to a probe; the output goes into the event when it is a failure. */
public record ProbeResult(boolean success, String output) {
    static ProbeResult failure(String output) {
        return new ProbeResult(false, output);
    }
}
