package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.kvorum.kubelet.logs.ContainerLog;
import io.kvorum.kubelet.runtime.ContainerId;
import io.kvorum.kubelet.streaming.StreamTargets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.function.Function;
import java.util.function.Supplier;

/** What of the node's pods streams can lead to; asked on the pod workers' context. */
public final class PodTargets implements StreamTargets {
    private final Context loop;
    private final PodWorkers workers;
    private final Function<String, Future<Document>> documents;

    /**
     * @param loop the context of {@code workers}
     * @param documents by their paths; fail with {@link NoTargetException}; asked on {@code loop}
     */
    public PodTargets(Context loop, PodWorkers workers, Function<String, Future<Document>> documents) {
        this.loop = loop;
        this.workers = workers;
        this.documents = documents;
    }

    @Override
    public Future<Document> document(String path) {
        Promise<Document> answer = Promise.promise();
        loop.runOnContext(v -> documents.apply(path).onComplete(answer));
        return answer.future();
    }

    private <T> Future<T> ask(Supplier<T> question) {
        Promise<T> answer = Promise.promise();
        loop.runOnContext(v -> {
            try {
                answer.complete(question.get());
            } catch (NoTargetException none) {
                answer.fail(none);
            }
        });
        return answer.future();
    }

    private PodWorker worker(String namespace, String pod) {
        return workers.find(namespace, pod)
                .orElseThrow(() -> new NoTargetException(404, "pod \"" + pod + "\" not found"));
    }

    @Override
    public Future<ContainerTarget> container(String namespace, String pod, String container) {
        return ask(() -> {
            PodWorker worker = worker(namespace, pod);
            ContainerId id = worker.running(container);
            Container spec = worker.container(container);
            if (id == null || spec == null) {
                throw new NoTargetException(500, "container not found (\"" + container + "\")");
            }
            return new ContainerTarget(
                    id,
                    Boolean.TRUE.equals(spec.getStdin()),
                    Boolean.TRUE.equals(spec.getStdinOnce()),
                    Boolean.TRUE.equals(spec.getTty()));
        });
    }

    @Override
    public Future<PodTarget> pod(String namespace, String pod) {
        return ask(() -> {
            PodWorker worker = worker(namespace, pod);
            if (worker.ended() || !worker.anyRunning()) {
                throw new NoTargetException(500, "pod \"" + pod + "\" is not running");
            }
            return new PodTarget(worker.uid(), pod, namespace, worker.ip());
        });
    }

    @Override
    public ContainerLog log(ContainerId id) throws IOException {
        return workers.log(id);
    }
}
