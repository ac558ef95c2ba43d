package io.kvorum.testkit.collection;

import io.kvorum.testkit.collection.Event.Type;
import io.kvorum.testkit.collection.Listing.Wanted;
import io.kvorum.testkit.history.Write;
import io.kvorum.testkit.history.Write.Fate;
import io.kvorum.testkit.history.Write.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** What clients of a correct cluster are shown, by a seed: writers, watchers that are cut, lists of all sorts. */
final class TrueHistory {
    private static final int TICKS = 400;
    private static final int NAMES = 12;
    private static final int PAGE = 3;

    private final Random random;
    private final List<Write> writes = new ArrayList<>();

    /** All changes in order. */
    private final List<Event> changes = new ArrayList<>();

    /** The newest version at each tick. */
    private final long[] versions = new long[TICKS];

    private final Map<String, Sighting> state = new TreeMap<>();
    private final Set<String> left = new HashSet<>();
    private long version = 100;

    TrueHistory(long seed) {
        random = new Random(seed);
        for (int tick = 0; tick < TICKS; tick++) {
            version += random.nextInt(3); // of other collections
            write(tick);
            versions[tick] = version;
        }
    }

    static long nanos(int tick) {
        return tick * 100L;
    }

    private void write(int tick) {
        String name = "n" + (char) ('a' + random.nextInt(NAMES));
        if (left.contains(name)) {
            return;
        }
        Sighting before = state.get(name);
        Kind kind = before == null ? Kind.CREATE : random.nextInt(3) == 0 ? Kind.DELETE : Kind.UPDATE;
        String value = name + "#" + tick;
        int luck = random.nextInt(60);
        Fate fate = luck == 0 ? Fate.UNKNOWN : luck == 1 ? Fate.REFUSED : Fate.ACKNOWLEDGED;
        boolean done = fate == Fate.ACKNOWLEDGED || (fate == Fate.UNKNOWN && random.nextBoolean());
        if (fate == Fate.UNKNOWN) {
            left.add(name);
        }
        if (done) {
            version++;
            String uid = before == null ? "uid-" + tick : before.uid();
            if (kind == Kind.DELETE && before != null) {
                state.remove(name);
                changes.add(new Event(Type.DELETED, new Sighting(name, uid, before.value(), version)));
            } else {
                Sighting after = new Sighting(name, uid, value, version);
                state.put(name, after);
                changes.add(new Event(before == null ? Type.ADDED : Type.MODIFIED, after));
            }
        }
        long told = fate == Fate.ACKNOWLEDGED && kind != Kind.DELETE ? version : 0;
        writes.add(new Write(value, kind, name, fate, told, nanos(tick), nanos(tick) + 10));
    }

    private List<Sighting> stateAt(long at) {
        Map<String, Sighting> then = new TreeMap<>();
        for (Event change : changes) {
            if (change.resourceVersion() > at) {
                break;
            }
            if (change.type() == Type.DELETED) {
                then.remove(change.object().name());
            } else {
                then.put(change.object().name(), change.object());
            }
        }
        return List.copyOf(then.values());
    }

    private Listing list(Wanted wanted, long wantedVersion, long at, int tick) {
        List<Sighting> items = stateAt(at);
        List<Page> pages = new ArrayList<>();
        for (int from = 0; from == 0 || from < items.size(); from += PAGE) {
            pages.add(new Page(
                    "apiserver-" + pages.size() % 3, at, items.subList(from, Math.min(items.size(), from + PAGE))));
        }
        boolean whole = pages.size() < 2 || random.nextInt(5) > 0;
        List<Page> got = whole ? pages : pages.subList(0, pages.size() - 1);
        return new Listing(wanted, wantedVersion, got, whole, nanos(tick) + 20, nanos(tick) + 20 + 50L * pages.size());
    }

    private ClientLog lister(String name) {
        List<Operation> operations = new ArrayList<>();
        for (int tick = 20; tick < TICKS; tick += 4 + random.nextInt(9)) {
            long now = versions[tick];
            long then = versions[random.nextInt(tick)];
            operations.add(
                    switch (random.nextInt(4)) {
                        case 0 -> list(Wanted.ANY, 0, then, tick);
                        case 1 -> list(Wanted.EXACT, then, then, tick);
                        case 2 -> list(Wanted.NOT_OLDER_THAN, then, Math.max(then, now - 3), tick);
                        default -> list(Wanted.NEWEST, 0, now, tick);
                    });
        }
        return new ClientLog(name, operations);
    }

    private ClientLog watcher(String name) {
        int tick = 10 + random.nextInt(30);
        List<Operation> operations = new ArrayList<>();
        Listing first = list(Wanted.NEWEST, 0, versions[tick], tick);
        operations.add(first);
        long last = first.resourceVersion();
        while (last < version) {
            List<Event> events = new ArrayList<>();
            long from = last;
            int most = 5 + random.nextInt(40);
            for (Event change : changes) {
                if (change.resourceVersion() <= last || events.size() >= most) {
                    continue;
                }
                if (random.nextInt(10) == 0) {
                    last += random.nextInt((int) (change.resourceVersion() - last));
                    events.add(Event.bookmark(last));
                }
                events.add(change);
                last = change.resourceVersion();
            }
            if (events.size() < most) {
                events.add(Event.bookmark(version));
                last = version;
            }
            operations.add(new Watch("apiserver-" + random.nextInt(3), from, events));
        }
        return new ClientLog(name, operations);
    }

    /** Two watchers and two that list. */
    Recording recording() {
        return new Recording(
                List.copyOf(writes), List.of(watcher("watcher-0"), watcher("watcher-1"), lister("a"), lister("b")));
    }

    /** One that lists, without anybody who watches: deletions are known from lists only. */
    Recording withoutWatchers() {
        return new Recording(List.copyOf(writes), List.of(lister("a"), lister("b"), lister("c")));
    }
}
