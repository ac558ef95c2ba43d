package io.kvorum.testkit.collection;

import io.kvorum.testkit.collection.Event.Type;
import io.kvorum.testkit.collection.Finding.Sort;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A watch shows every change after the version it was resumed at, once, in order, and none behind a bookmark. */
final class WatchRules {
    private static final int AROUND = 3;

    private final Model model;
    private final Findings findings;

    WatchRules(Model model, Findings findings) {
        this.model = model;
        this.findings = findings;
    }

    void check(String client, Watch watch) {
        String who = client + "'s " + watch;
        Set<Long> shown = forward(who, watch);
        long last = watch.last();
        for (Step change :
                model.changes().subMap(watch.from(), false, last, true).values()) {
            if (!shown.contains(change.version())) {
                gap(who, watch, change);
            }
        }
        for (Timeline timeline : model.timelines().values()) {
            for (Step step : timeline.steps()) {
                if (step.version() == 0
                        && step.acknowledged()
                        && step.after() >= watch.from()
                        && step.after() < step.until()
                        && step.until() <= last) {
                    gap(who, watch, step);
                }
            }
        }
    }

    private void gap(String who, Watch watch, Step change) {
        long at = change.version() > 0 ? change.version() : change.until();
        findings.add(
                Sort.GAP,
                who + " does not show: " + change,
                evidence(watch, place(watch, at), change.write().key(), at));
    }

    private Set<Long> forward(String who, Watch watch) {
        Set<Long> shown = new HashSet<>();
        long last = watch.from();
        String before = "the version it was resumed at, " + last;
        for (int i = 0; i < watch.events().size(); i++) {
            Event event = watch.events().get(i);
            boolean bookmark = event.type() == Type.BOOKMARK;
            if (bookmark ? event.resourceVersion() < last : event.resourceVersion() <= last) {
                String again = shown.contains(event.resourceVersion()) && !bookmark ? " again" : "";
                findings.add(
                        Sort.STEP_BACK,
                        who + " shows " + event + again + ", after " + before,
                        evidence(watch, i, event.object().name(), event.resourceVersion()));
            }
            if (event.resourceVersion() >= last) {
                last = event.resourceVersion();
                before = event.toString();
            }
            if (!bookmark) {
                shown.add(event.resourceVersion());
                follows(who, watch, i);
            }
        }
        return shown;
    }

    /** The type of an event says what was there before it, and a deletion shows it. */
    private void follows(String who, Watch watch, int place) {
        Event event = watch.events().get(place);
        Sighting object = event.object();
        Timeline timeline = model.timeline(object.name());
        if (timeline == null) {
            return;
        }
        Step before = timeline.at(object.resourceVersion() - 1);
        boolean there = before != null && !before.deletion();
        // A deletion that nobody saw may lie between: then nothing can be said.
        boolean known = timeline.openDeletion(object.resourceVersion() - 1) == null;
        boolean right = event.type() == Type.ADDED ? !there : there;
        boolean shows = event.type() != Type.DELETED
                || before == null
                || before.write().id().equals(object.value());
        if ((known && !right) || !shows) {
            findings.add(
                    Sort.NONSENSE,
                    who + " shows " + event + ", before which there was " + (before == null ? "nothing" : before),
                    evidence(watch, place, object.name(), object.resourceVersion()));
        }
    }

    private static int place(Watch watch, long version) {
        int place = 0;
        while (place < watch.events().size() && watch.events().get(place).resourceVersion() < version) {
            place++;
        }
        return place;
    }

    private List<String> evidence(Watch watch, int place, String name, long version) {
        List<String> lines = new ArrayList<>();
        int from = Math.max(0, place - AROUND);
        int to = Math.min(watch.events().size(), place + AROUND);
        if (from == 0) {
            lines.add("shown: begins from " + watch.from());
        }
        for (Event event : watch.events().subList(from, to)) {
            lines.add("shown: " + event);
        }
        if (to == watch.events().size()) {
            lines.add("shown: ends");
        }
        if (!name.isEmpty()) {
            lines.addAll(model.evidence(name, version));
        }
        return lines;
    }
}
