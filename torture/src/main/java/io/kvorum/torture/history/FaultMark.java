package io.kvorum.torture.history;

/**
 * A fault that was injected.
 *
 * @param name its kind
 * @param detail whom it struck and how
 * @param to equal to {@code from} when it was a moment
 */
public record FaultMark(String name, String detail, long from, long to) {}
