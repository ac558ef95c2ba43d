/** What several tests use. */
@NullMarked
package io.kvorum.kubelet.testing;

import org.jspecify.annotations.NullMarked;
