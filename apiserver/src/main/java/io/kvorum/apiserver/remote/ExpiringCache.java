package io.kvorum.apiserver.remote;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Remembers so many things for so long; what was not used for longest goes first. Belongs to one thread. */
final class ExpiringCache<K, V> {
    private final Clock clock;
    private final Map<K, Entry<V>> entries;

    private record Entry<V>(V value, long end) {}

    ExpiringCache(Clock clock, int most) {
        this.clock = clock;
        this.entries = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, Entry<V>> eldest) {
                return size() > most;
            }
        };
    }

    @Nullable
    V get(K key) {
        Entry<V> entry = entries.get(key);
        if (entry == null) {
            return null;
        }
        if (clock.millis() >= entry.end) {
            entries.remove(key);
            return null;
        }
        return entry.value;
    }

    /** @param life nothing is remembered for none */
    void put(K key, V value, Duration life) {
        if (!life.isZero() && !life.isNegative()) {
            entries.put(key, new Entry<>(value, clock.millis() + life.toMillis()));
        }
    }
}
