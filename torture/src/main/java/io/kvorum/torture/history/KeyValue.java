package io.kvorum.torture.history;

/**
 * A key as the store showed it. In the event of a deletion only {@code key} and {@code modRevision} mean something.
 *
 * @param version 1 for a key just created, one more with every put
 * @param lease 0 when none is attached
 */
public record KeyValue(String key, String value, long createRevision, long modRevision, long version, long lease) {
    /** What the event of a deletion at {@code revision} shows. */
    public static KeyValue tombstone(String key, long revision) {
        return new KeyValue(key, "", 0, revision, 0, 0);
    }

    @Override
    public String toString() {
        if (version == 0) {
            return key + " deleted @" + modRevision;
        }
        return key + "=" + value + " @" + modRevision + " (created @" + createRevision + ", version " + version
                + (lease == 0 ? ")" : ", lease " + lease + ")");
    }
}
