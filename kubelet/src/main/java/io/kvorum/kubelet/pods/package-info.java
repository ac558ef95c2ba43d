/**
 * Pod workers: what should happen next to a pod ({@link io.kvorum.kubelet.pods.PodPlan}, pure), and the worker that
 * does it. Workers live on one event loop context; files and processes are handled on a bounded worker pool.
 */
@NullMarked
package io.kvorum.kubelet.pods;

import org.jspecify.annotations.NullMarked;
