package io.kvorum.store.mvcc;

import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyValue;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one key, oldest first, tombstones included. Immutable to its readers: a later history of the same
 * lineage may share the array and use the slots beyond {@code size}, so that a key written n times costs O(n), not O(n²).
 * Only the newest history of a lineage may be appended to.
 */
final class KeyHistory {
    private final Version[] versions;
    private final int size;

    private KeyHistory(Version[] versions, int size) {
        this.versions = versions;
        this.size = size;
    }

    /**
     * One version.
     *
     * @param value null: the key was deleted at {@code modRevision}; then the other numbers are 0
     */
    record Version(
            long modRevision,
            long createRevision,
            long version,
            @Nullable ByteSequence value,
            long lease) {
        static Version tombstone(long revision) {
            return new Version(revision, 0, 0, null, 0);
        }

        KeyValue toKeyValue(ByteSequence key) {
            return new KeyValue(
                    key, value == null ? ByteSequence.EMPTY : value, createRevision, modRevision, version, lease);
        }
    }

    static KeyHistory of(Version first) {
        return new KeyHistory(new Version[] {first}, 1);
    }

    static KeyHistory of(Version[] versions) {
        return new KeyHistory(versions, versions.length);
    }

    KeyHistory plus(Version next) {
        Version[] into = size < versions.length ? versions : Arrays.copyOf(versions, size + Math.max(2, size / 2));
        into[size] = next;
        return new KeyHistory(into, size + 1);
    }

    int size() {
        return size;
    }

    Version get(int i) {
        return versions[i];
    }

    Version last() {
        return versions[size - 1];
    }

    /** The newest version, null when the key is deleted. */
    @Nullable
    Version live() {
        Version last = last();
        return last.value() == null ? null : last;
    }

    /** The version that was live at {@code revision}, null when the key did not exist then. */
    @Nullable
    Version liveAt(long revision) {
        int i = indexAt(revision);
        return i < 0 || versions[i].value() == null ? null : versions[i];
    }

    /** Index of the newest version at or before {@code revision}, -1 when there is none. */
    int indexAt(long revision) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (versions[middle].modRevision() <= revision) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /**
     * Drops what was superseded at or before {@code revision} or deleted before it; null when nothing is left. What
     * happened at {@code revision} itself stays, because a watch may begin there.
     */
    @Nullable
    KeyHistory compact(long revision) {
        int keepFrom = indexAt(revision);
        if (keepFrom >= 0 && versions[keepFrom].value() == null && versions[keepFrom].modRevision() < revision) {
            keepFrom++;
        }
        if (keepFrom <= 0) {
            return this;
        }
        return keepFrom == size ? null : of(Arrays.copyOfRange(versions, keepFrom, size));
    }
}
