/**
 * The data plane: servers on ports, connections to endpoints, and the exchange between them, on Vert.x' own HTTP server
 * and client.
 */
@NullMarked
package io.kvorum.gateway.proxy;

import org.jspecify.annotations.NullMarked;
