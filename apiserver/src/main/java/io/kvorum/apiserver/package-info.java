/**
 * The Kubernetes API over HTTPS and over the bus.
 *
 * <p>Shape. Both edges ({@code edge}) turn what arrives into an {@code ApiRequest} and give it to the one {@code
 * pipeline}: request info, authentication, limits, authorization, then a non-resource handler or the generic {@code
 * registry}, and {@code respond} in one place. The registry reads from the watch {@code cache}, which one store watch
 * feeds, and writes by store transactions guarded with the revision it read.
 *
 * <p>Threads. Everything here is owned by the one event loop the component was started on; the store's futures come
 * back on it. Only compression of large bodies leaves it.
 */
@NullMarked
package io.kvorum.apiserver;

import org.jspecify.annotations.NullMarked;
