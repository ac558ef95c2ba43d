package io.kvorum.testkit.collection;

import io.kvorum.testkit.collection.Event.Type;
import io.kvorum.testkit.collection.Finding.Sort;
import io.kvorum.testkit.history.Write;
import io.kvorum.testkit.history.Write.Fate;
import io.kvorum.testkit.history.Write.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The history of the collection: what the writers know, completed by what clients were shown. */
final class Model {
    private final Findings findings;
    private final NavigableMap<String, Timeline> timelines = new TreeMap<>();
    private final Map<String, Step> byValue = new HashMap<>();
    private final Map<String, Write> refused = new HashMap<>();
    private final Map<String, String> uids = new HashMap<>();
    private final Map<String, String> livesOfUids = new HashMap<>();
    private final Map<Step, String> lives = new HashMap<>();

    /** Every change whose version is known. */
    private final NavigableMap<Long, Step> changes = new TreeMap<>();

    private Model(Findings findings) {
        this.findings = findings;
    }

    static Model of(Recording recording, Findings findings) {
        Model model = new Model(findings);
        model.write(recording.writes());
        for (ClientLog client : recording.clients()) {
            for (Listing listing : client.listings()) {
                String who = client.client() + "'s " + listing;
                listing.items().forEach(item -> model.learn(item, who, listing.endedNanos()));
            }
            for (Watch watch : client.watches()) {
                String who = client.client() + "'s " + watch;
                watch.events().stream()
                        .filter(event -> event.type() != Type.BOOKMARK && event.type() != Type.DELETED)
                        .forEach(event -> model.learn(event.object(), who, Long.MAX_VALUE));
            }
        }
        model.bound();
        for (ClientLog client : recording.clients()) {
            for (Watch watch : client.watches()) {
                watch.events().stream()
                        .filter(event -> event.type() == Type.DELETED)
                        .forEach(event -> model.learnDeletion(event.object(), client.client() + "'s " + watch));
            }
        }
        model.order();
        model.narrow(recording);
        return model;
    }

    private void write(List<Write> writes) {
        List<Write> inOrder = new ArrayList<>(writes);
        inOrder.sort(Comparator.comparingLong(Write::sentNanos));
        Map<String, Integer> births = new HashMap<>();
        Set<String> left = new HashSet<>();
        for (Write write : inOrder) {
            if (write.fate() == Fate.REFUSED) {
                refused.put(write.id(), write);
                continue;
            }
            if (left.contains(write.key())) {
                throw new IllegalArgumentException(write + " follows a write of the same name whose fate is unknown");
            }
            if (write.fate() == Fate.UNKNOWN) {
                left.add(write.key());
            }
            Timeline timeline = timelines.computeIfAbsent(write.key(), name -> new Timeline());
            Step step = new Step(write, timeline.last());
            timeline.add(step);
            if (write.kind() == Kind.CREATE) {
                births.merge(write.key(), 1, Integer::sum);
            }
            lives.put(step, write.key() + "/" + births.getOrDefault(write.key(), 0));
            if (!step.deletion() && byValue.put(write.id(), step) != null) {
                throw new IllegalArgumentException("two writes of the value " + write.id());
            }
        }
    }

    private void learn(Sighting seen, String who, long endedNanos) {
        Step step = byValue.get(seen.value());
        if (step == null || !step.write().key().equals(seen.name())) {
            Write known = refused.get(seen.value());
            String why = known == null ? "which nobody wrote" : "which was refused";
            findings.add(
                    Sort.PHANTOM, who + " shows " + seen + ", " + why, evidence(seen.name(), seen.resourceVersion()));
            return;
        }
        if (step.write().sentNanos() > endedNanos) {
            findings.add(
                    Sort.PHANTOM,
                    who + " shows " + seen + " before it was written",
                    evidence(seen.name(), seen.resourceVersion()));
        }
        if (step.version() == 0) {
            step.version(seen.resourceVersion());
        } else if (step.version() != seen.resourceVersion()) {
            findings.add(
                    Sort.DISAGREEMENT,
                    who + " shows " + seen + ", which others know at " + step.version(),
                    evidence(seen.name(), seen.resourceVersion()));
        }
        life(step, seen, who);
    }

    /** An object keeps its uid for life, and no other has it. */
    private void life(Step step, Sighting seen, String who) {
        String life = lives.getOrDefault(step, "");
        String uid = uids.putIfAbsent(life, seen.uid());
        String other = livesOfUids.putIfAbsent(seen.uid(), life);
        if ((uid != null && !uid.equals(seen.uid())) || (other != null && !other.equals(life))) {
            findings.add(
                    Sort.DISAGREEMENT,
                    who + " shows " + seen + " with the uid " + seen.uid() + ", others with " + uid,
                    evidence(seen.name(), seen.resourceVersion()));
        }
    }

    /** A change whose version is not known lies between its neighbours. */
    private void bound() {
        for (Timeline timeline : timelines.values()) {
            long next = Long.MAX_VALUE;
            for (int i = timeline.steps().size() - 1; i >= 0; i--) {
                Step step = timeline.steps().get(i);
                if (step.version() > 0) {
                    next = step.version();
                } else if (next != Long.MAX_VALUE) {
                    step.before(next - 1);
                }
            }
        }
    }

    private void learnDeletion(Sighting seen, String who) {
        long version = seen.resourceVersion();
        Timeline timeline = timelines.get(seen.name());
        Step found = null;
        for (Step step : timeline == null ? List.<Step>of() : timeline.steps()) {
            if (step.deletion() && version > step.after() && version <= step.until()) {
                found = step;
            }
        }
        if (found == null) {
            findings.add(
                    Sort.PHANTOM,
                    who + " shows the deletion of " + seen + ", which nobody made",
                    evidence(seen.name(), version));
        } else if (found.version() == 0) {
            found.version(version);
        } else if (found.version() != version) {
            findings.add(
                    Sort.DISAGREEMENT,
                    who + " shows the deletion of " + seen + ", which others know at " + found.version(),
                    evidence(seen.name(), version));
        }
    }

    private void order() {
        for (Timeline timeline : timelines.values()) {
            for (Step step : timeline.steps()) {
                Step other = step.version() == 0 ? null : changes.putIfAbsent(step.version(), step);
                if (other != null) {
                    findings.add(
                            Sort.DISAGREEMENT,
                            "one version of two changes",
                            List.of(step.toString(), other.toString()));
                }
            }
        }
    }

    /** Lists show whether a deletion that no watch has shown had been made at their version. */
    private void narrow(Recording recording) {
        for (ClientLog client : recording.clients()) {
            for (Listing listing : client.listings()) {
                Map<String, Sighting> items = new HashMap<>();
                listing.items().forEach(item -> items.put(item.name(), item));
                String end = listing.whole() ? "" : end(listing);
                timelines.forEach((name, timeline) -> {
                    Step open = timeline.openDeletion(listing.resourceVersion());
                    if (open == null || (!end.isEmpty() && name.compareTo(end) > 0)) {
                        return;
                    }
                    if (items.containsKey(name)) {
                        open.notYet(listing.resourceVersion(), client.client() + "'s " + listing);
                    } else {
                        open.before(listing.resourceVersion());
                    }
                });
            }
        }
        timelines.forEach((name, timeline) -> timeline.steps().stream()
                .filter(step -> step.version() == 0 && step.deletion() && step.after() >= step.until())
                .forEach(step -> findings.add(
                        Sort.MIXED_SNAPSHOT,
                        step.stillThere() + " still shows " + name + ", which had gone at " + step.until(),
                        evidence(name, step.until()))));
    }

    static String end(Listing listing) {
        List<Sighting> items = listing.items();
        return items.isEmpty() ? "\0" : items.get(items.size() - 1).name();
    }

    NavigableMap<String, Timeline> timelines() {
        return timelines;
    }

    NavigableMap<Long, Step> changes() {
        return changes;
    }

    @Nullable
    Timeline timeline(String name) {
        return timelines.get(name);
    }

    /** What the writers know about a name around a version. */
    List<String> evidence(String name, long version) {
        Timeline timeline = timelines.get(name);
        return timeline == null ? List.of("nobody wrote " + name) : timeline.around(version);
    }
}
