/**
 * Containers as they run: {@link io.kvorum.kubelet.runtime.PodRuntime} and its implementation by plain processes.
 * Knows nothing of pods' specs, the API or Vert.x. All calls may block.
 */
@NullMarked
package io.kvorum.kubelet.runtime;

import org.jspecify.annotations.NullMarked;
