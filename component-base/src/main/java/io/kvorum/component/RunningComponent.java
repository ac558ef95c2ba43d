package io.kvorum.component;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.bus.BusAddress;
import io.kvorum.bus.BusClient;
import io.kvorum.bus.BusClients;
import io.kvorum.bus.BusEndpoint;
import io.kvorum.bus.BusServer;
import io.kvorum.bus.BusTrust;
import io.kvorum.bus.BusUnavailableException;
import io.kvorum.bus.KeyedTrust;
import io.kvorum.bus.cluster.Roster;
import io.kvorum.component.fault.FaultRules;
import io.kvorum.component.fault.SkewedClock;
import io.kvorum.component.grid.GridMembership;
import io.kvorum.component.log.ProcessLog;
import io.micrometer.core.instrument.MeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A component in its process, from the moment Vert.x runs. */
final class RunningComponent implements ComponentContext {
    private static final Logger LOG = LoggerFactory.getLogger(RunningComponent.class);
    private static final long READY_LOOK_MILLIS = 25;

    private final ProcessFlags flags;
    private final Identity identity;
    private final Vertx vertx;
    private final Context context;
    private final BusTrust trust;
    private final BusClient bus;
    private final @Nullable GridMembership grid;
    private final Roster roster;
    private final FaultRules faults;
    private final SkewedClock clock;
    private final ProcessMetrics metrics = new ProcessMetrics();
    private final HealthChecks health = new HealthChecks();
    private final ElectionTimeline timeline;
    private final Shutdown shutdown;
    private final @Nullable ControlSocket control;
    private final ControlCommands commands;
    private final AtomicBoolean serving = new AtomicBoolean();
    private volatile BusEndpoint endpoint =
            (request, sender) -> Future.failedFuture(new BusUnavailableException("the instance is starting", false));
    private volatile @Nullable Boolean leading;
    private volatile boolean started;
    private final Promise<Void> joined = Promise.promise();

    RunningComponent(
            ProcessFlags flags,
            Identity identity,
            Vertx vertx,
            @Nullable GridMembership grid,
            Roster roster,
            FaultRules faults,
            SkewedClock clock,
            Shutdown shutdown)
            throws IOException {
        this.flags = flags;
        this.identity = identity;
        this.vertx = vertx;
        this.grid = grid;
        this.roster = roster;
        this.faults = faults;
        this.clock = clock;
        timeline = new ElectionTimeline(vertx, flags.timeline.get(), identity);
        this.shutdown = shutdown;
        context = vertx.getOrCreateContext();
        trust = trust(flags, identity);
        bus = BusClients.create(vertx, trust);
        Path socket = flags.controlSocket.get();
        control = socket == null ? null : ControlSocket.open(socket, context);
        commands = control == null ? new NoControl() : control;
        health.ready(
                "grid",
                () -> joined.future().succeeded() && (grid == null || grid.instance() != null) ? null : "not joined");
        health.ready("start", () -> started ? null : "starting");
        health.ready("shutdown", () -> shutdown.begun() ? "stopping" : null);
    }

    private static BusTrust trust(ProcessFlags flags, Identity identity) {
        Path file = flags.busCredential.get();
        if (file == null) {
            return BusTrust.NONE;
        }
        try {
            return KeyedTrust.read(file, BusAddress.instance(identity.role(), identity.name()), Clock.systemUTC());
        } catch (IOException e) {
            throw new UsageException("--bus-credential-file: " + e.getMessage());
        }
    }

    Future<Void> run(Component component) {
        if (control != null) {
            ControlSocket open = control;
            // First registered, so last to end: the socket's file is there as long as the process answers.
            shutdown.register("control socket", () -> {
                open.close();
                return Future.succeededFuture();
            });
            builtIn(component);
            open.start();
        }
        if (grid != null) {
            GridMembership member = grid;
            shutdown.register("grid", () -> onWorker(member::close));
        }
        shutdown.register("Vert.x", vertx::close);
        Promise<Void> done = Promise.promise();
        context.runOnContext(v -> start(component).onComplete(done));
        return done.future();
    }

    /** Not on Vert.x' own workers, which may have been closed before. */
    private static Future<Void> onWorker(Runnable task) {
        Promise<Void> done = Promise.promise();
        Thread worker = new Thread(
                () -> {
                    try {
                        task.run();
                        done.complete();
                    } catch (RuntimeException e) {
                        done.fail(e);
                    }
                },
                "grid-leave");
        worker.setDaemon(true);
        worker.start();
        return done.future();
    }

    private Future<Void> start(Component component) {
        HealthServer server = new HealthServer(vertx, health, metrics);
        Future<Void> listening = server.listen(identity.address(), flags.healthPort.get())
                .onSuccess(http -> {
                    shutdown.register("health server", http::close);
                    LOG.atInfo()
                            .addKeyValue("address", identity.address())
                            .addKeyValue("port", http.actualPort())
                            .log("Serving health and metrics");
                })
                .mapEmpty();
        Future<Void> onBus = BusServer.start(
                        vertx,
                        identity.role(),
                        identity.name(),
                        (request, sender) -> endpoint.handle(request, sender),
                        trust)
                .onSuccess(bus -> shutdown.register("bus server", bus::close))
                .mapEmpty();
        roster.start();
        if (grid == null) {
            roster.joined().onSuccess(v -> joined.tryComplete());
        } else {
            // A store finds its peers by itself, and may be the first of all.
            joined.tryComplete();
        }
        shutdown.register("roster", roster::close);
        Future<Void> prepared = guarded(() -> component.prepare(this));
        return onContext(Future.all(listening, onBus, prepared, joined.future()))
                .compose(v -> guarded(() -> component.start(this)))
                .onSuccess(v -> started = true);
    }

    /** Completes on the component's context: the last of the steps may have ended on another, such as the roster's. */
    private Future<Void> onContext(Future<?> steps) {
        Promise<Void> done = Promise.promise();
        steps.<Void>mapEmpty().onComplete(result -> context.runOnContext(v -> done.handle(result)));
        return done.future();
    }

    /** What a component throws counts as its failure. */
    private static Future<Void> guarded(Supplier<Future<Void>> step) {
        try {
            return step.get();
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private void builtIn(Component component) {
        commands.register("status", request -> {
            Promise<ObjectNode> answer = Promise.promise();
            long deadline = System.nanoTime() + request.path("waitMillis").asLong(0) * 1_000_000;
            answerWhenReady(component, deadline, answer);
            return answer.future();
        });
        commands.register("shutdown", request -> {
            // After the answer is on its way.
            vertx.setTimer(50, id -> shutdown.begin(0, "control socket"));
            return Future.succeededFuture(JsonNodeFactory.instance.objectNode());
        });
        commands.register("log-level", request -> {
            ProcessLog.level(request.path("level").asText(""));
            return Future.succeededFuture(JsonNodeFactory.instance.objectNode());
        });
        if (flags.faults.get()) {
            new FaultCommands(faults, clock).register(commands);
        }
    }

    /** Keeps the answer back while the process is not ready, so that its launcher need not ask again and again. */
    private void answerWhenReady(Component component, long deadline, Promise<ObjectNode> answer) {
        health.notReady().onSuccess(reasons -> {
            if (reasons.isEmpty() || System.nanoTime() - deadline >= 0) {
                answer.complete(status(component, reasons));
            } else {
                vertx.setTimer(READY_LOOK_MILLIS, id -> answerWhenReady(component, deadline, answer));
            }
        });
    }

    private ObjectNode status(Component component, List<String> notReady) {
        ObjectNode status = JsonNodeFactory.instance
                .objectNode()
                .put("name", identity.name())
                .put("role", component.role())
                .put("address", identity.address())
                .put("version", version().toString())
                .put("pid", ProcessHandle.current().pid());
        ArrayNode reasons = JsonNodeFactory.instance.arrayNode();
        notReady.forEach(reasons::add);
        status.put("ready", reasons.isEmpty());
        status.put("leader", leading);
        status.put("time", clock.instant().toString());
        status.set("notReady", reasons);
        return status;
    }

    @Override
    public Vertx vertx() {
        return vertx;
    }

    @Override
    public Identity identity() {
        return identity;
    }

    @Override
    public KubernetesVersion version() {
        return KubernetesVersion.parse(flags.version.get());
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public BusClient bus() {
        return bus;
    }

    @Override
    public Future<Void> serve(BusEndpoint endpoint) {
        if (!serving.compareAndSet(false, true)) {
            return Future.failedFuture(new IllegalStateException("the component serves the bus already"));
        }
        this.endpoint = endpoint;
        return Future.succeededFuture();
    }

    @Override
    public FaultRules faults() {
        return faults;
    }

    @Override
    public Health health() {
        return health;
    }

    @Override
    public MeterRegistry metrics() {
        return metrics.registry();
    }

    @Override
    public PrometheusRegistry prometheus() {
        return metrics.registry().getPrometheusRegistry();
    }

    @Override
    public String scrape() {
        return metrics.scrape();
    }

    @Override
    public ControlCommands control() {
        return commands;
    }

    @Override
    public List<String> join() {
        return flags.join.get();
    }

    @Override
    public Path dataDir() {
        return flags.dataDir.get();
    }

    @Override
    public void leading(boolean leading, String how) {
        boolean before = Boolean.TRUE.equals(this.leading);
        this.leading = leading;
        if (before != leading) {
            timeline.election(leading, how);
        }
    }

    @Override
    public void onShutdown(String what, Supplier<Future<?>> action) {
        shutdown.register(what, action);
    }

    @Override
    public void delayShutdown(Duration delay) {
        shutdown.delay(delay);
    }

    @Override
    public boolean isEnding() {
        return shutdown.begun();
    }

    @Override
    public void fatal(String what, Throwable cause) {
        LOG.error("Ending: {} is broken", what, cause);
        shutdown.begin(1, what + ": " + cause.getMessage());
    }

    /** The commands of a process that was started without a control socket: nobody can give them. */
    private static final class NoControl implements ControlCommands {
        @Override
        public void register(String op, Command command) {}

        @Override
        public void registerDownload(String op, Download command) {}
    }
}
