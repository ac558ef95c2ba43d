package io.kvorum.apiserver;

import io.kvorum.apiserver.ApiServerConfig.AuthorizationMode;
import io.kvorum.apiserver.ApiServerConfig.Decider;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.auth.AuthorizerChain;
import io.kvorum.apiserver.auth.CurrentAuthorizer;
import io.kvorum.apiserver.auth.RulesDescriber;
import io.kvorum.apiserver.node.NodeAuthorizer;
import io.kvorum.apiserver.rbac.RbacAuthorizer;
import io.kvorum.apiserver.remote.AuthorizationMetrics;
import io.kvorum.apiserver.remote.ReviewClient;
import io.kvorum.apiserver.remote.WebhookAuthorization;
import io.kvorum.apiserver.remote.WebhookAuthorizer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Makes those who decide of what is configured, and others in their place when that changes. Belongs to the event loop. */
final class Deciders {
    private final Vertx vertx;
    private final Clock clock;
    private final ServingOptions options;
    private final NodeAuthorizer node;
    private final RbacAuthorizer rbac;
    private final AuthorizationMetrics metrics;
    private final CurrentAuthorizer current;
    private List<ReviewClient> clients = new ArrayList<>();

    Deciders(
            Vertx vertx,
            Clock clock,
            ServingOptions options,
            NodeAuthorizer node,
            RbacAuthorizer rbac,
            AuthorizationMetrics metrics,
            List<Decider> first) {
        this.vertx = vertx;
        this.clock = clock;
        this.options = options;
        this.node = node;
        this.rbac = rbac;
        this.metrics = metrics;
        this.current = new CurrentAuthorizer(chain(first), rules(first));
    }

    CurrentAuthorizer current() {
        return current;
    }

    /** What webhooks have said is forgotten. */
    Future<Void> replace(List<Decider> deciders) {
        List<ReviewClient> before = clients;
        clients = new ArrayList<>();
        current.use(chain(deciders), rules(deciders));
        before.forEach(ReviewClient::release);
        return Future.succeededFuture();
    }

    private Authorizer chain(List<Decider> deciders) {
        List<AuthorizerChain.Link> chain = new ArrayList<>();
        chain.add(new AuthorizerChain.Link(Authorizer.MASTERS));
        for (Decider decider : deciders) {
            chain.add(new AuthorizerChain.Link(
                    authorizer(decider), metrics.decisions(decider.mode().flag(), decider.name())));
        }
        return new AuthorizerChain(chain);
    }

    private Authorizer authorizer(Decider decider) {
        return switch (decider.mode()) {
            case WEBHOOK -> {
                WebhookAuthorization how = Objects.requireNonNull(decider.webhook(), "checked when it was read");
                ReviewClient client = new ReviewClient(
                        vertx,
                        options.connections(),
                        how.service(),
                        how.timeout(),
                        options.timeout().most());
                clients.add(client);
                yield new WebhookAuthorizer(how, client, clock, metrics);
            }
            case RBAC -> rbac;
            case ALWAYS_ALLOW -> Authorizer.ALWAYS_ALLOW;
            case ALWAYS_DENY -> Authorizer.ALWAYS_DENY;
            case NODE -> node;
        };
    }

    private RulesDescriber rules(List<Decider> deciders) {
        RulesDescriber known = has(deciders, AuthorizationMode.ALWAYS_ALLOW)
                ? RulesDescriber.EVERYTHING
                : has(deciders, AuthorizationMode.RBAC) ? rbac : RulesDescriber.NOTHING;
        return has(deciders, AuthorizationMode.WEBHOOK) ? RulesDescriber.withWebhooks(known) : known;
    }

    private static boolean has(List<Decider> deciders, AuthorizationMode mode) {
        return deciders.stream().anyMatch(each -> each.mode() == mode);
    }
}
