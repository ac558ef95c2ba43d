/** Faults inside the process: rules by peer address, applied to every TCP channel of Vert.x and Hazelcast, and a skewed clock. */
@NullMarked
package io.kvorum.component.fault;

import org.jspecify.annotations.NullMarked;
