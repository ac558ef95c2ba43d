/**
 * The scheduler: {@link io.kvorum.scheduler.Scheduler} takes pods from the {@link io.kvorum.scheduler.queue}, asks the
 * {@link io.kvorum.scheduler.plugins} by way of the {@link io.kvorum.scheduler.framework} which node of the {@link
 * io.kvorum.scheduler.cache} is best, assumes the pod there, and binds it while it goes on with the next.
 *
 * <p>A decision is one turn of the event loop, so the cache itself is the snapshot: nothing is copied for it. Plugins that
 * need to know about other pods count them once, before the nodes are looked at ({@link
 * io.kvorum.scheduler.framework.PreFilterPlugin}), and each node remembers its own counts from pod to pod ({@link
 * io.kvorum.scheduler.framework.NodeInfo#count}); the cost of a pod is linear in the nodes.
 *
 * <p>A pod that fits nowhere may have others ended for it ({@link io.kvorum.scheduler.plugins.DefaultPreemption} says
 * whom, {@link io.kvorum.scheduler.Evictor} does it), then waits in the queue until an event comes that one of the plugins
 * that rejected it thinks helpful ({@link io.kvorum.scheduler.framework.Plugin#mayHelp}). {@link
 * io.kvorum.scheduler.Explainer} runs the same plugins without consequences.
 */
@NullMarked
package io.kvorum.scheduler;

import org.jspecify.annotations.NullMarked;
