/** Files in the form of a kubeconfig. */
@NullMarked
package io.kvorum.api.kubeconfig;

import org.jspecify.annotations.NullMarked;
