package io.kvorum.traffic;

/**
 * Something that was done while the load ran.
 *
 * @param atNanos since the start of the load
 */
public record Mark(long atNanos, String label) {}
