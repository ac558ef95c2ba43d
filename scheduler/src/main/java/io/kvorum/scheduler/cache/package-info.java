/** Nodes and the pods on them, those included whose binding is still under way. */
@NullMarked
package io.kvorum.scheduler.cache;

import org.jspecify.annotations.NullMarked;
