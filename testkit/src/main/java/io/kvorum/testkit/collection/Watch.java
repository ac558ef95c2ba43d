package io.kvorum.testkit.collection;

import java.util.List;

/**
 * One connection of a watch.
 *
 * @param server that served it
 * @param from the version it was resumed at, or that of the state it began with
 * @param events in the order in which they came, without those that showed the state at the beginning: those are a
 *     {@link Listing}
 */
public record Watch(String server, long from, List<Event> events) implements Operation {
    /** The newest version that this connection has told of. */
    public long last() {
        return events.stream().mapToLong(Event::resourceVersion).reduce(from, Math::max);
    }

    @Override
    public String toString() {
        return "watch of " + server + " from " + from;
    }
}
