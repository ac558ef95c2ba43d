package io.kvorum.store.mvcc;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what is remembered of clients, by number of clients and by bytes; the one that wrote longest ago is forgotten
 * first. A function of the sessions, so all members forget alike. Not thread-safe.
 */
final class SessionLimit {
    /** Most clients whose requests are remembered. */
    static final int MAX_SESSIONS = 1024;

    /** About the most bytes of all outcomes remembered. */
    static final long MAX_BYTES = 64L << 20;

    /** Clients by log index of their last request, which is unique. */
    private final TreeMap<Long, Long> byUse = new TreeMap<>();

    private long bytes;

    void add(long client, Session session) {
        byUse.put(session.usedAt(), client);
        bytes += session.bytes();
    }

    void remove(Session session) {
        byUse.remove(session.usedAt());
        bytes -= session.bytes();
    }

    void replace(long client, @Nullable Session before, Session after) {
        if (before != null) {
            remove(before);
        }
        add(client, after);
    }

    /** Whether somebody has to be forgotten; never the only client. */
    boolean isExceeded() {
        return byUse.size() > MAX_SESSIONS || (bytes > MAX_BYTES && byUse.size() > 1);
    }

    long leastRecent() {
        Map.Entry<Long, Long> first = byUse.firstEntry();
        if (first == null) {
            throw new IllegalStateException("no client is remembered");
        }
        return first.getValue();
    }
}
