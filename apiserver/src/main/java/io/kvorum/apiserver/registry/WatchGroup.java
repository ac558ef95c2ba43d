package io.kvorum.apiserver.registry;

import io.kvorum.apiserver.cache.CacheEvent;
import io.kvorum.apiserver.cache.Interest;
import io.kvorum.apiserver.cache.ResourceCache;
import io.kvorum.apiserver.cache.WatchType;
import io.kvorum.apiserver.cache.Watcher;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The watches that are shown the same in the same form, as those of all replicas of a controller are: a change is matched
 * and encoded once for all of them. Belongs to the API server's event loop.
 */
final class WatchGroup implements Watcher {
    /** By what watches are the same. */
    record Key(Served served, Selection selection, Object form) {}

    /** One watch of a group. */
    interface Member {
        /** Shows a change that is encoded already. */
        void show(long revision, Buffer frame);

        /**
         * Shows a change once it is converted.
         *
         * @param type null: what is converted will tell, and whether it is selected at all
         */
        void convert(CacheEvent event, @Nullable WatchType type);

        /** See {@link Watcher#lost}. */
        void lost();

        /** See {@link Watcher#ended}. */
        void ended();
    }

    private final Key key;
    private final ResourceCache objects;
    private final Selection selection;
    private final Interest interest;
    private final Presenter.View view;
    private final boolean immediate;
    private final boolean selectsConverted;

    /** Gone through for every change, and members leave while they are told of one. */
    private final List<Member> members = new CopyOnWriteArrayList<>();

    private long seen;

    private final CounterDataPoint sent;

    /** @param sent counts the events that are sent */
    WatchGroup(Key key, ResourceCache objects, Presenter.View view, CounterDataPoint sent) {
        this.sent = sent;
        this.key = key;
        this.objects = objects;
        this.selection = key.selection();
        this.interest = selection.interest();
        this.view = view;
        this.immediate = key.served().conversion().immediate();
        this.selectsConverted = Reads.selectsConverted(key.served(), selection);
    }

    Key key() {
        return key;
    }

    /**
     * Makes a watch one of this group and shows it what is known already.
     *
     * @param start has the cache tell this group of what changes, and gives what has changed already; may fail
     */
    void join(Member member, Supplier<List<CacheEvent>> start) {
        List<CacheEvent> known = start.get();
        members.add(member);
        known.forEach(event -> tell(event, List.of(member)));
    }

    /** @return whether nobody is left, and the group has ended */
    boolean leave(Member member) {
        members.remove(member);
        if (members.isEmpty()) {
            objects.unwatch(this);
            return true;
        }
        return false;
    }

    /** The last revision this group was told of, whether it concerned it or not. */
    long seen() {
        return seen;
    }

    @Override
    public Interest interest() {
        return interest;
    }

    @Override
    public void changed(CacheEvent event) {
        seen = event.revision();
        tell(event, members);
    }

    private void tell(CacheEvent event, List<Member> to) {
        if (selectsConverted) {
            if (selection.covers(event.before()) || selection.covers(event.after())) {
                to.forEach(member -> member.convert(event, null));
            }
            return;
        }
        Optional<WatchType> shown = type(event);
        if (shown.isEmpty()) {
            return;
        }
        WatchType type = shown.get();
        sent.inc(to.size());
        if (immediate) {
            Buffer frame = view.event(event, type);
            to.forEach(member -> member.show(event.revision(), frame));
        } else {
            to.forEach(member -> member.convert(event, type));
        }
    }

    /** What a change is to who sees only what is selected. */
    private Optional<WatchType> type(CacheEvent event) {
        return type(selection.matches(event.before()), selection.matches(event.after()));
    }

    /** What a change is to who is shown an object that was selected {@code before}, and is {@code after} it. */
    static Optional<WatchType> type(boolean before, boolean after) {
        if (!before) {
            return after ? Optional.of(WatchType.ADDED) : Optional.empty();
        }
        return Optional.of(after ? WatchType.MODIFIED : WatchType.DELETED);
    }

    @Override
    public void lost() {
        members.forEach(Member::lost);
    }

    @Override
    public void ended() {
        members.forEach(Member::ended);
    }
}
