/** The node's own objects: its Node with status, and its Lease. */
@NullMarked
package io.kvorum.kubelet.node;

import org.jspecify.annotations.NullMarked;
