package io.kvorum.torture.history;

import java.util.List;

/** One thing a watcher got on one stream. */
public sealed interface Frame {
    /** When it was read, on the clock of the operations. */
    long at();

    /** The header's revision; 0 when there is none. */
    long revision();

    /** The watch was accepted. */
    record Created(long at, long revision) implements Frame {
        @Override
        public String toString() {
            return "created @" + revision;
        }
    }

    /** @param more whether the rest of the last revision comes in the next frame (a fragment) */
    record Events(long at, long revision, boolean more, List<Event> events) implements Frame {
        public Events {
            events = List.copyOf(events);
        }

        @Override
        public String toString() {
            return "events " + events + (more ? " and more" : "");
        }
    }

    /** The promise that everything up to {@code revision} was delivered. */
    record Progress(long at, long revision) implements Frame {
        @Override
        public String toString() {
            return "progress @" + revision;
        }
    }

    /** @param compactRevision 0 when compaction was not the reason */
    record Cancelled(long at, long compactRevision, String reason) implements Frame {
        @Override
        public long revision() {
            return 0;
        }

        @Override
        public String toString() {
            return "cancelled" + (compactRevision == 0 ? ": " + reason : ", compacted @" + compactRevision);
        }
    }

    /** The stream ended for the client: the connection was lost, or closed by it. */
    record Lost(long at, String reason) implements Frame {
        @Override
        public long revision() {
            return 0;
        }

        @Override
        public String toString() {
            return "lost: " + reason;
        }
    }
}
