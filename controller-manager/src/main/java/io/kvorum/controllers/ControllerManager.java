package io.kvorum.controllers;

import io.kvorum.client.ApiClient;
import io.kvorum.client.ApiClients;
import io.kvorum.client.LeaderElector;
import io.kvorum.component.Component;
import io.kvorum.component.ComponentContext;
import io.kvorum.component.Flags;
import io.kvorum.component.UsageException;
import io.vertx.core.Future;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The component: stands for election, and runs the controllers from the moment it leads until it no longer does. A
 * process that lost the lead stays, drops all it knew, and stands for election again.
 */
public final class ControllerManager implements Component {
    private @Nullable ControllerFlags flags;
    private @Nullable Term term;

    @Override
    public String role() {
        return "controller-manager";
    }

    @Override
    public int defaultHealthPort() {
        return 10257;
    }

    @Override
    public void declare(Flags declared) {
        flags = new ControllerFlags(declared);
    }

    @Override
    public Future<Void> start(ComponentContext context) {
        ControllerFlags settings = Objects.requireNonNull(flags, "declare() comes before start()");
        ControllerNames.ALL.forEach(settings::enabled);
        ApiClient client = ApiClients.overBus(context.vertx(), context.bus(), "kvorum-controller-manager");
        if (!settings.leaderElect.get()) {
            context.onShutdown("controllers", this::endTerm);
            beginTerm(context, settings, client, () -> true);
            return Future.succeededFuture();
        }
        // The identity must differ after a restart, or the new process would take the old one's lease for its own.
        String identity = context.identity().name() + "_" + UUID.randomUUID();
        LeaderElector.Settings election;
        try {
            election = new LeaderElector.Settings(
                    settings.leaseNamespace.get(),
                    settings.leaseName.get(),
                    identity,
                    settings.leaseDuration.get(),
                    settings.renewDeadline.get(),
                    settings.retryPeriod.get());
        } catch (IllegalArgumentException e) {
            throw new UsageException("--leader-elect-...: " + e.getMessage());
        }
        ElectionCallbacks callbacks = new ElectionCallbacks(context, settings, client);
        LeaderElector elector =
                LeaderElector.create(context.vertx(), client, election, context.clock(), callbacks);
        callbacks.elector = elector;
        context.onShutdown("leader election", elector::stop);
        context.leading(false);
        elector.start();
        return Future.succeededFuture();
    }

    private void beginTerm(
            ComponentContext context,
            ControllerFlags settings,
            ApiClient client,
            java.util.function.BooleanSupplier leading) {
        term = Term.begin(context, settings, client, leading);
        context.leading(true);
    }

    private Future<?> endTerm() {
        Term ended = term;
        term = null;
        return ended == null ? Future.succeededFuture() : ended.end();
    }

    private final class ElectionCallbacks implements LeaderElector.Callbacks {
        private final ComponentContext context;
        private final ControllerFlags settings;
        private final ApiClient client;
        private @Nullable LeaderElector elector;

        ElectionCallbacks(ComponentContext context, ControllerFlags settings, ApiClient client) {
            this.context = context;
            this.settings = settings;
            this.client = client;
        }

        @Override
        public void started() {
            beginTerm(context, settings, client, Objects.requireNonNull(elector)::leading);
        }

        @Override
        public void stopped() {
            context.leading(false);
            endTerm();
        }
    }
}
