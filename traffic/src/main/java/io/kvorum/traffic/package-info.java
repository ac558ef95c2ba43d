/**
 * A constant load of HTTP requests and its report. {@link io.kvorum.traffic.Load} sends at a fixed rate whatever comes
 * back (an open loop: a slow server does not slow the load down) and takes each request's time from the moment it was
 * <em>meant</em> to be sent, so that a stall of the server, or of the load itself, shows in the percentiles instead of
 * being left out of them. {@link io.kvorum.traffic.TrafficReport} is computed from the samples alone, and {@link
 * io.kvorum.traffic.TextReport}, {@link io.kvorum.traffic.JsonReport} and {@link io.kvorum.traffic.Chart} show it.
 *
 * <p>Blocking sockets and a bounded pool of threads, not an HTTP library: the point is to count what a user would meet,
 * and a library that retries behind one's back hides exactly that.
 */
@NullMarked
package io.kvorum.traffic;

import org.jspecify.annotations.NullMarked;
