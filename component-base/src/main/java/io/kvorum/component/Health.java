package io.kvorum.component;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The named checks behind {@code /livez} and {@code /readyz}. */
public interface Health {
    /** Adds a liveness check (also part of readiness). */
    void live(String name, HealthCheck check);

    /** Adds a readiness check. */
    void ready(String name, HealthCheck check);

    /** Adds a readiness check of what is known already: {@code known} returns null when well, else the reason. */
    default void ready(String name, Supplier<@Nullable String> known) {
        ready(name, HealthCheck.of(known));
    }
}
