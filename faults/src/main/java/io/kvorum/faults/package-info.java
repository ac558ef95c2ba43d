/**
 * The fault model: what can be broken, by name ({@link io.kvorum.faults.Fault}), whom it concerns ({@link
 * io.kvorum.faults.Topology}), what each process is asked for it ({@link io.kvorum.faults.Instructions}), how it is written
 * ({@link io.kvorum.faults.FaultSyntax}), and the client of the processes' control sockets ({@link io.kvorum.faults.ControlSocket}).
 *
 * <p>A cut is installed at both ends of a link: the sender stalls its writes and the receiver stops reading, so
 * that the bytes already in the kernel's buffers do not arrive either. Rules carry their own expiry, so a fault with a
 * duration heals even if whoever set it is gone.
 */
@NullMarked
package io.kvorum.faults;

import org.jspecify.annotations.NullMarked;
