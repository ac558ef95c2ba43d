/** Judges nodes by their heartbeats, taints the unhealthy, and evicts the pods that do not tolerate it. */
@NullMarked
package io.kvorum.controllers.nodelifecycle;

import org.jspecify.annotations.NullMarked;
