/**
 * The scheduler: {@link io.kvorum.scheduler.Scheduler} takes pods from the {@link io.kvorum.scheduler.queue}, asks the
 * {@link io.kvorum.scheduler.plugins} by way of the {@link io.kvorum.scheduler.framework} which node of the {@link
 * io.kvorum.scheduler.cache} is best, assumes the pod there, and binds it while it goes on with the next.
 */
@NullMarked
package io.kvorum.scheduler;

import org.jspecify.annotations.NullMarked;
