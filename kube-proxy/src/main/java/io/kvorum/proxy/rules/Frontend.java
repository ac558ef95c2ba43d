package io.kvorum.proxy.rules;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one listener is to do.
 *
 * @param service for logs: {@code namespace/name:port}
 * @param endpoints that may get new connections, in a stable order, each once
 * @param affinity how long a client stays with its endpoint after its last connection; null for no affinity
 */
public record Frontend(
        Listen listen,
        String service,
        List<Endpoint> endpoints,
        @Nullable Duration affinity) {}
