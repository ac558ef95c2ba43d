/**
 * The gateway: serves the Gateway API ({@code gateway.networking.k8s.io}) for gateways of classes whose controller is
 * {@code kvorum.io/gateway-controller}.
 *
 * <p>Three parts. {@link io.kvorum.gateway.control} watches gateways, routes and what they refer to, computes from them
 * a {@link io.kvorum.gateway.control.Translation} (pure: what is to be served, and what is to be said of every object)
 * and writes the status. {@link io.kvorum.gateway.routing} decides about one request, without any I/O: which rule,
 * which backend, which headers. {@link io.kvorum.gateway.proxy} listens, connects and streams.
 */
@NullMarked
package io.kvorum.gateway;

import org.jspecify.annotations.NullMarked;
