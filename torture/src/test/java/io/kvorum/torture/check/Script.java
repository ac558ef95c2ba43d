package io.kvorum.torture.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Event;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.Frame;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.KeyRange;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.Reply;
import io.kvorum.torture.history.WatchRequest;
import io.kvorum.torture.history.WatchStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A history written by hand. Times are in milliseconds. */
final class Script {
    static final KeyRange ALL = KeyRange.all();

    private final List<Operation> operations = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private History.@Nullable Healthy healthy;
    private int connection;
    private Bounds bounds = Bounds.DEFAULT;

    static KeyValue kv(String key, String value, long create, long mod, long version) {
        return new KeyValue(key, value, create, mod, version, 0);
    }

    static KeyValue created(String key, String value, long revision) {
        return kv(key, value, revision, revision, 1);
    }

    static Call.Put put(String key, String value) {
        return new Call.Put(key, value, 0, true);
    }

    static Call.Delete delete(String key) {
        return new Call.Delete(KeyRange.key(key), false);
    }

    static Call.Range get(KeyRange keys) {
        return new Call.Range(keys, 0, false, 0, false);
    }

    static Call.Range serializable(KeyRange keys) {
        return new Call.Range(keys, 0, true, 0, false);
    }

    static Reply.Range shows(long revision, KeyValue... kvs) {
        return new Reply.Range(revision, List.of(kvs), kvs.length, false);
    }

    static Fate unknown() {
        return new Fate.Unknown("deadline");
    }

    static Fate failed(Fate.Code code) {
        return new Fate.Failed(code, "");
    }

    /** All that follow are on this connection. */
    Script on(int number) {
        connection = number;
        return this;
    }

    Script healthy(long from, long to) {
        healthy = new History.Healthy(millis(from), millis(to));
        return this;
    }

    Script bounds(Bounds other) {
        bounds = other;
        return this;
    }

    Script op(long invoked, long completed, Call call, Fate fate) {
        operations.add(
                new Operation(operations.size(), 1, "m", connection, millis(invoked), millis(completed), call, fate));
        return this;
    }

    /** A put of a new key that was acknowledged. */
    Script put(long invoked, long completed, String key, String value, long revision) {
        return op(invoked, completed, new Call.Put(key, value, 0, false), new Reply.Put(revision, null));
    }

    Watch watch(long at, WatchRequest request) {
        Watch watch = new Watch(at, request);
        watches.add(watch);
        return watch;
    }

    /** Of all keys, from the first revision on. */
    Watch watchAll() {
        return watch(0, WatchRequest.of(ALL, 2)).created(1, 1);
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    History history() {
        List<WatchStream> streams = new ArrayList<>();
        for (Watch watch : watches) {
            streams.add(new WatchStream(
                    streams.size(), streams.size(), 9, "m", 0, watch.opened, watch.request, watch.frames));
        }
        return new History(History.Base.EMPTY, operations, streams, List.of(), List.of(), healthy);
    }

    Report report() {
        return Checks.run(history(), bounds);
    }

    void isClean() {
        assertThat(report().violations()).isEmpty();
    }

    /** That it breaks these promises and no other. */
    Violation breaks(Kind... kinds) {
        Report report = report();
        assertThat(report.counts().keySet()).as("%s", report.violations()).containsExactlyInAnyOrder(kinds);
        return report.violations().get(0);
    }

    /** The frames of one stream. */
    final class Watch {
        private final long opened;
        private final WatchRequest request;
        private final List<Frame> frames = new ArrayList<>();

        private Watch(long at, WatchRequest request) {
            this.opened = millis(at);
            this.request = request;
        }

        Watch created(long at, long revision) {
            frames.add(new Frame.Created(millis(at), revision));
            return this;
        }

        Watch events(long at, Event... events) {
            return frame(at, false, events);
        }

        Watch fragment(long at, Event... events) {
            return frame(at, true, events);
        }

        private Watch frame(long at, boolean more, Event... events) {
            frames.add(new Frame.Events(millis(at), events[events.length - 1].revision(), more, List.of(events)));
            return this;
        }

        Watch frameOf(long at, long revision, Event... events) {
            frames.add(new Frame.Events(millis(at), revision, false, List.of(events)));
            return this;
        }

        Watch progress(long at, long revision) {
            frames.add(new Frame.Progress(millis(at), revision));
            return this;
        }

        Watch cancelled(long at, long compactRevision) {
            frames.add(new Frame.Cancelled(millis(at), compactRevision, "compacted"));
            return this;
        }

        Watch lost(long at) {
            frames.add(new Frame.Lost(millis(at), "closed"));
            return this;
        }

        Script then() {
            return Script.this;
        }
    }
}
