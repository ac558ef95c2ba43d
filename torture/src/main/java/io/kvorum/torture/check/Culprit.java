package io.kvorum.torture.check;

import io.kvorum.torture.history.Frame;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.WatchStream;

/** What a client saw that cannot be. */
public sealed interface Culprit {
    /** When it was seen. */
    long at();

    record Answer(Operation operation) implements Culprit {
        @Override
        public long at() {
            return operation.completed();
        }

        @Override
        public String toString() {
            return "operation " + operation.id() + ", " + operation;
        }
    }

    record Watched(WatchStream stream, Frame frame) implements Culprit {
        @Override
        public long at() {
            return frame.at();
        }

        @Override
        public String toString() {
            return "watcher " + stream.watcher() + ", " + stream.request() + ": " + frame;
        }
    }
}
