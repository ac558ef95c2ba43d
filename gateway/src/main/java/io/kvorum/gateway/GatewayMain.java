package io.kvorum.gateway;

import io.kvorum.bus.cluster.BusMembers;
import io.kvorum.client.ApiClient;
import io.kvorum.client.ApiClients;
import io.kvorum.client.InformerFactory;
import io.kvorum.client.LeaderElector;
import io.kvorum.component.Component;
import io.kvorum.component.ComponentContext;
import io.kvorum.component.ComponentProcess;
import io.kvorum.component.Flags;
import io.kvorum.component.UsageException;
import io.kvorum.gateway.control.GatewayController;
import io.kvorum.gateway.proxy.GatewayMetrics;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The gateway process. */
public final class GatewayMain implements Component {
    private static final int HEALTH_PORT = 10257;
    private static final String ROLE = "gateway";
    private static final String LEASE = "kvorum-gateway";

    private Supplier<Boolean> elect = () -> true;
    private Supplier<Duration> leaseDuration = () -> Duration.ZERO;
    private Supplier<Duration> renewDeadline = () -> Duration.ZERO;
    private Supplier<Duration> retryPeriod = () -> Duration.ZERO;
    private Supplier<String> className = () -> "";
    private @Nullable LeaderElector elector;
    private boolean alone;

    public static void main(String[] args) {
        ComponentProcess.run(new GatewayMain(), args);
    }

    @Override
    public String role() {
        return ROLE;
    }

    @Override
    public int defaultHealthPort() {
        return HEALTH_PORT;
    }

    @Override
    public void declare(Flags flags) {
        elect = flags.bool("leader-elect", true, "elect one instance that writes status; needed with several");
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
        className = flags.text("gateway-class", "kvorum", "GatewayClass to create when there is none of this name");
    }

    @Override
    public Future<Void> start(ComponentContext context) {
        LeaderElector.Settings settings = settings(context.identity().name());
        ApiClient client = ApiClients.overBus(context.vertx(), context.bus(), "kvorum-gateway");
        GatewayController controller = new GatewayController(
                context.vertx(),
                client,
                InformerFactory.create(context.vertx(), client, context.clock()),
                context.identity().address(),
                new GatewayMetrics(context.metrics()),
                context.clock(),
                () -> BusMembers.hosts(context.vertx(), ROLE),
                () -> alone || elector != null && elector.leading());
        context.health()
                .ready("informers", () -> controller.synced() ? null : "gateways and routes are not listed yet");
        context.onShutdown("listeners", controller::stop);
        return controller.start().onSuccess(started -> lead(context, client, settings, controller));
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
            ComponentContext context, ApiClient client, LeaderElector.Settings settings, GatewayController controller) {
        if (!elect.get()) {
            alone = true;
            context.leading(true);
            controller.lead(className.get());
            return;
        }
        LeaderElector started =
                LeaderElector.create(context.vertx(), client, settings, context.clock(), new LeaderElector.Callbacks() {
                    @Override
                    public void started() {
                        context.leading(true);
                        controller.lead(className.get());
                    }

                    @Override
                    public void stopped() {
                        context.leading(false);
                    }
                });
        elector = started;
        context.leading(false);
        context.onShutdown("leader election", started::stop);
        started.start();
    }
}
