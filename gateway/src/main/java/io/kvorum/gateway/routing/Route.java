package io.kvorum.gateway.routing;

import java.util.List;

/**
 * A route as it is attached to one listener.
 *
 * @param id namespace/name
 * @param created time of creation as RFC 3339 writes it; the older route wins where matches are equal
 * @param hostnames the intersections of its own with the listener's; the empty one stands for every host
 */
public record Route(String id, String created, List<String> hostnames, List<Rule> rules) {}
