package io.kvorum.torture.check;

import io.kvorum.torture.history.History;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.WatchStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All streams, while the replay goes through the revisions. */
final class Watches {
    private final Sightings sightings;
    private final Bounds bounds;
    private final History history;
    private final Coverage coverage = new Coverage();
    private final Deque<Followed> waiting;
    private final List<Followed> active = new ArrayList<>();
    /** Streams of one key, which only need to look at changes of it. */
    private final Map<String, List<Followed>> ofOneKey = new HashMap<>();

    private final List<Followed> all = new ArrayList<>();
    private long nextEnd = Long.MAX_VALUE;

    Watches(History history, Sightings sightings, Compactions compactions, Bounds bounds, Findings findings) {
        this.history = history;
        this.sightings = sightings;
        this.bounds = bounds;
        for (WatchStream stream : history.streams()) {
            if (!sightings.believed(stream)) {
                continue;
            }
            WatchShape shape = new WatchShape(stream, compactions, bounds, findings);
            if (shape.sound() && shape.start() != 0) {
                coverage.add(stream.request(), shape.start(), shape.completeTo());
                Followed followed = new Followed(stream, shape, compactions, bounds, findings);
                followed.skipTo(sightings.base() + 1);
                all.add(followed);
            }
        }
        waiting = new ArrayDeque<>(
                all.stream().sorted(Comparator.comparingLong(Followed::start)).toList());
    }

    Coverage coverage() {
        return coverage;
    }

    /** What {@code revision} did, and who did it, if that is known. */
    void written(long revision, List<Change> changes, @Nullable Operation writer) {
        begin(revision);
        for (Followed stream : active) {
            follow(stream, revision, changes, writer);
        }
        for (Change change : changes) {
            for (Followed stream : ofOneKey.getOrDefault(change.key(), List.of())) {
                if (revision >= stream.start()) {
                    follow(stream, revision, changes, writer);
                }
            }
        }
        if (revision >= nextEnd) {
            active.removeIf(stream -> !open(stream.stream()) && stream.end() <= revision);
            nextEnd = nextEnd();
        }
    }

    private void begin(long revision) {
        for (Followed next = waiting.peek(); next != null && next.start() <= revision; next = waiting.peek()) {
            waiting.remove();
            if (next.stream().request().keys().single()) {
                ofOneKey.computeIfAbsent(next.stream().request().keys().key(), key -> new ArrayList<>())
                        .add(next);
            } else {
                active.add(next);
                nextEnd = nextEnd();
            }
        }
    }

    private long nextEnd() {
        return active.stream()
                .filter(stream -> !open(stream.stream()))
                .mapToLong(Followed::end)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private void follow(Followed stream, long revision, List<Change> changes, @Nullable Operation writer) {
        stream.compare(revision, changes, writer);
        if (revision > stream.end()
                && open(stream.stream())
                && mustHaveCome(stream, revision)
                && stream.wants(changes)) {
            stream.stalledAt(revision);
        }
    }

    private boolean mustHaveCome(Followed stream, long revision) {
        if (history.healthy() == null) {
            return false;
        }
        long latest = history.healthy().to() - bounds.watchDelay().toNanos();
        return sightings.first(revision) <= latest
                && stream.stream().opened() <= latest
                && history.healthy().from() <= latest;
    }

    /** The last revision was replayed. */
    void finish() {
        all.forEach(Followed::finish);
    }

    /** A stream that its watcher closed after the healthy phase was open as long as it matters. */
    private boolean open(WatchStream stream) {
        if (stream.open() || history.healthy() == null) {
            return stream.open();
        }
        return stream.frames().get(stream.frames().size() - 1).at()
                >= history.healthy().to();
    }
}
