package io.kvorum.torture.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What clients saw.
 *
 * @param base what the store held before the first operation
 * @param operations by id; ids are places
 * @param streams by id; ids are places
 * @param healthy the time at the end in which there was no fault; null when there was none or it was not recorded
 */
public record History(
        Base base,
        List<Operation> operations,
        List<WatchStream> streams,
        List<FaultMark> faults,
        List<Election> elections,
        @Nullable Healthy healthy) {
    public History {
        operations = List.copyOf(operations);
        streams = List.copyOf(streams);
        faults = List.copyOf(faults);
        elections = List.copyOf(elections);
        for (int i = 0; i < operations.size(); i++) {
            if (operations.get(i).id() != i) {
                throw new IllegalArgumentException(
                        "operation " + operations.get(i).id() + " is at place " + i);
            }
        }
    }

    /** Operations and watches of an empty store. */
    public static History of(List<Operation> operations, List<WatchStream> streams) {
        return new History(Base.EMPTY, operations, streams, List.of(), List.of(), null);
    }

    /** The key space at one revision. */
    public record Base(long revision, List<KeyValue> kvs) {
        /** A new store's revision is 1; its first write is 2. */
        public static final Base EMPTY = new Base(1, List.of());

        public Base {
            kvs = List.copyOf(kvs);
        }
    }

    /** A time without faults, until {@code to}, when the recording was over. */
    public record Healthy(long from, long to) {}
}
