package io.kvorum.testkit.collection;

import java.util.List;

/**
 * All that one client did.
 *
 * @param operations one after the other
 */
public record ClientLog(String client, List<Operation> operations) {
    /** Events of all watches, bookmarks left out. */
    public long events() {
        return watches().stream()
                .flatMap(watch -> watch.events().stream())
                .filter(event -> event.type() != Event.Type.BOOKMARK)
                .count();
    }

    public List<Watch> watches() {
        return operations.stream()
                .filter(Watch.class::isInstance)
                .map(Watch.class::cast)
                .toList();
    }

    public List<Listing> listings() {
        return operations.stream()
                .filter(Listing.class::isInstance)
                .map(Listing.class::cast)
                .toList();
    }
}
