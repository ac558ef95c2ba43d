package io.kvorum.kubelet.runtime;

/**
 * One run of one container of a pod.
 *
 * @param attempt 0 for the first run, then one more at each restart
 */
public record ContainerId(String podUid, String container, int attempt) {
    /** The form in {@code status.containerStatuses[].containerID}. */
    public String reference() {
        return "process://" + this;
    }

    @Override
    public String toString() {
        return podUid + "/" + container + "/" + attempt;
    }
}
