package io.kvorum.gateway.proxy;

import io.kvorum.gateway.routing.RouteTable;
import java.util.List;
import java.util.Map;

/**
 * What one port serves.
 *
 * @param tls whether every connection is TLS
 * @param certificates with TLS, by the listeners' host names
 */
public record PortPlan(boolean tls, RouteTable routes, Map<String, List<Certificate>> certificates) {}
