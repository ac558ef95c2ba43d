package io.kvorum.apiserver.cache;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers so many things for so long; what was not used for longest goes first. A clock that was set back ends what was
 * remembered since: how old it is is not known any more. Belongs to one thread.
 */
public final class ExpiringCache<K, V> {
    private final Clock clock;
    private final Map<K, Entry<V>> entries;

    private record Entry<V>(V value, long since, long end) {}

    public ExpiringCache(Clock clock, int most) {
        this.clock = clock;
        this.entries = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, Entry<V>> eldest) {
                return size() > most;
            }
        };
    }

    public @Nullable V get(K key) {
        Entry<V> entry = entries.get(key);
        if (entry == null) {
            return null;
        }
        long now = clock.millis();
        if (now < entry.since || now >= entry.end) {
            entries.remove(key);
            return null;
        }
        return entry.value;
    }

    /** @param life nothing is remembered for none */
    public void put(K key, V value, Duration life) {
        if (!life.isZero() && !life.isNegative()) {
            long now = clock.millis();
            entries.put(key, new Entry<>(value, now, now + life.toMillis()));
        }
    }
}
