package io.kvorum.scheduler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.client.ApiClient;
import io.kvorum.client.ApiClients;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.InformerFactory;
import io.kvorum.client.Informers;
import io.kvorum.client.LeaderElector;
import io.kvorum.client.Timers;
import io.kvorum.component.Component;
import io.kvorum.component.ComponentContext;
import io.kvorum.component.ComponentProcess;
import io.kvorum.component.FeatureGates;
import io.kvorum.component.Flags;
import io.kvorum.component.UsageException;
import io.kvorum.scheduler.framework.Framework;
import io.kvorum.scheduler.plugins.DefaultBinder;
import io.kvorum.scheduler.plugins.DefaultPlugins;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The scheduler process. */
public final class SchedulerMain implements Component {
    private static final int HEALTH_PORT = 10259;
    private static final String LEASE = "kube-scheduler";

    private Supplier<Boolean> elect = () -> true;
    private Supplier<Duration> leaseDuration = () -> Duration.ofSeconds(15);
    private Supplier<Duration> renewDeadline = () -> Duration.ofSeconds(10);
    private Supplier<Duration> retryPeriod = () -> Duration.ofSeconds(2);
    private Supplier<String> schedulerName = () -> "default-scheduler";
    private @Nullable FeatureGates features;
    private @Nullable LeaderElector elector;

    public static void main(String[] args) {
        ComponentProcess.run(new SchedulerMain(), args);
    }

    @Override
    public String role() {
        return "scheduler";
    }

    @Override
    public int defaultHealthPort() {
        return HEALTH_PORT;
    }

    @Override
    public void declare(Flags flags) {
        features = new FeatureGates(flags, Set.of());
        elect = flags.bool("leader-elect", true, "elect one leader before scheduling; needed with several instances");
        leaseDuration = flags.duration(
                "leader-elect-lease-duration",
                Duration.ofSeconds(15),
                "how long others wait after a renewal before they take over");
        renewDeadline = flags.duration(
                "leader-elect-renew-deadline",
                Duration.ofSeconds(10),
                "how long the leader tries to renew before it stops");
        retryPeriod = flags.duration(
                "leader-elect-retry-period", Duration.ofSeconds(2), "time between tries to acquire or renew");
        schedulerName = flags.text(
                "scheduler-name", "default-scheduler", "spec.schedulerName of the pods to be responsible for");
    }

    @Override
    public Future<Void> start(ComponentContext context) {
        Objects.requireNonNull(features, "declare() comes before start()").check();
        LeaderElector.Settings settings = settings(context.identity().name());
        ApiClient client = ApiClients.overBus(context.vertx(), context.bus(), "kube-scheduler");
        Informers informers = InformerFactory.create(context.vertx(), client, context.clock());
        Scheduler scheduler = new Scheduler(new Scheduler.Parts(
                schedulerName.get(),
                informers,
                client.resources(Pod.class),
                framework(),
                List.of(),
                new DefaultBinder(client.resources(Pod.class)),
                EventRecorder.create(client, schedulerName.get(), "", context.clock(), Timers.on(context.vertx())),
                Timers.on(context.vertx()),
                context.clock(),
                mayAct()));
        context.health()
                .ready(
                        "informers",
                        () -> informers.of(Pod.class).synced()
                                        && informers.of(Node.class).synced()
                                ? null
                                : "pods and nodes are not listed yet");
        Explainer explainer = scheduler.explainer();
        context.control().register("explain", request -> {
            if (!informers.of(Pod.class).synced() || !informers.of(Node.class).synced()) {
                throw new IllegalStateException("this scheduler has not listed pods and nodes yet; try again");
            }
            ObjectNode answer = explainer.explain(
                    request.path("namespace").asText("default"),
                    request.path("pod").asText(""));
            answer.withObject("/scheduler")
                    .put("instance", context.identity().name())
                    .put("leads", mayAct().getAsBoolean());
            return Future.succeededFuture(answer);
        });
        context.onShutdown("informers", () -> {
            informers.stopAll();
            return Future.succeededFuture();
        });
        return informers.startAll().onSuccess(synced -> lead(context, client, settings, scheduler));
    }

    private static Framework framework() {
        SplittableRandom random = new SplittableRandom();
        return new Framework(DefaultPlugins.create(random), random);
    }

    private BooleanSupplier mayAct() {
        return () -> elector == null || elector.leading();
    }

    private LeaderElector.Settings settings(String identity) {
        try {
            return new LeaderElector.Settings(
                    "kube-system", LEASE, identity, leaseDuration.get(), renewDeadline.get(), retryPeriod.get());
        } catch (IllegalArgumentException e) {
            throw new UsageException("--leader-elect-*: " + e.getMessage());
        }
    }

    private void lead(
            ComponentContext context, ApiClient client, LeaderElector.Settings settings, Scheduler scheduler) {
        if (!elect.get()) {
            context.leading(true);
            scheduler.resume();
            return;
        }
        LeaderElector started =
                LeaderElector.create(context.vertx(), client, settings, context.clock(), new LeaderElector.Callbacks() {
                    @Override
                    public void started() {
                        context.leading(true);
                        scheduler.resume();
                    }

                    @Override
                    public void stopped() {
                        context.leading(false);
                        scheduler.pause();
                    }
                });
        elector = started;
        context.leading(false);
        context.onShutdown("leader election", started::stop);
        started.start();
    }
}
