package io.kvorum.balancer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The servers, and which of them is next. */
final class ServerPool {
    /** How the next server is chosen among the fit ones. */
    enum Policy {
        /** The one with the fewest connections; among equals in turn. Watches last long, so turns alone would not balance. */
        LEAST_CONNECTIONS("least-connections"),
        ROUND_ROBIN("round-robin");

        private final String id;

        Policy(String id) {
            this.id = id;
        }

        static Policy of(String id) {
            for (Policy policy : values()) {
                if (policy.id.equals(id)) {
                    return policy;
                }
            }
            throw new IllegalArgumentException("\"" + id + "\" must be least-connections or round-robin");
        }
    }

    private final Policy policy;
    private final Function<ServerAddress, Server> make;
    private final Map<ServerAddress, Server> servers = new LinkedHashMap<>();
    private int turn;

    ServerPool(Policy policy, Function<ServerAddress, Server> make) {
        this.policy = policy;
        this.make = make;
    }

    Collection<Server> servers() {
        return servers.values();
    }

    @Nullable
    Server server(ServerAddress address) {
        return servers.get(address);
    }

    /** Makes the pool have exactly these; returns those that were taken out. */
    List<Server> set(List<ServerAddress> wanted) {
        List<Server> removed = new ArrayList<>();
        servers.values().removeIf(server -> !wanted.contains(server.address()) && removed.add(server));
        wanted.forEach(address -> servers.computeIfAbsent(address, make));
        return removed;
    }

    /** The next server for a connection that takes some and that {@code tried} have refused; null when there is no other. */
    @Nullable
    Server next(Collection<Server> tried, Predicate<Server> takes) {
        List<Server> open = servers.values().stream()
                .filter(server -> takes.test(server) && !tried.contains(server))
                .toList();
        if (open.isEmpty()) {
            return null;
        }
        int first = Math.floorMod(turn++, open.size());
        List<Server> inTurn = new ArrayList<>(open.subList(first, open.size()));
        inTurn.addAll(open.subList(0, first));
        return policy == Policy.ROUND_ROBIN
                ? inTurn.get(0)
                : inTurn.stream().min(Comparator.comparingInt(Server::load)).orElseThrow();
    }

    /** Whether a server other than {@code server} gets new connections. */
    boolean hasOther(Server server) {
        return servers.values().stream().anyMatch(other -> other != server && other.open());
    }

    int open() {
        return (int) servers.values().stream().filter(Server::open).count();
    }

    int connections() {
        return servers.values().stream()
                .mapToInt(server -> server.connections().size())
                .sum();
    }
}
