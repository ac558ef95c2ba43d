/**
 * The kubelet: runs the pods bound to one node. {@link io.kvorum.kubelet.KubeletMain} wires the parts: {@code pods}
 * (workers and the pure plan), {@code runtime} (processes), {@code images}, {@code volumes}, {@code probes}, {@code
 * logs}, {@code node} (Node and Lease) and {@code server} (what it answers on the bus).
 */
@NullMarked
package io.kvorum.kubelet;

import org.jspecify.annotations.NullMarked;
