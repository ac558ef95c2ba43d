package io.kvorum.testkit.collection;

import io.kvorum.testkit.collection.Finding.Sort;
import io.kvorum.testkit.collection.Listing.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A list is the state that there was at its version, and that version is as new as it was asked to be. */
final class ListRules {
    private static final int MOST_DIFFERENCES = 5;

    private final Model model;
    private final Findings findings;

    ListRules(Model model, Findings findings) {
        this.model = model;
        this.findings = findings;
    }

    void check(String client, Listing listing) {
        String who = client + "'s " + listing;
        long version = listing.resourceVersion();
        long wanted = listing.wantedVersion();
        if (listing.wanted() == Wanted.NOT_OLDER_THAN && version < wanted
                || listing.wanted() == Wanted.EXACT && version != wanted) {
            findings.add(Sort.STALE_READ, who + " is not of the version it was asked for", List.of());
        }
        List<String> pages = new ArrayList<>();
        for (Page page : listing.pages()) {
            pages.add("page of " + page.server() + " at " + page.resourceVersion() + ": " + page.items());
        }
        if (listing.pages().stream().anyMatch(page -> page.resourceVersion() != version)) {
            findings.add(Sort.MIXED_SNAPSHOT, who + " has pages of different versions", pages);
            return;
        }
        Map<String, Sighting> items = new TreeMap<>();
        String last = "";
        for (Sighting item : listing.items()) {
            if (item.name().compareTo(last) <= 0) {
                findings.add(Sort.MIXED_SNAPSHOT, who + " shows " + item + " after " + last, pages);
            }
            last = item.name();
            items.put(item.name(), item);
        }
        List<String> differences = differences(listing, items);
        if (!differences.isEmpty()) {
            findings.add(Sort.MIXED_SNAPSHOT, who + " is not what there was then", differences);
        }
    }

    private List<String> differences(Listing listing, Map<String, Sighting> items) {
        long version = listing.resourceVersion();
        List<String> lines = new ArrayList<>();
        int count = 0;
        String end = listing.whole() ? "" : Model.end(listing);
        for (Map.Entry<String, Timeline> entry : model.timelines().entrySet()) {
            if (!end.isEmpty() && entry.getKey().compareTo(end) > 0) {
                break;
            }
            Sighting shown = items.get(entry.getKey());
            Timeline timeline = entry.getValue();
            Step step = timeline.at(version);
            boolean there = step != null && !step.deletion();
            boolean mayBeGone = timeline.openDeletion(version) != null;
            boolean same = shown == null
                    ? !there || mayBeGone
                    : there && step != null && step.version() == shown.resourceVersion();
            if (!same && ++count <= MOST_DIFFERENCES) {
                lines.add(entry.getKey() + ": shown " + (shown == null ? "nothing" : shown) + ", there was "
                        + (there ? step : "nothing"));
                lines.addAll(timeline.around(version + 1));
            }
        }
        if (count > MOST_DIFFERENCES) {
            lines.add("and " + (count - MOST_DIFFERENCES) + " more");
        }
        return lines;
    }
}
