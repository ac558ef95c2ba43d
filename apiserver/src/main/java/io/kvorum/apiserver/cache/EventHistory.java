package io.kvorum.apiserver.cache;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/** The latest events of a resource, bounded by count and by bytes; knows from which revision on it is complete. */
final class EventHistory {
    private static final int MOST_EVENTS = 8192;
    private static final long MOST_BYTES = 8L << 20;

    private final ArrayDeque<CacheEvent> events = new ArrayDeque<>();
    private long bytes;
    private long completeAfter;

    /** @param completeAfter every event with a greater revision will be given to {@link #add} */
    EventHistory(long completeAfter) {
        this.completeAfter = completeAfter;
    }

    /** A watch may resume from any revision not smaller than this. */
    long completeAfter() {
        return completeAfter;
    }

    void add(CacheEvent event) {
        events.addLast(event);
        bytes += weight(event);
        while (events.size() > MOST_EVENTS || (bytes > MOST_BYTES && events.size() > 1)) {
            CacheEvent oldest = events.removeFirst();
            bytes -= weight(oldest);
            completeAfter = oldest.revision();
        }
    }

    /** Events with a revision greater than {@code revision}, oldest first. */
    List<CacheEvent> after(long revision) {
        List<CacheEvent> found = new ArrayList<>();
        Iterator<CacheEvent> newestFirst = events.descendingIterator();
        while (newestFirst.hasNext()) {
            CacheEvent event = newestFirst.next();
            if (event.revision() <= revision) {
                break;
            }
            found.add(event);
        }
        Collections.reverse(found);
        return found;
    }

    /**
     * As {@link #after}, for whoever may have seen a part of what happened at {@code revision}: when several objects changed at
     * it, they are told again.
     */
    List<CacheEvent> from(long revision) {
        List<CacheEvent> found = after(revision - 1);
        boolean alone = !found.isEmpty()
                && found.get(0).revision() == revision
                && (found.size() == 1 || found.get(1).revision() != revision);
        return alone ? found.subList(1, found.size()) : found;
    }

    private static long weight(CacheEvent event) {
        ObjectVersion after = event.after();
        return 256 + (after == null ? 0 : after.json().length);
    }
}
