package io.kvorum.store.watch;

import io.kvorum.store.client.WatchEvent;
import io.kvorum.store.mvcc.Snapshot.Changes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The newest changes, dense by revision, bounded by number and by bytes. Thread-safe. */
final class EventHistory {
    private final @Nullable Changes[] ring;
    private final long maxBytes;
    private long first;
    private long next;
    private long bytes;

    /**
     * @param revision revision of the store now: the next one to come is one greater
     * @param maxRevisions most revisions kept
     * @param maxBytes about how many bytes of keys and values are kept
     */
    EventHistory(long revision, int maxRevisions, long maxBytes) {
        this.ring = new Changes[maxRevisions];
        this.maxBytes = maxBytes;
        this.first = revision + 1;
        this.next = first;
    }

    synchronized void add(Changes changes) {
        if (changes.revision() != next) {
            throw new IllegalStateException("revision " + changes.revision() + " where " + next + " was due");
        }
        if (next - first == ring.length) {
            dropFirst();
        }
        ring[slot(next)] = changes;
        bytes += bytesOf(changes);
        next++;
        while (bytes > maxBytes && next - first > 1) {
            dropFirst();
        }
    }

    /** Forgets everything: the store jumped to {@code revision}. */
    synchronized void reset(long revision) {
        while (first < next) {
            dropFirst();
        }
        first = revision + 1;
        next = first;
    }

    /** Newest revision that was added or jumped to. */
    synchronized long newest() {
        return next - 1;
    }

    /**
     * The changes after {@code revision}, oldest first.
     *
     * @param most most revisions to return
     * @return empty when there are none; null when they are no longer all here
     */
    synchronized @Nullable List<Changes> after(long revision, int most) {
        if (revision + 1 < first) {
            return null;
        }
        List<Changes> found = new ArrayList<>();
        for (long at = revision + 1; at < next && found.size() < most; at++) {
            Changes changes = ring[slot(at)];
            if (changes == null) {
                throw new IllegalStateException("no changes at revision " + at);
            }
            found.add(changes);
        }
        return found;
    }

    private void dropFirst() {
        Changes dropped = ring[slot(first)];
        ring[slot(first)] = null;
        first++;
        bytes -= dropped == null ? 0 : bytesOf(dropped);
    }

    private int slot(long revision) {
        return (int) (revision % ring.length);
    }

    private static long bytesOf(Changes changes) {
        long sum = 64;
        for (WatchEvent event : changes.events()) {
            sum += 128 + event.kv().key().length() + event.kv().value().length();
        }
        return sum;
    }
}
