package io.kvorum.kubelet.streaming;

import io.kvorum.kubelet.logs.ContainerLog;
import io.kvorum.kubelet.runtime.ContainerId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/** What streams can lead to: the pods of the node that run. */
public interface StreamTargets {
    /** A running container; fails with {@link NoTargetException}. The future may complete on any thread. */
    Future<ContainerTarget> container(String namespace, String pod, String container);

    /** A running pod; fails with {@link NoTargetException}. */
    Future<PodTarget> pod(String namespace, String pod);

    /**
     * A document about the node, such as {@code /pods} or {@code /metrics}. Fails with {@link NoTargetException} for a path of
     * none. The future may complete on any thread.
     */
    default Future<Document> document(String path) {
        return Future.failedFuture(new NoTargetException(404, "404 page not found"));
    }

    /** The log of a run. Blocks. */
    ContainerLog log(ContainerId id) throws IOException;

    /**
     * A container, as its pod's object describes it.
     *
     * @param stdin whether it was started with a standard input
     * @param stdinOnce whether its input ends with the first client's
     * @param tty whether it runs on a terminal
     */
    record ContainerTarget(ContainerId id, boolean stdin, boolean stdinOnce, boolean tty) {}

    /** A pod and where it listens. */
    record PodTarget(String uid, String name, String namespace, String ip) {}

    /** @param type its media type */
    record Document(String type, Buffer body) {}

    /** There is no such thing, or it does not run, with the HTTP status that says so. */
    final class NoTargetException extends RuntimeException {
        private final int status;

        public NoTargetException(int status, String message) {
            super(message, null, false, false);
            this.status = status;
        }

        public int status() {
            return status;
        }
    }
}
