/** Liveness, readiness and startup probes: the counting ({@link io.kvorum.kubelet.probes.ProbeState}, pure) and the probing. */
@NullMarked
package io.kvorum.kubelet.probes;

import org.jspecify.annotations.NullMarked;
