package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.client.Informer;
import io.kvorum.kubelet.logs.ContainerLog;
import io.kvorum.kubelet.runtime.ContainerExit;
import io.kvorum.kubelet.runtime.ContainerId;
import io.kvorum.kubelet.runtime.ContainerRecord;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers of a node's pods, one a pod uid. Follows the informer of the pods bound to the node; adopts what an
 * earlier kubelet started and ends what no pod stands behind. Lives on one event loop context.
 */
public final class PodWorkers implements Informer.Handler<Pod> {
    private static final Logger LOG = LoggerFactory.getLogger(PodWorkers.class);

    /** How often the removal of a pod's folder is tried; the next kubelet tries again. */
    private static final int REMOVALS = 5;

    private static final long REMOVAL_RETRY_MILLIS = 2000;

    private final PodEnvironment environment;
    private final PodIps ips;
    private final NodeRoom room;
    private final Map<String, PodWorker> workers = new HashMap<>();
    /** Runs found at start whose pod has not been seen yet. */
    private final Map<String, Found> found = new HashMap<>();

    private final PodWorker.Owner owner = new PodWorker.Owner() {
        @Override
        public void ended(PodWorker worker) {
            letGo(worker);
            retryResizes(worker);
        }

        @Override
        public NodeRoom.@Nullable Refusal room(PodWorker worker, Pod wanted) {
            return room.resize(wanted, others(worker));
        }

        @Override
        public void resized(PodWorker worker) {
            retryResizes(worker);
        }
    };

    /** What is left of a pod from an earlier kubelet. */
    private record Found(
            List<ContainerRecord> records, @Nullable String ip) {
        boolean running() {
            return records.stream().anyMatch(ContainerRecord::running);
        }
    }

    public PodWorkers(PodEnvironment environment, PodIps ips, int maxPods) {
        this.environment = environment;
        this.ips = ips;
        this.room = new NodeRoom(environment.allocatable(), maxPods);
    }

    /** Reads what an earlier kubelet left. Call before the informer starts. */
    public Future<Void> adopt() {
        return environment
                .workers()
                .executeBlocking(
                        () -> {
                            Map<String, Found> all = new HashMap<>();
                            for (Map.Entry<String, List<ContainerRecord>> pod :
                                    environment.runtime().adopt().entrySet()) {
                                Path file = ipFile(pod.getKey());
                                String ip = Files.exists(file)
                                        ? Files.readString(file).trim()
                                        : null;
                                all.put(pod.getKey(), new Found(pod.getValue(), ip));
                            }
                            return all;
                        },
                        false)
                .map(all -> {
                    found.putAll(all);
                    all.values().forEach(pod -> {
                        if (pod.ip() != null) {
                            ips.reserve(pod.ip());
                        }
                    });
                    return null;
                });
    }

    private Path ipFile(String uid) {
        return environment.runtime().podFolder(uid).resolve("ip");
    }

    /** The pods of the node are known: what else was found is an orphan. */
    public void synced() {
        for (Map.Entry<String, Found> orphan : Map.copyOf(found).entrySet()) {
            if (orphan.getValue().running()) {
                LOG.info("ending containers of a pod that is gone pod={}", orphan.getKey());
            }
            found.remove(orphan.getKey());
            removeFolder(orphan.getKey(), orphan.getValue().ip(), REMOVALS);
        }
    }

    @Override
    public void added(Pod pod) {
        String uid = pod.getMetadata().getUid();
        PodWorker known = workers.get(uid);
        if (known != null) {
            known.update(pod);
            return;
        }
        Found before = found.remove(uid);
        boolean hostNetwork = Boolean.TRUE.equals(pod.getSpec().getHostNetwork());
        String ip = hostNetwork ? environment.hostIp() : before != null ? before.ip() : null;
        boolean fresh = ip == null && !PodState.terminal(pod);
        if (fresh) {
            ip = ips.take();
        }
        PodWorker worker = new PodWorker(environment, pod, ip == null ? "" : ip, owner);
        workers.put(uid, worker);
        worker.adopt(before == null ? List.of() : before.records());
        if (before != null) {
            worker.sync();
            return;
        }
        if (fresh && ip == null) {
            reject(worker, "OutOfpods", "no address is left in the node's pod range");
            return;
        }
        if (!PodState.terminal(pod) && pod.getMetadata().getDeletionTimestamp() == null && !admit(worker)) {
            return;
        }
        if (!fresh) {
            worker.sync();
            return;
        }
        String address = Objects.requireNonNull(ip);
        environment
                .workers()
                .executeBlocking(
                        () -> {
                            Files.createDirectories(environment.runtime().podFolder(uid));
                            return Files.writeString(ipFile(uid), address + "\n");
                        },
                        false)
                .onComplete(done -> {
                    if (done.failed()) {
                        LOG.error(
                                "pod folder not writable pod={} cause={}",
                                uid,
                                done.cause().toString());
                    }
                    worker.sync();
                });
    }

    @Override
    public void updated(Pod before, Pod after) {
        if (!before.getMetadata().getUid().equals(after.getMetadata().getUid())) {
            deleted(before);
        }
        added(after);
    }

    @Override
    public void deleted(Pod pod) {
        PodWorker worker = workers.get(pod.getMetadata().getUid());
        if (worker != null) {
            worker.removed();
        }
    }

    /** A run ended. */
    public void exited(ContainerId id, ContainerExit exit) {
        PodWorker worker = workers.get(id.podUid());
        if (worker != null) {
            worker.exited(id, exit);
            return;
        }
        Found waiting = found.get(id.podUid());
        if (waiting != null) {
            List<ContainerRecord> records = waiting.records().stream()
                    .map(r ->
                            r.id().equals(id) ? new ContainerRecord(id, r.pid(), r.startedAt(), r.details(), exit) : r)
                    .toList();
            found.put(id.podUid(), new Found(records, waiting.ip()));
        }
    }

    /** A run can serve. */
    public void announced(ContainerId id) {
        PodWorker worker = workers.get(id.podUid());
        if (worker != null) {
            worker.announced(id);
        }
    }

    private void letGo(PodWorker worker) {
        if (worker.closed()) {
            if (workers.remove(worker.uid(), worker)) {
                removeFolder(worker.uid(), worker.ip(), REMOVALS);
            }
        } else if (!worker.ip().equals(environment.hostIp())) {
            ips.free(worker.ip());
        }
    }

    private void removeFolder(String uid, @Nullable String ip, int tries) {
        environment
                .workers()
                .executeBlocking(
                        () -> {
                            environment.runtime().removePod(uid);
                            return null;
                        },
                        false)
                .onComplete(done -> {
                    if (done.failed()) {
                        LOG.warn(
                                "pod folder not removed pod={} cause={}",
                                uid,
                                done.cause().toString());
                        if (tries > 1) {
                            environment.vertx().setTimer(REMOVAL_RETRY_MILLIS, t -> removeFolder(uid, ip, tries - 1));
                            return;
                        }
                    }
                    if (ip != null && !ip.equals(environment.hostIp())) {
                        ips.free(ip);
                    }
                });
    }

    /** Upstream's last look before a pod starts: does the node have what it asks for? */
    private boolean admit(PodWorker worker) {
        NodeRoom.Refusal refusal = room.admit(worker.pod(), others(worker));
        if (refusal != null) {
            reject(worker, refusal.reason(), refusal.message());
        }
        return refusal == null;
    }

    /** The other pods that hold something of the node, with what is granted to them. */
    private List<Pod> others(PodWorker worker) {
        return workers.values().stream()
                .filter(other -> other != worker && !other.ended())
                .map(PodWorker::pod)
                .toList();
    }

    /** Lets pods that wait for room look again, the most important first; once what goes on now is done. */
    private void retryResizes(PodWorker because) {
        environment
                .vertx()
                .runOnContext(v -> workers.values().stream()
                        .filter(worker -> worker != because && worker.resizePending())
                        .sorted(Comparator.comparing(PodWorkers::priority).reversed())
                        .toList()
                        .forEach(PodWorker::sync));
    }

    private static int priority(PodWorker worker) {
        Integer priority = worker.pod().getSpec().getPriority();
        return priority == null ? 0 : priority;
    }

    private void reject(PodWorker worker, String reason, String message) {
        environment.events().event(PodEnvironment.reference(worker.pod(), null), "Warning", reason, message);
        worker.fail(reason, "Pod was rejected: " + message);
    }

    /** The pods of the node. */
    public List<Pod> pods() {
        return workers.values().stream().map(PodWorker::pod).toList();
    }

    /** The worker of a pod; of several pods that had the name one after the other the one that runs. */
    Optional<PodWorker> find(String namespace, String name) {
        return workers.values().stream()
                .filter(w -> w.pod().getMetadata().getName().equals(name)
                        && w.pod().getMetadata().getNamespace().equals(namespace))
                .reduce((a, b) -> a.ended() ? b : a);
    }

    /** Where the log of a container is; a {@link NoLogException} says why there is none. */
    public ContainerId logOf(String namespace, String name, String container, boolean previous) {
        PodWorker worker =
                find(namespace, name).orElseThrow(() -> new NoLogException(404, "pod \"" + name + "\" not found"));
        if (!worker.hasContainer(container)) {
            throw new NoLogException(404, "container \"" + container + "\" not found in pod \"" + name + "\"");
        }
        ContainerId id = worker.run(container, previous);
        if (id != null) {
            return id;
        }
        throw new NoLogException(
                400,
                previous
                        ? "previous terminated container \"" + container + "\" in pod \"" + name + "\" not found"
                        : "container \"" + container + "\" in pod \"" + name + "\" is waiting to start: "
                                + worker.waiting(container));
    }

    /** A log that cannot be read now, with the HTTP status that says so. */
    public static final class NoLogException extends RuntimeException {
        private final int status;

        NoLogException(int status, String message) {
            super(message, null, false, false);
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    /** Whether the folder of containers can be used; null when well. */
    public @Nullable String problem() {
        try {
            Path folder = environment.runtime().podFolder("").toAbsolutePath();
            return Files.isWritable(folder) ? null : folder + " is not writable";
        } catch (SecurityException e) {
            return e.getMessage();
        }
    }

    /** Reads the log of a run. Blocks. */
    public ContainerLog log(ContainerId id) throws IOException {
        return environment.runtime().log(id);
    }
}
