package io.kvorum.testkit.collection;

import io.kvorum.testkit.collection.Finding.Sort;
import io.kvorum.testkit.collection.Listing.Wanted;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Versions go forward: for one client, through its consistent lists and its watches; and for all, a consistent list has
 * what was acknowledged, or shown by another consistent list, before it was asked for.
 */
final class OrderRules {
    private final Model model;
    private final Findings findings;

    OrderRules(Model model, Findings findings) {
        this.model = model;
        this.findings = findings;
    }

    void check(ClientLog log) {
        long newest = 0;
        Operation from = null;
        for (Operation operation : log.operations()) {
            if (operation instanceof Listing listing && listing.wanted() == Wanted.NEWEST) {
                if (listing.resourceVersion() < newest) {
                    back(log, listing.toString(), newest, from);
                }
                if (listing.resourceVersion() >= newest) {
                    newest = listing.resourceVersion();
                    from = listing;
                }
            } else if (operation instanceof Watch watch) {
                long known = newest;
                Operation knownFrom = from;
                watch.events().stream()
                        .filter(event -> event.resourceVersion() < known)
                        .findFirst()
                        .ifPresent(event -> back(log, watch + " shows " + event, known, knownFrom));
                if (watch.last() >= newest) {
                    newest = watch.last();
                    from = watch;
                }
            }
        }
    }

    private void back(ClientLog log, String what, long newest, @Nullable Operation from) {
        findings.add(
                Sort.STEP_BACK,
                log.client() + " has seen " + newest + ", then " + what,
                List.of("seen: " + newest + " in its " + from));
    }

    private record Known(long version, long sinceNanos, String what) {}

    void checkTime(List<ClientLog> clients) {
        record Read(String client, Listing listing) {}
        List<Read> reads = new ArrayList<>();
        PriorityQueue<Known> coming = new PriorityQueue<>(Comparator.comparingLong(Known::sinceNanos));
        for (ClientLog log : clients) {
            for (Listing listing : log.listings()) {
                if (listing.wanted() == Wanted.NEWEST) {
                    reads.add(new Read(log.client(), listing));
                    coming.add(
                            new Known(listing.resourceVersion(), listing.endedNanos(), log.client() + "'s " + listing));
                }
            }
        }
        for (Timeline timeline : model.timelines().values()) {
            for (Step step : timeline.steps()) {
                if (step.acknowledged()) {
                    // Of a deletion that nobody saw this much is known: it came later than this.
                    long version = step.version() > 0 ? step.version() : step.after() + 1;
                    coming.add(new Known(version, step.write().endedNanos(), "acknowledged: " + step));
                }
            }
        }
        reads.sort(Comparator.comparingLong(read -> read.listing().sentNanos()));
        Known newest = new Known(0, 0, "nothing");
        for (Read read : reads) {
            while (!coming.isEmpty()
                    && coming.peek().sinceNanos() < read.listing().sentNanos()) {
                Known next = coming.remove();
                newest = next.version() > newest.version() ? next : newest;
            }
            if (read.listing().resourceVersion() < newest.version()) {
                findings.add(
                        Sort.STALE_READ,
                        read.client() + "'s " + read.listing() + " was asked for after " + newest.version()
                                + " was known",
                        List.of(newest.what()));
            }
        }
    }
}
