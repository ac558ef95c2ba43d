/** Pods that wait to be scheduled. */
@NullMarked
package io.kvorum.scheduler.queue;

import org.jspecify.annotations.NullMarked;
