package io.kvorum.scheduler.framework;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What plugins note down for themselves during the scheduling of one pod. */
public final class CycleState {
    private final Map<Class<?>, Object> data = new HashMap<>();

    public <T> void write(Class<T> key, T value) {
        data.put(key, value);
    }

    public <T> @Nullable T read(Class<T> key) {
        return key.cast(data.get(key));
    }
}
