package io.kvorum.apiserver.cache;

import io.kvorum.api.ApiException;
import java.util.ArrayList;
import java.util.Collection;
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
    private final NavigableMap<String, ObjectVersion> objects = new TreeMap<>();

    /** How many there are by namespace: to count a part of a map would be to go through it. */
    private final Map<String, Integer> counts = new HashMap<>();

    private final Set<Watcher> watchers = new LinkedHashSet<>();
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
        return map(namespace).values();
    }

    /** As {@link #list}, from the first path greater than {@code after} on. */
    public Collection<ObjectVersion> listAfter(String namespace, String after) {
        return map(namespace).tailMap(after, false).values();
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
        return watchers.size();
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
        watchers.add(watcher);
        return known;
    }

    /**
     * As {@link #watch}, for a reader that has the revision from another watch, which may have ended between two objects that
     * changed at it: then both are told.
     */
    public List<CacheEvent> resume(long revision, Watcher watcher) {
        check(revision);
        List<CacheEvent> known = history.from(revision);
        watchers.add(watcher);
        return known;
    }

    private void check(long revision) {
        if (revision < history.completeAfter()) {
            throw ApiException.expired("too old resource version: " + revision + " (" + history.completeAfter() + ")");
        }
    }

    public void unwatch(Watcher watcher) {
        watchers.remove(watcher);
    }

    /** Ends the watches: what they show is shown in another way from here on, or not at all. */
    public void endWatchers() {
        List<Watcher> ended = new ArrayList<>(watchers);
        watchers.clear();
        ended.forEach(Watcher::ended);
    }

    void load(ObjectVersion version) {
        store(version);
    }

    private @Nullable ObjectVersion store(ObjectVersion version) {
        ObjectVersion before = objects.put(version.path(), version);
        if (before == null) {
            counts.merge(namespace(version.path()), 1, Integer::sum);
        }
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
            counts.computeIfPresent(namespace(path), (name, count) -> count == 1 ? null : count - 1);
            publish(new CacheEvent(revision, before, null));
        }
    }

    /** Forgets everything; every watcher is told. */
    void reset(long loadedAt) {
        objects.clear();
        counts.clear();
        history = new EventHistory(loadedAt);
        changedAt = loadedAt;
        List<Watcher> cut = new ArrayList<>(watchers);
        watchers.clear();
        cut.forEach(Watcher::lost);
    }

    private void publish(CacheEvent event) {
        changedAt = event.revision();
        history.add(event);
        // A watcher that is cut for slowness removes itself while it is called.
        for (Watcher watcher : watchers.toArray(Watcher[]::new)) {
            watcher.changed(event);
        }
        ObjectVersion before = event.before();
        if (before != null) {
            before.forgetForms();
        }
    }

    private NavigableMap<String, ObjectVersion> map(String namespace) {
        // '0' follows '/' in the order of keys.
        return namespace.isEmpty() ? objects : objects.subMap(namespace + "/", true, namespace + "0", false);
    }
}
