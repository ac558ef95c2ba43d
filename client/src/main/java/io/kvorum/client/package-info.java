/**
 * Client machinery in the pattern of client-go and controller-runtime: an {@link io.kvorum.client.ApiClient} over the
 * bus or HTTPS, {@link io.kvorum.client.Informer}s that list, watch and cache, a {@link io.kvorum.client.WorkQueue} of
 * keys, {@link io.kvorum.client.Controller}s that reconcile them, {@link io.kvorum.client.LeaderElector} and {@link
 * io.kvorum.client.EventRecorder}.
 *
 * <p>Threads: everything created on a Vert.x context calls back on that context. Lister reads are safe from any thread.
 * Cached objects are shared: never change one, build a copy ({@code new PodBuilder(pod)}).
 */
@NullMarked
package io.kvorum.client;

import org.jspecify.annotations.NullMarked;
