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
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The component: stands for election, and runs the controllers from the moment it leads until it no longer does. A
 * process that lost the lead stays, drops all it knew, and stands for election again.
 */
public final class ControllerManager implements Component {
    private static final String USER_AGENT = "kube-controller-manager";

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
        settings.fixed.check();
        settings.features.check();
        ControllerNames.ALL.forEach(settings::enabled);
        ApiClient client = ApiClients.overBus(context.vertx(), context.bus(), USER_AGENT);
        return Authorities.read(context, settings).compose(authorities -> {
            if (!settings.leaderElect.get()) {
                context.onShutdown("controllers", this::endTerm);
                beginTerm(context, settings, client, authorities, () -> true);
                return Future.succeededFuture();
            }
            return stand(context, settings, client, authorities);
        });
    }

    private Future<Void> stand(
            ComponentContext context, ControllerFlags settings, ApiClient client, Authorities authorities) {
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
            return Future.failedFuture(new UsageException("--leader-elect-...: " + e.getMessage()));
        }
        ElectionCallbacks callbacks = new ElectionCallbacks(context, settings, client, authorities);
        LeaderElector elector = LeaderElector.create(context.vertx(), client, election, context.clock(), callbacks);
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
            Authorities authorities,
            BooleanSupplier leading) {
        // Each controller acts as its own service account, as with --use-service-account-credentials.
        term = Term.begin(
                context,
                settings,
                client,
                account -> ApiClients.overBusAs(context.vertx(), context.bus(), USER_AGENT + "/" + account, account),
                authorities,
                leading);
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
        private final Authorities authorities;
        private @Nullable LeaderElector elector;

        ElectionCallbacks(
                ComponentContext context, ControllerFlags settings, ApiClient client, Authorities authorities) {
            this.context = context;
            this.settings = settings;
            this.client = client;
            this.authorities = authorities;
        }

        @Override
        public void started() {
            beginTerm(context, settings, client, authorities, Objects.requireNonNull(elector)::leading);
        }

        @Override
        public void stopped() {
            context.leading(false);
            endTerm();
        }
    }
}
