package io.kvorum.component;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The named checks behind {@code /livez} and {@code /readyz}. */
public interface Health {
    /** Adds a liveness check (also part of readiness). {@code check} returns null when well, else the reason; it must not block. */
    void live(String name, Supplier<@Nullable String> check);

    /** Adds a readiness check. {@code check} returns null when well, else the reason; it must not block. */
    void ready(String name, Supplier<@Nullable String> check);
}
