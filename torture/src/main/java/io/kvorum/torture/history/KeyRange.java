package io.kvorum.torture.history;

import java.util.NavigableMap;

/**
 * Keys as etcd's requests name them. Keys are compared as Java strings, which is etcd's order of bytes as long as they
 * are ASCII; the torture's keys are.
 *
 * @param end empty for the one key; {@link #OPEN} for all keys from {@code key} on; else the first key behind the range
 */
public record KeyRange(String key, String end) {
    /** The end of a range without end. */
    public static final String OPEN = "\0";

    private static final KeyRange ALL = new KeyRange("\0", OPEN);

    public static KeyRange key(String key) {
        return new KeyRange(key, "");
    }

    /** All keys that begin with {@code prefix}; every key when it is empty. */
    public static KeyRange prefix(String prefix) {
        if (prefix.isEmpty()) {
            return ALL;
        }
        int last = prefix.length() - 1;
        return new KeyRange(prefix, prefix.substring(0, last) + (char) (prefix.charAt(last) + 1));
    }

    public static KeyRange all() {
        return ALL;
    }

    public boolean single() {
        return end.isEmpty();
    }

    public boolean contains(String other) {
        if (end.isEmpty()) {
            return other.equals(key);
        }
        return other.compareTo(key) >= 0 && (end.equals(OPEN) || other.compareTo(end) < 0);
    }

    public boolean overlaps(KeyRange other) {
        if (single()) {
            return other.contains(key);
        }
        if (other.single()) {
            return contains(other.key);
        }
        return startsBeforeEndOf(other) && other.startsBeforeEndOf(this);
    }

    private boolean startsBeforeEndOf(KeyRange other) {
        return other.end.equals(OPEN) || key.compareTo(other.end) < 0;
    }

    /** The part of {@code map} in the range, as a view. */
    public <V> NavigableMap<String, V> of(NavigableMap<String, V> map) {
        if (single()) {
            return map.subMap(key, true, key, true);
        }
        if (end.equals(OPEN)) {
            return map.tailMap(key, true);
        }
        return key.compareTo(end) < 0 ? map.subMap(key, true, end, false) : map.subMap(key, true, key, false);
    }

    @Override
    public String toString() {
        if (single()) {
            return key;
        }
        if (this.equals(ALL)) {
            return "all keys";
        }
        return equals(prefix(key)) ? key + "*" : "[" + key + ", " + (end.equals(OPEN) ? "..." : end) + ")";
    }
}
