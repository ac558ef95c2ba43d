/** What the kubelet answers on the bus: container logs and its pods. */
@NullMarked
package io.kvorum.kubelet.server;

import org.jspecify.annotations.NullMarked;
