package io.kvorum.apiserver.cache;

import io.kvorum.api.ApiException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All objects of one stored resource in key order, their recent events, and who watches them. */
public final class ResourceCache {
    private static final NavigableMap<String, ObjectVersion> NOTHING =
            Collections.unmodifiableNavigableMap(new TreeMap<>());

    private final NavigableMap<String, ObjectVersion> objects = new TreeMap<>();

    /** How many there are by namespace: to count a part of a map would be to go through it. */
    private final Map<String, Integer> counts = new HashMap<>();

    /** Objects by the node they are on; null until somebody asks. */
    private @Nullable Map<String, NavigableMap<String, ObjectVersion>> byNode;

    private final Map<Interest, Set<Watcher>> watchers = new HashMap<>();
    private int watchingNodes;
    private EventHistory history;
    private long changedAt;

    ResourceCache(long loadedAt) {
        this.history = new EventHistory(loadedAt);
        this.changedAt = loadedAt;
    }

    public @Nullable ObjectVersion get(String path) {
        return objects.get(path);
    }

    /** Objects of a namespace, or all when it is empty, in key order. A view: use it before the event loop moves on. */
    public Collection<ObjectVersion> list(String namespace) {
        return listAfter(namespace, "");
    }

    /** As {@link #list}, from the first path greater than {@code after} on; empty for all of them. */
    public Collection<ObjectVersion> listAfter(String namespace, String after) {
        return part(objects, namespace, after).values();
    }

    /** As {@link #listAfter}, of the objects on a node. */
    public Collection<ObjectVersion> onNodeAfter(String node, String namespace, String after) {
        return part(onNode(node), namespace, after).values();
    }

    private NavigableMap<String, ObjectVersion> onNode(String node) {
        Map<String, NavigableMap<String, ObjectVersion>> index = byNode;
        if (index == null) {
            index = new HashMap<>();
            byNode = index;
            objects.values().forEach(this::indexed);
        }
        return index.getOrDefault(node, NOTHING);
    }

    private void indexed(ObjectVersion version) {
        if (byNode != null) {
            byNode.computeIfAbsent(version.node(), first -> new TreeMap<>()).put(version.path(), version);
        }
    }

    private void forgotten(ObjectVersion version) {
        if (byNode != null) {
            byNode.computeIfPresent(version.node(), (node, there) -> {
                there.remove(version.path());
                return there.isEmpty() ? null : there;
            });
        }
    }

    /** Revision of the last change of any object here; not smaller than the revision this cache was loaded at. */
    public long changedAt() {
        return changedAt;
    }

    public int size() {
        return objects.size();
    }

    /** How many objects there are in a namespace, or in all when it is empty. */
    public int size(String namespace) {
        return namespace.isEmpty() ? objects.size() : counts.getOrDefault(namespace, 0);
    }

    public int watchers() {
        return watchers.values().stream().mapToInt(Set::size).sum();
    }

    /**
     * Starts giving {@code watcher} every event after {@code revision}; those already known are returned, for the
     * caller to deliver first.
     *
     * <p>Errors: 410 when the history does not reach back that far.
     */
    public List<CacheEvent> watch(long revision, Watcher watcher) {
        check(revision);
        List<CacheEvent> known = history.after(revision);
        add(watcher);
        return known;
    }

    /**
     * As {@link #watch}, for a reader that has the revision from another watch, which may have ended between two objects that
     * changed at it: then both are told.
     */
    public List<CacheEvent> resume(long revision, Watcher watcher) {
        check(revision);
        List<CacheEvent> known = history.from(revision);
        add(watcher);
        return known;
    }

    private void check(long revision) {
        if (revision < history.completeAfter()) {
            throw ApiException.expired("too old resource version: " + revision + " (" + history.completeAfter() + ")");
        }
    }

    private void add(Watcher watcher) {
        Interest interest = watcher.interest();
        boolean added = watchers.computeIfAbsent(interest, first -> new LinkedHashSet<>())
                .add(watcher);
        watchingNodes += added && interest.in() == Interest.In.NODE ? 1 : 0;
    }

    public void unwatch(Watcher watcher) {
        Interest interest = watcher.interest();
        Set<Watcher> there = watchers.getOrDefault(interest, Set.of());
        if (there.contains(watcher)) {
            there.remove(watcher);
            watchingNodes -= interest.in() == Interest.In.NODE ? 1 : 0;
            if (there.isEmpty()) {
                watchers.remove(interest);
            }
        }
    }

    /** Ends the watches: what they show is shown in another way from here on, or not at all. */
    public void endWatchers() {
        taken().forEach(Watcher::ended);
    }

    private List<Watcher> taken() {
        List<Watcher> all = new ArrayList<>();
        watchers.values().forEach(all::addAll);
        watchers.clear();
        watchingNodes = 0;
        return all;
    }

    void load(ObjectVersion version) {
        store(version);
    }

    private @Nullable ObjectVersion store(ObjectVersion version) {
        ObjectVersion before = objects.put(version.path(), version);
        if (before == null) {
            counts.merge(namespace(version.path()), 1, Integer::sum);
        } else {
            forgotten(before);
        }
        indexed(version);
        return before;
    }

    private static String namespace(String path) {
        return path.substring(0, Math.max(0, path.indexOf('/')));
    }

    void put(ObjectVersion version) {
        ObjectVersion before = store(version);
        publish(new CacheEvent(version.revision(), before, version));
    }

    void delete(String path, long revision) {
        ObjectVersion before = objects.remove(path);
        if (before != null) {
            forgotten(before);
            counts.computeIfPresent(namespace(path), (name, count) -> count == 1 ? null : count - 1);
            publish(new CacheEvent(revision, before, null));
        }
    }

    /** Forgets everything; every watcher is told. */
    void reset(long loadedAt) {
        objects.clear();
        counts.clear();
        byNode = null;
        history = new EventHistory(loadedAt);
        changedAt = loadedAt;
        taken().forEach(Watcher::lost);
    }

    private void publish(CacheEvent event) {
        changedAt = event.revision();
        history.add(event);
        concerned(event).forEach(watcher -> watcher.changed(event));
        ObjectVersion before = event.before();
        if (before != null) {
            before.forgetForms();
        }
    }

    /** A copy: a watcher that is cut for slowness removes itself while it is called. */
    private List<Watcher> concerned(CacheEvent event) {
        ObjectVersion before = event.before();
        ObjectVersion after = event.after();
        ObjectVersion either = after == null ? before : after;
        if (either == null) {
            throw new IllegalStateException("a change of nothing at revision " + event.revision());
        }
        List<Watcher> found = new ArrayList<>(watchers.getOrDefault(Interest.EVERYTHING, Set.of()));
        addInterested(found, Interest.In.OBJECT, either.path());
        addInterested(found, Interest.In.NAMESPACE, either.namespace());
        if (watchingNodes > 0) {
            addInterested(found, Interest.In.NODE, either.node());
            if (before != null && !before.node().equals(either.node())) {
                addInterested(found, Interest.In.NODE, before.node());
            }
        }
        return found;
    }

    private void addInterested(List<Watcher> found, Interest.In in, String value) {
        found.addAll(watchers.getOrDefault(new Interest(in, value), Set.of()));
    }

    /** @param after empty, or any path, also one outside of the namespace: a token for another list may bring it here */
    private static NavigableMap<String, ObjectVersion> part(
            NavigableMap<String, ObjectVersion> objects, String namespace, String after) {
        if (namespace.isEmpty()) {
            return after.isEmpty() ? objects : objects.tailMap(after, false);
        }
        String first = namespace + "/";
        // '0' follows '/' in the order of keys.
        String end = namespace + "0";
        return after.compareTo(end) >= 0
                ? NOTHING
                : objects.subMap(after.compareTo(first) > 0 ? after : first, false, end, false);
    }
}
