package io.kvorum.controllers.clusterrole;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.kvorum.api.ApiException;
import io.kvorum.client.Informer;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The cluster role aggregation controller; keys are names of ClusterRoles with an aggregation rule. */
public final class ClusterRoleAggregationController extends ReconcileLoop<String> {
    private static final int CONCURRENCY = 5;

    private final ResourceClient<ClusterRole> roles;
    private final Lister<ClusterRole> lister;

    public ClusterRoleAggregationController(ControllerContext context) {
        super(context, "clusterrole-aggregation-controller", CONCURRENCY);
        roles = context.client().resources(ClusterRole.class);
        Informer<ClusterRole> informer = context.informers().of(ClusterRole.class);
        lister = informer.lister();
        informer.handler(Informer.Handler.each(role -> enqueueAll()));
    }

    /** Any role may be part of any aggregated one, now or before; there are few of those. */
    private void enqueueAll() {
        for (ClusterRole role : lister.list()) {
            if (aggregated(role)) {
                controller.enqueue(role.getMetadata().getName());
            }
        }
    }

    @Override
    public Future<Result> reconcile(String name) {
        @Nullable ClusterRole role = lister.get(new ObjectKey("", name));
        if (role == null || !aggregated(role)) {
            return Future.succeededFuture(Result.done());
        }
        List<PolicyRule> wanted = rules(role, lister.list());
        if (wanted.equals(orEmpty(role.getRules()))) {
            return Future.succeededFuture(Result.done());
        }
        ClusterRole next = new ClusterRoleBuilder(role).withRules(wanted).build();
        return roles.update(next)
                .map(Result.done())
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture(Result.done())
                        : Future.failedFuture(cause));
    }

    private static boolean aggregated(ClusterRole role) {
        return role.getAggregationRule() != null
                && !orEmpty(role.getAggregationRule().getClusterRoleSelectors()).isEmpty();
    }

    /** The rules of all roles that one of the selectors matches, in the order of their names, each rule once. */
    static List<PolicyRule> rules(ClusterRole role, List<ClusterRole> all) {
        List<ClusterRole> sorted = new ArrayList<>(all);
        sorted.sort(Comparator.comparing(other -> other.getMetadata().getName()));
        Set<PolicyRule> rules = new LinkedHashSet<>();
        List<LabelSelector> selectors = orEmpty(role.getAggregationRule().getClusterRoleSelectors());
        for (ClusterRole other : sorted) {
            boolean self =
                    other.getMetadata().getName().equals(role.getMetadata().getName());
            Map<String, String> labels = other.getMetadata().getLabels();
            boolean matches = selectors.stream()
                    .anyMatch(selector -> LabelSelectors.matches(selector, labels == null ? Map.of() : labels));
            if (!self && matches) {
                rules.addAll(orEmpty(other.getRules()));
            }
        }
        return List.copyOf(rules);
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
