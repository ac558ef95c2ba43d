package io.kvorum.gateway.routing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything one port serves, in the order in which it is looked at. A request belongs to the most specific listener
 * for its host name and to no other; among that listener's routes the most specific host name, then the most specific
 * match, then the older route, then the name, then the order of the rules decides.
 */
public final class RouteTable {
    /** A table in which nothing is found. */
    public static final RouteTable EMPTY = new RouteTable(List.of());

    /**
     * What a request met.
     *
     * @param match of several that hold, the one that decided
     */
    public record Found(RuleState rule, RouteMatch match) {}

    private record Entry(String hostname, Route route, int order, RouteMatch match, RuleState rule) {}

    private record Place(String hostname, List<Entry> entries) {}

    private final List<Place> places;

    /** @param listeners of one port, of which no two are for the same host name */
    public RouteTable(List<Listener> listeners) {
        places = listeners.stream()
                .sorted(Comparator.comparingInt((Listener listener) -> Hostnames.specificity(listener.hostname()))
                        .reversed())
                .map(listener -> new Place(listener.hostname(), entries(listener)))
                .toList();
    }

    private static List<Entry> entries(Listener listener) {
        List<Entry> entries = new ArrayList<>();
        for (Route route : listener.routes()) {
            int order = 0;
            for (Rule rule : route.rules()) {
                RuleState state = new RuleState(rule);
                for (String hostname : route.hostnames()) {
                    for (RouteMatch match : rule.matches()) {
                        entries.add(new Entry(hostname, route, order, match, state));
                    }
                }
                order++;
            }
        }
        entries.sort(Comparator.comparingInt((Entry entry) -> Hostnames.specificity(entry.hostname()))
                .reversed()
                .thenComparing(Entry::match, RouteMatch.PRECEDENCE)
                .thenComparing(entry -> entry.route().created())
                .thenComparing(entry -> entry.route().id())
                .thenComparingInt(Entry::order));
        return entries;
    }

    /** What the request meets; null for nothing. */
    public @Nullable Found find(RequestView request) {
        for (Place place : places) {
            if (Hostnames.matches(place.hostname(), request.host())) {
                for (Entry entry : place.entries()) {
                    if (Hostnames.matches(entry.hostname(), request.host())
                            && entry.match().matches(request)) {
                        return new Found(entry.rule(), entry.match());
                    }
                }
                return null;
            }
        }
        return null;
    }

    /** How many host names have listeners here. */
    public int listeners() {
        return places.size();
    }
}
