/** A store in one thread with a virtual clock, clients that use it all at once, and bugs that can be put into it. */
@NullMarked
package io.kvorum.torture.sim;

import org.jspecify.annotations.NullMarked;
