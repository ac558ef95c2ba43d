package io.kvorum.torture.check;

import io.kvorum.torture.history.Event;
import io.kvorum.torture.history.Frame;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.WatchRequest;
import io.kvorum.torture.history.WatchStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One stream, whose events are compared with what happened, revision by revision. */
final class Followed {
    private final WatchStream stream;
    private final List<Frame.Events> frames;
    private final long start;
    private final long completeTo;
    private final long newestEvent;
    private final Compactions compactions;
    private final Bounds bounds;
    private final Findings findings;

    private int frame;
    private int event;
    private boolean stalled;

    Followed(WatchStream stream, WatchShape shape, Compactions compactions, Bounds bounds, Findings findings) {
        this.stream = stream;
        this.frames = WatchShape.events(stream);
        this.start = shape.start();
        this.completeTo = shape.completeTo();
        this.newestEvent = shape.newest();
        this.compactions = compactions;
        this.bounds = bounds;
        this.findings = findings;
    }

    WatchStream stream() {
        return stream;
    }

    long start() {
        return start;
    }

    /** The last revision of which there is something to compare. */
    long end() {
        return Math.max(completeTo, newestEvent);
    }

    /** Passes over events that came of revisions before the history's. */
    void skipTo(long revision) {
        while (peek() < revision) {
            next();
        }
    }

    /**
     * Compares what came of {@code revision} with what was done there.
     *
     * @param writer null when it was a lease's end, or is not known
     */
    void compare(long revision, List<Change> changes, @Nullable Operation writer) {
        phantomsBefore(revision);
        List<Change> wanted = wanted(changes);
        if (peek() != revision) {
            if (revision <= completeTo && wanted.stream().anyMatch(Followed::certain)) {
                missing(revision, wanted, writer);
            }
            return;
        }
        List<Change> left = new ArrayList<>(wanted);
        Frame.Events last = frames.get(frame);
        while (peek() == revision) {
            last = frames.get(frame);
            compare(last, next(), left);
        }
        left.removeIf(change -> !certain(change));
        if (!left.isEmpty() && revision <= completeTo) {
            findings.add(
                    Kind.WATCH_TORN,
                    stream,
                    last,
                    "revision " + revision + " came without " + shown(revision, left.get(0)),
                    involved(writer));
        }
    }

    /** Whether something of {@code changes} should have come. */
    boolean wants(List<Change> changes) {
        for (Change change : changes) {
            if (certain(change) && wants(change)) {
                return true;
            }
        }
        return false;
    }

    /** A stream that should have come further than {@code revision} by the end. */
    void stalledAt(long revision) {
        if (!stalled && revision > end() && !stream.frames().isEmpty()) {
            stalled = true;
            Frame last = stream.frames().get(stream.frames().size() - 1);
            findings.add(
                    Kind.WATCH_STALLED,
                    stream,
                    last,
                    "nothing came after this frame, though revision " + revision + " was written");
        }
    }

    /** All that is left are events of nothing. */
    void finish() {
        phantomsBefore(Long.MAX_VALUE);
    }

    private void phantomsBefore(long revision) {
        while (peek() < revision) {
            Frame.Events in = frames.get(frame);
            Event phantom = next();
            findings.add(Kind.WATCH_PHANTOM, stream, in, phantom + " came, but that did not happen");
        }
    }

    /** The revision of the next event of those that were asked for. */
    private long peek() {
        while (frame < frames.size()
                && (event >= frames.get(frame).events().size()
                        || !wants(frames.get(frame).events().get(event)))) {
            event++;
            if (event >= frames.get(frame).events().size()) {
                frame++;
                event = 0;
            }
        }
        return frame < frames.size() ? frames.get(frame).events().get(event).revision() : Long.MAX_VALUE;
    }

    private Event next() {
        return frames.get(frame).events().get(event++);
    }

    private List<Change> wanted(List<Change> changes) {
        if (changes.size() == 1) {
            return wants(changes.get(0)) ? changes : List.of();
        }
        return changes.stream().filter(this::wants).toList();
    }

    private boolean wants(Change change) {
        WatchRequest request = stream.request();
        return request.keys().contains(change.key())
                && !(change.after() == null ? request.noDelete() : request.noPut());
    }

    private boolean wants(Event got) {
        WatchRequest request = stream.request();
        return got.revision() >= start
                && request.keys().contains(got.kv().key())
                && !(got.deletion() ? request.noDelete() : request.noPut());
    }

    /** A deletion of a key that perhaps was not there need not have an event. */
    private static boolean certain(Change change) {
        return change.sure() || change.after() != null;
    }

    private void missing(long revision, List<Change> wanted, @Nullable Operation writer) {
        Change first = wanted.stream().filter(Followed::certain).findFirst().orElseThrow();
        if (revision <= newestEvent) {
            findings.add(
                    Kind.WATCH_LOST,
                    stream,
                    frames.get(Math.min(frame, frames.size() - 1)),
                    shown(revision, first) + " did not come before this frame",
                    involved(writer));
            return;
        }
        for (Frame promise : stream.frames()) {
            if (promise instanceof Frame.Progress && promise.revision() >= revision) {
                findings.add(
                        Kind.WATCH_PROGRESS_AHEAD,
                        stream,
                        promise,
                        shown(revision, first) + " did not come before this notification",
                        involved(writer));
                return;
            }
        }
    }

    private static Operation[] involved(@Nullable Operation writer) {
        return writer == null ? new Operation[0] : new Operation[] {writer};
    }

    private static String shown(long revision, Change change) {
        return change.after() == null
                ? change.key() + " deleted @" + revision
                : change.after().toString();
    }

    private void compare(Frame.Events in, Event got, List<Change> left) {
        for (int i = 0; i < left.size(); i++) {
            if (left.get(i).key().equals(got.kv().key())) {
                compare(in, got, left.remove(i));
                return;
            }
        }
        findings.add(Kind.WATCH_PHANTOM, stream, in, got + " came, but that did not happen");
    }

    private void compare(Frame.Events in, Event got, Change change) {
        @Nullable KeyValue after = change.after();
        if (got.deletion() != (after == null) || after != null && !same(got.kv(), after, change.sure())) {
            findings.add(
                    Kind.WATCH_WRONG_EVENT, stream, in, got + " came, but it was " + shown(got.revision(), change));
        } else if (stream.request().prevKv() && change.sure() && !previousIsRight(in, got, change)) {
            findings.add(
                    Kind.WATCH_WRONG_PREVIOUS,
                    stream,
                    in,
                    got + " came with the previous " + got.previous() + ", but it was " + change.before());
        }
    }

    private static boolean same(KeyValue got, KeyValue after, boolean sure) {
        return sure ? got.equals(after) : got.value().equals(after.value()) && got.lease() == after.lease();
    }

    private boolean previousIsRight(Frame.Events in, Event got, Change change) {
        boolean compacted = got.previous() == null
                && (bounds.compactsItself() || compactions.askedBefore(in.at()) >= got.revision());
        return compacted || Objects.equals(got.previous(), change.before());
    }
}
