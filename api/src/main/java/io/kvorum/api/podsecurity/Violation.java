package io.kvorum.api.podsecurity;

/**
 * Something a pod has that its level forbids.
 *
 * @param what in a few words, such as {@code privileged}
 * @param detail where and how; empty where there is nothing more to say
 */
public record Violation(String what, String detail) {
    @Override
    public String toString() {
        return detail.isEmpty() ? what : what + " (" + detail + ")";
    }
}
