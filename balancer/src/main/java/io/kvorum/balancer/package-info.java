/**
 * The address at which clients find whichever API servers live.
 *
 * <p>Design. A TCP balancer: it takes a connection, dials a server and joins the two, so that TLS, client certificates,
 * HTTP/2 and upgrades are between client and server as ever. Which servers are fit it learns in two ways: it asks each for
 * {@code /readyz} (over TLS, checking its certificate), and it notices when one refuses a connection, which is then offered
 * to the next. A server that stops answering (paused, cut off) cannot say goodbye: its connections are reset, so that
 * clients dial again and reach another. One that answers "not ready" keeps the connections it has and gets no new ones,
 * unless no server is ready for the whole time a client is kept waiting: then all of them likely lack the same thing, and
 * one that answers is better than none.
 *
 * <p>{@link io.kvorum.balancer.ServerHealth} and {@link io.kvorum.balancer.ServerPool} are pure; {@link
 * io.kvorum.balancer.TcpBalancer} and {@link io.kvorum.balancer.TlsProbe} have the sockets. All of it lives on one event
 * loop.
 */
@NullMarked
package io.kvorum.balancer;

import org.jspecify.annotations.NullMarked;
