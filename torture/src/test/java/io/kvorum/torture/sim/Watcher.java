package io.kvorum.torture.sim;

import io.kvorum.torture.history.Event;
import io.kvorum.torture.history.Frame;
import io.kvorum.torture.history.KeyRange;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.WatchRequest;
import io.kvorum.torture.history.WatchStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One watcher, which goes on on another member when it was cut off. */
final class Watcher {
    private final Simulation simulation;
    private final Mvcc store;
    private final Chaos chaos;
    private final int id;
    private int opened;

    Watcher(Simulation simulation, Mvcc store, Chaos chaos, int id) {
        this.simulation = simulation;
        this.store = store;
        this.chaos = chaos;
        this.id = id;
    }

    void open(long start) {
        KeyRange keys = switch (id) {
            case 0, 1, 5 -> KeyRange.all();
            case 2 -> KeyRange.prefix("a/");
            case 3 -> KeyRange.key("b/1");
            default -> KeyRange.prefix("b/");
        };
        WatchRequest request = new WatchRequest(keys, start, id == 4, id == 5, id != 1, id != 2, id == 2);
        Stream stream = new Stream(request, (id + opened++) % Simulation.MEMBERS);
        simulation.after(stream.pause(), stream::created);
    }

    /** One stream of it. */
    final class Stream {
        private final WatchRequest request;
        private final int member;
        private final int number;
        private final long openedAt;
        private final List<Frame> frames = new ArrayList<>();
        private long next;
        private boolean over;
        private boolean silent;

        Stream(WatchRequest request, int member) {
            this.request = request;
            this.member = member;
            this.openedAt = simulation.now();
            this.number = simulation.newStream(this);
            this.next = request.startRevision();
        }

        WatchStream recorded() {
            return new WatchStream(number, id, 100 + id, "m" + member, 1000 + number, openedAt, request, frames);
        }

        private long pause() {
            return (1 + chaos.below(15)) * Simulation.MILLI;
        }

        private void created() {
            long revision = simulation.advance(member);
            frames.add(new Frame.Created(simulation.now(), revision));
            next = next == 0 ? revision + 1 : next;
            simulation.after(pause(), this::turn);
        }

        private void turn() {
            if (over) {
                return;
            }
            if (simulation.healthy()) {
                simulation.catchUp(member);
            }
            if (next < store.compacted() || chaos.chance(0.02) && chaos.strikes(Bug.CANCELLED)) {
                cancel(store.compacted());
            } else if (!simulation.healthy() && chaos.chance(0.03)) {
                lose("connection reset");
            } else if (!chaos.has(Bug.WATCH_SILENT) || !silent()) {
                deliver(simulation.advance(member));
            }
            simulation.after(pause() * (simulation.healthy() ? 50 : 1), this::turn);
        }

        private boolean silent() {
            silent |= frames.size() > 3 && chaos.strikes(Bug.WATCH_SILENT);
            return silent;
        }

        private void cancel(long compacted) {
            frames.add(new Frame.Cancelled(simulation.now(), Math.max(1, compacted), "compacted"));
            over = true;
            Watcher.this.open(Math.max(next, compacted));
        }

        private void lose(String reason) {
            frames.add(new Frame.Lost(simulation.now(), reason));
            over = true;
            Watcher.this.open(next);
        }

        private void deliver(long to) {
            List<Event> events = new ArrayList<>();
            for (; next <= to; next++) {
                List<Event> some = wanted(next);
                if (request.fragment() && some.size() > 1 && chaos.chance(0.5)) {
                    events.addAll(some.subList(0, 1));
                    send(to, events, true);
                    events = new ArrayList<>(some.subList(1, some.size()));
                } else {
                    events.addAll(some);
                }
            }
            if (!events.isEmpty()) {
                spoil(events, to);
            } else if (request.progressNotify() && chaos.chance(0.3)) {
                long ahead = chaos.strikes(Bug.PROGRESS_AHEAD) ? store.revision() : to;
                frames.add(new Frame.Progress(simulation.now(), ahead));
            }
        }

        private void send(long revision, List<Event> events, boolean more) {
            frames.add(new Frame.Events(simulation.now(), revision, more, events));
        }

        private List<Event> wanted(long revision) {
            List<Event> wanted = new ArrayList<>();
            for (Event event : store.events(revision)) {
                boolean filtered = event.deletion() ? request.noDelete() : request.noPut();
                if (request.keys().contains(event.kv().key()) && (!filtered || chaos.strikes(Bug.EVENT_UNWANTED))) {
                    boolean compacted = store.compacted() > revision - 1;
                    @Nullable KeyValue previous = request.prevKv() && !compacted ? event.previous() : null;
                    wanted.add(new Event(event.deletion(), event.kv(), previous));
                }
            }
            return wanted;
        }

        private void spoil(List<Event> events, long to) {
            int at = chaos.below(events.size());
            Event event = events.get(at);
            if (chaos.strikes(Bug.EVENT_LOST)) {
                events.remove(at);
            } else if (chaos.strikes(Bug.EVENT_TWICE)) {
                events.add(at, event);
            } else if (chaos.strikes(Bug.EVENTS_SWAPPED)) {
                Collections.reverse(events);
            } else if (request.prevKv() && event.previous() != null && chaos.strikes(Bug.EVENT_WRONG_PREVIOUS)) {
                events.set(at, new Event(event.deletion(), event.kv(), event.kv()));
            } else if (chaos.strikes(Bug.EVENT_WRONG)) {
                events.set(at, other(event));
            } else if (chaos.strikes(Bug.EVENT_OF_NOTHING)) {
                events.add(at + 1, Event.delete(request.keys().key() + "x", event.revision(), null));
            }
            int half = chaos.has(Bug.EVENTS_TORN) ? tear(events) : 0;
            if (half > 0) {
                send(to, events.subList(0, half), false);
                send(to, events.subList(half, events.size()), false);
            } else if (!events.isEmpty()) {
                send(to, events, false);
            }
        }

        private Event other(Event event) {
            KeyValue kv = event.kv();
            return event.deletion()
                    ? Event.put(new KeyValue(kv.key(), "nobody's", kv.modRevision(), kv.modRevision(), 1, 0), null)
                    : Event.delete(kv.key(), kv.modRevision(), event.previous());
        }

        private int tear(List<Event> events) {
            for (int i = 1; i < events.size(); i++) {
                if (events.get(i).revision() == events.get(i - 1).revision() && chaos.strikes(Bug.EVENTS_TORN)) {
                    return i;
                }
            }
            return 0;
        }
    }
}
