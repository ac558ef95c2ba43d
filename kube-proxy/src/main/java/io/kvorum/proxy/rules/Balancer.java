package io.kvorum.proxy.rules;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the endpoint of a new connection: the client's own under session affinity, else round robin. An endpoint that
 * refused a connection stands back for a short while behind those that did not. Belongs to one context.
 */
public final class Balancer {
    /** How long an endpoint that refused is asked last; by then its kubelet has noticed, or it is back. */
    private static final long STAND_BACK_NANOS = Duration.ofSeconds(2).toNanos();

    private static final int MAX_CLIENTS = 65_536;

    private record Sticky(Endpoint endpoint, long usedNanos) {}

    private List<Endpoint> endpoints = List.of();
    private @Nullable Duration affinity;
    private int turn;
    private final Map<Endpoint, Long> refusedNanos = new HashMap<>();
    private final Map<String, Sticky> clients = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Sticky> eldest) {
            return size() > MAX_CLIENTS;
        }
    };

    /** From now on new connections go to {@code endpoints} only. */
    public void update(List<Endpoint> endpoints, @Nullable Duration affinity) {
        this.endpoints = List.copyOf(endpoints);
        this.affinity = affinity;
        refusedNanos.keySet().retainAll(endpoints);
        clients.values().removeIf(sticky -> affinity == null || !endpoints.contains(sticky.endpoint));
    }

    /** Whether {@code endpoint} may still get a new connection. */
    public boolean has(Endpoint endpoint) {
        return endpoints.contains(endpoint);
    }

    /**
     * The endpoint to try next, null when all that there are have been tried.
     *
     * @param client the client's IP address
     * @param tried what this connection has tried already
     * @param nowNanos of a clock that never steps
     */
    public @Nullable Endpoint next(String client, Set<Endpoint> tried, long nowNanos) {
        @Nullable Endpoint own = sticky(client, nowNanos);
        if (own != null && !tried.contains(own)) {
            return own;
        }
        ArrayDeque<Endpoint> later = new ArrayDeque<>();
        int count = endpoints.size();
        for (int i = 0; i < count; i++) {
            int at = (turn + i) % count;
            Endpoint endpoint = endpoints.get(at);
            if (tried.contains(endpoint)) {
                continue;
            }
            if (standsBack(endpoint, nowNanos)) {
                later.add(endpoint);
                continue;
            }
            turn = at + 1;
            return endpoint;
        }
        return later.poll();
    }

    private @Nullable Endpoint sticky(String client, long nowNanos) {
        @Nullable Duration limit = affinity;
        @Nullable Sticky sticky = limit == null ? null : clients.get(client);
        if (limit == null || sticky == null) {
            return null;
        }
        return nowNanos - sticky.usedNanos < limit.toNanos() ? sticky.endpoint : null;
    }

    private boolean standsBack(Endpoint endpoint, long nowNanos) {
        @Nullable Long since = refusedNanos.get(endpoint);
        return since != null && nowNanos - since < STAND_BACK_NANOS;
    }

    /** A connection of {@code client} was made to {@code endpoint}. */
    public void connected(String client, Endpoint endpoint, long nowNanos) {
        refusedNanos.remove(endpoint);
        if (affinity != null) {
            clients.put(client, new Sticky(endpoint, nowNanos));
        }
    }

    /** {@code endpoint} could not be connected to. */
    public void refused(Endpoint endpoint, long nowNanos) {
        if (has(endpoint)) {
            refusedNanos.put(endpoint, nowNanos);
        }
    }

    public List<Endpoint> endpoints() {
        return new ArrayList<>(endpoints);
    }
}
