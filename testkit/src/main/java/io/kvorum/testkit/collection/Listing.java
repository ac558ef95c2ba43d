package io.kvorum.testkit.collection;

import java.util.List;

/**
 * One list with all its pages, or the state that a watch began with.
 *
 * @param wanted what was asked of its version
 * @param wantedVersion with {@link Wanted#NOT_OLDER_THAN} and {@link Wanted#EXACT}
 * @param pages at least one
 * @param whole false when the last pages could not be got any more
 * @param sentNanos when its first page was asked for, by the clock of the writes
 * @param endedNanos when its last page was there
 */
public record Listing(
        Wanted wanted, long wantedVersion, List<Page> pages, boolean whole, long sentNanos, long endedNanos)
        implements Operation {
    /** What a list may be asked about its version. */
    public enum Wanted {
        /** Everything acknowledged before. */
        NEWEST,
        /** However old. */
        ANY,
        NOT_OLDER_THAN,
        EXACT
    }

    /** That of the first page; all others must have it too. */
    public long resourceVersion() {
        return pages.get(0).resourceVersion();
    }

    List<Sighting> items() {
        return pages.stream().flatMap(page -> page.items().stream()).toList();
    }

    @Override
    public String toString() {
        return "list (" + wanted + (wantedVersion > 0 ? " " + wantedVersion : "") + ", "
                + pages.stream().map(Page::server).distinct().toList() + ") at " + resourceVersion();
    }
}
