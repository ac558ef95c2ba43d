package io.kvorum.kubelet.runtime;

/**
 * How a command in a container ended.
 *
 * @param code exit code; -1 when it ran out of time and was killed
 * @param output standard output and error, at most 10 KiB
 */
public record ExecResult(int code, String output) {
    public boolean timedOut() {
        return code == -1;
    }
}
