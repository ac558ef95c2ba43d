/**
 * The process that holds a local cluster: it starts the components, restarts those that crash, and carries faults out.
 *
 * <p>Design. One thread, the supervisor's loop, owns all state; process exits, control requests and timers are events on
 * it. Blocking calls (control sockets of components) run on a small pool and come back as events. Components hang on the
 * launcher by their standard input, pods by a FIFO per node: when the launcher dies in whatever way, the kernel closes
 * both and everything ends, so no process is left behind.
 */
@NullMarked
package io.kvorum.cli.launcher;

import org.jspecify.annotations.NullMarked;
