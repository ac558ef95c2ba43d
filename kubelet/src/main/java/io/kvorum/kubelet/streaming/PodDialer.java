package io.kvorum.kubelet.streaming;

import io.kvorum.kubelet.runtime.PodSockets;
import io.kvorum.kubelet.streaming.StreamTargets.PodTarget;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.net.NetClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects to a port of a pod: at the pod's address, and where nothing listens there, at the loopback address if it is a
 * process of the pod that listens on it. Pods share the host's loopback, so other listeners are none of a pod's.
 */
final class PodDialer {
    private static final Logger LOG = LoggerFactory.getLogger(PodDialer.class);

    private final NetClient client;
    private final Pipes pipes;

    PodDialer(NetClient client, Pipes pipes) {
        this.client = client;
        this.pipes = pipes;
    }

    /** Fails with a message for the user. Completes on the caller's context. */
    Future<PodConnection> dial(Context context, PodTarget pod, int port) {
        return client.connect(port, pod.ip())
                .recover(refused -> pipes.call(context, () -> PodSockets.loopbackListener(pod.uid(), port))
                        .compose(address -> {
                            if (address == null) {
                                return Future.failedFuture(refused);
                            }
                            LOG.debug("port-forward to {} at {} pod={}", port, address, pod.uid());
                            return client.connect(port, address);
                        }))
                .map(PodConnection::new);
    }
}
