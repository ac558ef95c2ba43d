package io.kvorum.traffic;

/**
 * Something that was done while the load ran.
 *
 * @param atNanos since the start of the load
 * @param tookNanos how long it took to do, 0 while it is not known
 */
public record Mark(long atNanos, String label, long tookNanos) {
    public Mark(long atNanos, String label) {
        this(atNanos, label, 0);
    }
}
