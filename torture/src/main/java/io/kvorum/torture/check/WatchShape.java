package io.kvorum.torture.check;

import io.kvorum.torture.history.Event;
import io.kvorum.torture.history.Frame;
import io.kvorum.torture.history.WatchRequest;
import io.kvorum.torture.history.WatchStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one stream's frames must be like whatever was written: ordered, unique, atomic, only what was asked for, nothing
 * behind a progress notification.
 */
final class WatchShape {
    private final WatchStream stream;
    private final Findings findings;
    private final Compactions compactions;
    private final Bounds bounds;

    private long start;
    /** The newest revision of an event. */
    private long newest;
    /** Whether the rest of the newest revision is still to come. */
    private boolean partial;

    private boolean lastFrameEndedNewest = true;
    private final Set<String> keysOfNewest = new HashSet<>();
    private long progress;
    private boolean sound = true;

    WatchShape(WatchStream stream, Compactions compactions, Bounds bounds, Findings findings) {
        this.stream = stream;
        this.compactions = compactions;
        this.bounds = bounds;
        this.findings = findings;
        this.start = stream.request().startRevision();
        stream.frames().forEach(this::frame);
    }

    /** The first revision of interest; 0: the stream never began. */
    long start() {
        return start;
    }

    /** Up to this revision, included, everything was delivered, or is promised to have been. */
    long completeTo() {
        return Math.max(partial ? newest - 1 : newest, progress);
    }

    /** The newest revision of an event; 0: there was none. */
    long newest() {
        return newest;
    }

    /** Whether the events can be compared with what happened: they came in order. */
    boolean sound() {
        return sound;
    }

    private void frame(Frame frame) {
        if (frame instanceof Frame.Created created) {
            if (start == 0) {
                start = created.revision() + 1;
            }
        } else if (frame instanceof Frame.Events events) {
            long latest = 0;
            for (Event event : events.events()) {
                event(events, event);
                latest = Math.max(latest, event.revision());
                newest = Math.max(newest, event.revision());
                lastFrameEndedNewest = false;
            }
            partial = events.more();
            lastFrameEndedNewest = !events.more();
            if (events.revision() != 0 && events.revision() < latest) {
                bad(
                        Kind.WATCH_WRONG_EVENT,
                        frame,
                        "an event of revision " + latest + " came in a frame of revision " + events.revision());
            }
        } else if (frame instanceof Frame.Progress notification) {
            progress = Math.max(progress, notification.revision());
        } else if (frame instanceof Frame.Cancelled cancelled && cancelled.compactRevision() != 0) {
            cancelled(cancelled);
        }
    }

    private void event(Frame.Events frame, Event event) {
        WatchRequest request = stream.request();
        if (start == 0) {
            bad(Kind.WATCH_UNWANTED, frame, event + " came before the watch was created");
        } else if (event.revision() < start) {
            bad(Kind.WATCH_UNWANTED, frame, event + " came, which is before the start at " + start);
        } else if (!request.keys().contains(event.kv().key())) {
            bad(Kind.WATCH_UNWANTED, frame, event + " came, whose key is not in " + request.keys());
        } else if (event.deletion() ? request.noDelete() : request.noPut()) {
            bad(Kind.WATCH_UNWANTED, frame, event + " came, which is filtered out");
        }
        if (event.revision() > newest) {
            keysOfNewest.clear();
        }
        if (event.revision() < newest || !keysOfNewest.add(event.kv().key())) {
            sound = false;
            boolean twice = event.revision() == newest || cameBefore(event);
            bad(
                    twice ? Kind.WATCH_TWICE : Kind.WATCH_UNORDERED,
                    frame,
                    event + (twice ? " came a second time" : " came after one of revision " + newest));
        } else if (event.revision() <= progress) {
            sound = false;
            bad(
                    Kind.WATCH_PROGRESS_AHEAD,
                    frame,
                    event + " came after a progress notification of revision " + progress);
        } else if (event.revision() == newest && lastFrameEndedNewest) {
            bad(Kind.WATCH_TORN, frame, event + " came apart from the others of its revision");
        }
    }

    private boolean cameBefore(Event late) {
        for (Frame.Events frame : events(stream)) {
            for (Event event : frame.events()) {
                if (event == late) {
                    return false;
                }
                if (event.revision() == late.revision()
                        && event.kv().key().equals(late.kv().key())) {
                    return true;
                }
            }
        }
        return false;
    }

    private void cancelled(Frame.Cancelled frame) {
        long needed = Math.max(start, completeTo() + 1);
        if (frame.compactRevision() <= needed) {
            bad(
                    Kind.WATCH_CANCELLED,
                    frame,
                    "cancelled as compacted to " + frame.compactRevision() + ", but it needed " + needed
                            + " next, which is still there then");
        } else if (!bounds.compactsItself() && compactions.askedBefore(frame.at()) < frame.compactRevision()) {
            bad(
                    Kind.WATCH_CANCELLED,
                    frame,
                    "cancelled as compacted to " + frame.compactRevision() + ", but nobody had asked for more than "
                            + compactions.askedBefore(frame.at()));
        }
    }

    private void bad(Kind kind, Frame frame, String sentence) {
        findings.add(kind, stream, frame, sentence);
    }

    /** All frames with events, in order. */
    static List<Frame.Events> events(WatchStream stream) {
        return stream.frames().stream()
                .filter(Frame.Events.class::isInstance)
                .map(Frame.Events.class::cast)
                .toList();
    }
}
