package io.kvorum.gateway.routing;

import java.util.List;

/**
 * A listener with its routes.
 *
 * @param id namespace/gateway/listener
 * @param hostname empty for every host
 */
public record Listener(String id, String hostname, List<Route> routes) {}
