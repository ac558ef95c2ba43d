/** The metrics API, {@code metrics.k8s.io/v1beta1}: what nodes and pods use just now, asked of the kubelets. */
@NullMarked
package io.kvorum.apiserver.usage;

import org.jspecify.annotations.NullMarked;
