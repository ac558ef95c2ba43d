/**
 * The audit log: one JSON line a request, {@code audit.k8s.io/v1} Event at level Metadata.
 *
 * <p>The event loop only notes what is to be said, in a bounded queue; a thread of its own writes. When it cannot keep
 * up, events are dropped and counted rather than requests delayed.
 */
@NullMarked
package io.kvorum.apiserver.audit;

import org.jspecify.annotations.NullMarked;
