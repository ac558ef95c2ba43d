package io.kvorum.component;

import io.vertx.core.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One of the checks behind {@code /livez} and {@code /readyz}. */
@FunctionalInterface
public interface HealthCheck {
    /** Looks: completes with null when all is well, else with the reason, within a few seconds. Must not block. */
    Future<@Nullable String> look();

    /** A check of what is known already. */
    static HealthCheck of(Supplier<@Nullable String> known) {
        return () -> Future.succeededFuture(known.get());
    }
}
