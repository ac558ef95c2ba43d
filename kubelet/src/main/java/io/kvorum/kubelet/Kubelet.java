package io.kvorum.kubelet;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.kvorum.client.ApiClient;
import io.kvorum.client.ApiClients;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Informer;
import io.kvorum.client.InformerFactory;
import io.kvorum.client.Informers;
import io.kvorum.client.ListOptions;
import io.kvorum.client.Timers;
import io.kvorum.component.ComponentContext;
import io.kvorum.component.UsageException;
import io.kvorum.kubelet.images.ImageCatalogue;
import io.kvorum.kubelet.node.NodeLease;
import io.kvorum.kubelet.node.NodeReporter;
import io.kvorum.kubelet.node.NodeSpec;
import io.kvorum.kubelet.node.NodeStatuses;
import io.kvorum.kubelet.pods.NodeImages;
import io.kvorum.kubelet.pods.PodEnvironment;
import io.kvorum.kubelet.pods.PodIps;
import io.kvorum.kubelet.pods.PodTargets;
import io.kvorum.kubelet.pods.PodTokens;
import io.kvorum.kubelet.pods.PodWorkers;
import io.kvorum.kubelet.probes.ProbeMetrics;
import io.kvorum.kubelet.probes.Prober;
import io.kvorum.kubelet.runtime.ContainerExit;
import io.kvorum.kubelet.runtime.ContainerId;
import io.kvorum.kubelet.runtime.ContainerUsage;
import io.kvorum.kubelet.runtime.PodRuntime;
import io.kvorum.kubelet.runtime.ProcessRuntime;
import io.kvorum.kubelet.server.KubeletEndpoint;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServerOptions;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running kubelet: builds its parts and starts them in order. */
final class Kubelet {
    private static final Logger LOG = LoggerFactory.getLogger(Kubelet.class);
    private static final int WORK_THREADS = 8;
    private static final int EXEC_THREADS = 8;

    private final ComponentContext context;
    private final KubeletFlags flags;
    private final NodeSpec spec;
    private final @Nullable HttpServerOptions streamOptions;
    private final Vertx vertx;
    private final Context loop;
    private final WorkerExecutor work;
    private final WorkerExecutor exec;
    private @Nullable PodWorkers pods;
    private boolean registered;

    Kubelet(ComponentContext context, KubeletFlags flags, int healthPort) {
        this.context = context;
        this.flags = flags;
        this.streamOptions = flags.streamServer();
        this.spec = flags.nodeSpec(
                context.identity().address(),
                context.version().gitVersion(),
                streamOptions == null ? healthPort : flags.port.get());
        this.vertx = context.vertx();
        this.loop = vertx.getOrCreateContext();
        this.work = vertx.createSharedWorkerExecutor("kubelet-work", WORK_THREADS, 2, TimeUnit.MINUTES);
        this.exec = vertx.createSharedWorkerExecutor("kubelet-exec", EXEC_THREADS, 10, TimeUnit.MINUTES);
    }

    /** What has to be read or created on disk before anything else. */
    private record Prepared(
            Path root,
            ProcessRuntime runtime,
            ImageCatalogue images,
            NodeStatuses statuses,
            Map<String, Quantity> allocatable) {}

    Future<Void> start() {
        PodIps ips;
        try {
            ips = new PodIps(spec.podCidr());
        } catch (IllegalArgumentException e) {
            throw new UsageException("--pod-cidr: " + e.getMessage());
        }
        long logMaxBytes = flags.logMaxBytes();
        ApiClient api = ApiClients.overBus(
                vertx, context.bus(), "kubelet/" + context.version().gitVersion());
        return work.executeBlocking(() -> prepare(logMaxBytes), false).compose(prepared -> run(prepared, api, ips));
    }

    private Prepared prepare(long logMaxBytes) throws IOException {
        Path given = flags.rootDir.get();
        Path root = given == null ? context.dataDir() : given;
        Files.createDirectories(root);
        ProcessRuntime runtime = new ProcessRuntime(
                root,
                flags.lifelineFifo.get(),
                context.clock(),
                logMaxBytes,
                flags.logMaxFiles.get(),
                new Ends(),
                problem -> LOG.warn("container runtime cause={}", problem.toString()));
        String classPath = flags.imagesClassPath.get();
        NodeStatuses statuses = new NodeStatuses(spec, root);
        return new Prepared(
                root,
                runtime,
                new ImageCatalogue(
                        flags.imageCatalog.get(),
                        classPath == null ? imagesClassPath() : classPath,
                        root.resolve("images")),
                statuses,
                statuses.allocatable());
    }

    /** Where the programs of the built-in images lie: beside the kubelet on its own class path. */
    private static String imagesClassPath() {
        URL url = Kubelet.class.getClassLoader().getResource("io/kvorum/images/WebServer.class");
        if (url == null) {
            throw new UsageException("--images-classpath is missing and the images are not on the class path");
        }
        String location = url.toString();
        if (location.startsWith("jar:file:")) {
            return new File(location.substring("jar:file:".length(), location.indexOf('!'))).getPath();
        }
        return location.substring("file:".length(), location.length() - "io/kvorum/images/WebServer.class".length());
    }

    /** Brings what the runtime's threads see to the kubelet's context. */
    private final class Ends implements PodRuntime.ExitListener {
        @Override
        public void exited(ContainerId id, ContainerExit exit) {
            tell(workers -> workers.exited(id, exit));
        }

        @Override
        public void announced(ContainerId id) {
            tell(workers -> workers.announced(id));
        }

        private void tell(Consumer<PodWorkers> news) {
            loop.runOnContext(v -> {
                PodWorkers known = pods;
                if (known != null) {
                    news.accept(known);
                }
            });
        }
    }

    private Future<Void> run(Prepared prepared, ApiClient api, PodIps ips) {
        EventRecorder recorder = EventRecorder.create(api, "kubelet", spec.name(), context.clock(), Timers.on(vertx));
        Informers informers = InformerFactory.create(vertx, api, context.clock());
        Informer<Pod> podInformer = informers.of(Pod.class, ListOptions.fields("spec.nodeName=" + spec.name()));
        Informer<Service> services = informers.of(Service.class);
        NodeImages nodeImages = new NodeImages();
        Prober prober = new Prober(vertx, context.identity().address(), prepared.runtime(), exec);
        ProbeMetrics probeMetrics = new ProbeMetrics();
        PodEnvironment environment = new PodEnvironment(
                vertx,
                context.clock(),
                prepared.runtime(),
                work,
                prepared.images(),
                nodeImages,
                prober,
                probeMetrics,
                recorder::event,
                api.resources(Pod.class),
                api.resources(ConfigMap.class),
                api.resources(Secret.class),
                PodTokens.of(api, context.clock()),
                () -> services.lister().list(),
                prepared.allocatable(),
                spec.name(),
                spec.ip(),
                flags.backoffBase.get(),
                flags.backoffCap.get(),
                flags.syncFrequency.get());
        PodWorkers workers = new PodWorkers(environment, ips, flags.maxPods.get());
        pods = workers;
        NodeReporter reporter = new NodeReporter(
                vertx,
                work,
                context.clock(),
                api.resources(Node.class),
                prepared.statuses(),
                spec.name(),
                flags.statusFrequency.get(),
                () -> podInformer.synced() ? null : "the pods of the node are not known yet",
                nodeImages::names);
        NodeLease lease = new NodeLease(
                vertx,
                context.clock(),
                api.resources(Lease.class),
                spec.name(),
                Duration.ofSeconds(flags.leaseSeconds.get()));
        context.health().ready("node-registered", () -> registered ? null : "the node is not registered yet");
        context.health()
                .ready("node-ready", () -> reporter.readyReported() ? null : "the node is not reported Ready yet");
        context.health().ready("pods-synced", () -> podInformer.synced() ? null : "pods not listed yet");
        context.onShutdown("node", () -> {
            reporter.stop();
            lease.stop();
            informers.stopAll();
            return Future.succeededFuture();
        });
        context.onShutdown("probes", prober::close);
        context.onShutdown(
                "container runtime",
                () -> work.executeBlocking(
                        () -> {
                            prepared.runtime().close();
                            return null;
                        },
                        false));
        // Streams end before the runtime they lead to.
        StreamPort streams = streamOptions == null ? null : new StreamPort(context, streamOptions, flags, work);
        KubeletEndpoint endpoint = new KubeletEndpoint(
                vertx,
                work,
                context.clock(),
                workers,
                new ContainerUsage(context.clock(), prepared.root()),
                spec.name(),
                context::scrape,
                probeMetrics::text);
        // First of all, so that a kubelet that was restarted is not taken for dead.
        lease.start();
        // The node is there as soon as the API is; pods start once their services are known.
        return workers.adopt()
                .compose(v -> streams == null
                        ? Future.<Void>succeededFuture()
                        : streams.open(prepared.runtime(), new PodTargets(loop, workers, endpoint::document)))
                .compose(v -> context.serve(endpoint.onlyFrom(Set.of("apiserver"))))
                .onSuccess(v -> services.start()
                        .compose(s -> {
                            podInformer.handler(workers);
                            return podInformer.start();
                        })
                        .onSuccess(s -> {
                            workers.synced();
                            reporter.look();
                        })
                        .onFailure(e -> context.fatal("pod informer", e)))
                .compose(v -> reporter.start())
                .map(uid -> {
                    registered = true;
                    lease.owner(uid);
                    recorder.event(EventRecorder.reference(nodeObject(uid)), "Normal", "Starting", "Starting kubelet.");
                    return null;
                });
    }

    private Node nodeObject(String uid) {
        return new io.fabric8.kubernetes.api.model.NodeBuilder()
                .withNewMetadata()
                .withName(spec.name())
                .withUid(uid)
                .endMetadata()
                .build();
    }
}
