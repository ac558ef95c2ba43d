package io.kvorum.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a controller has asked for and its cache has not shown yet, per key: a number of creations and the identities of
 * deletions. While expectations are open the controller must not act on the cache, else it would create or delete twice.
 * They lapse after a while, so that an event that never comes does not block the key for good. Belongs to one context.
 */
public final class Expectations<K> {
    /** After this time an expectation no longer counts, as in Kubernetes. */
    public static final Duration LAPSE = Duration.ofMinutes(5);

    private static final class Open {
        private int creations;
        private final Set<String> deletions = new HashSet<>();
        private long sinceNanos;
    }

    private final Timers timers;
    private final Map<K, Open> open = new HashMap<>();

    public Expectations(Timers timers) {
        this.timers = timers;
    }

    /** {@code count} creations are about to be asked for. */
    public void expectCreations(K key, int count) {
        Open expected = renew(key);
        expected.creations += count;
    }

    /** The deletion of the object with {@code identity} (its uid, or namespace/name) is about to be asked for. */
    public void expectDeletion(K key, String identity) {
        renew(key).deletions.add(identity);
    }

    private Open renew(K key) {
        Open expected = open.computeIfAbsent(key, k -> new Open());
        expected.sinceNanos = timers.nanos();
        return expected;
    }

    /** The cache has shown a creation, or it failed and will not come. */
    public void creationObserved(K key) {
        @Nullable Open expected = open.get(key);
        if (expected != null && expected.creations > 0) {
            expected.creations--;
        }
    }

    /** The cache has shown a deletion, or it failed and will not come. */
    public void deletionObserved(K key, String identity) {
        @Nullable Open expected = open.get(key);
        if (expected != null) {
            expected.deletions.remove(identity);
        }
    }

    /** Whether the cache has shown all that was asked for, or the wait has lapsed. */
    public boolean satisfied(K key) {
        @Nullable Open expected = open.get(key);
        if (expected == null) {
            return true;
        }
        boolean met = expected.creations == 0 && expected.deletions.isEmpty();
        if (met || timers.nanos() - expected.sinceNanos >= LAPSE.toNanos()) {
            open.remove(key);
            return true;
        }
        return false;
    }

    /** The object behind {@code key} is gone. */
    public void forget(K key) {
        open.remove(key);
    }
}
