package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.api.schema.FieldValidation;
import io.kvorum.api.selector.LabelSelector;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code pods/eviction}: deletes a pod unless a disruption budget forbids it just now.
 *
 * <p>The budget is charged before the pod is deleted, in the budget's status and under its resourceVersion, so that two
 * evictions at two API servers never spend the same allowance. A pod that is over already, or has not begun, is deleted
 * without asking; one that is not ready is deleted only in the very version that was judged.
 *
 * <p>Errors: 429 with a cause of type DisruptionBudget while the budget forbids it, 500 when several budgets select the
 * pod, 404, and what a deletion can fail with.
 */
final class Evictions {
    private static final int MOST_ATTEMPTS = 20;

    private final Transactions transactions;
    private final Deletes deletes;
    private final WatchCache cache;
    private final ObjectMetadata metadata;
    private final ActionAdmission admission;

    Evictions(
            Transactions transactions,
            Deletes deletes,
            WatchCache cache,
            ObjectMetadata metadata,
            ActionAdmission admission) {
        this.admission = admission;
        this.transactions = transactions;
        this.deletes = deletes;
        this.cache = cache;
        this.metadata = metadata;
    }

    /** One request's resources, pod, caller and options. */
    private record Attempt(Served pods, Served budgets, String namespace, String name, User user) {
        String path() {
            return pods.path(namespace, name);
        }
    }

    Future<ApiResponse> evict(Served pods, Served budgets, RequestInfo info, ApiRequest request, User user) {
        WriteOptions query = WriteOptions.of(request, "CreateOptions");
        ObjectNode eviction = Bodies.decode("policy/v1", "Eviction", request, FieldValidation.IGNORE)
                .object();
        if (!Tree.text(eviction, "metadata", "name").equals(info.name())) {
            throw ApiException.badRequest("name in URL does not match name in Eviction object");
        }
        metadata.checkNamespace(pods, info.namespace(), eviction);
        DeleteOptions options = DeleteOptions.embedded(eviction.path("deleteOptions"));
        DeleteOptions wanted = options.withDryRun(query.dryRun() || options.dryRun());
        Attempt attempt = new Attempt(pods, budgets, info.namespace(), info.name(), user);
        Writer writer = new Writer(user, wanted, request);
        return admission
                .created(pods, "eviction", info.namespace(), info.name(), eviction, writer)
                .compose(admitted -> cache.fresh())
                .compose(fresh -> attempt(attempt, wanted, 1))
                .map(outcome -> writer.warned(PodActions.created(), List.of()));
    }

    private Future<Transactions.Outcome> attempt(Attempt attempt, DeleteOptions wanted, int count) {
        ObjectVersion pod = cache.of(attempt.pods().stored()).get(attempt.path());
        if (pod == null) {
            return Future.failedFuture(ApiException.notFound("", "pods", attempt.name()));
        }
        JsonNode tree = pod.selectable();
        if (!needsBudget(tree)) {
            // A pod that has not begun could become healthy meanwhile; one that is over cannot.
            boolean mayBegin = Tree.text(tree, "status", "phase").equals("Pending")
                    && !Tree.has(tree.get("metadata"), "deletionTimestamp");
            boolean pinned = mayBegin && wanted.resourceVersion().isEmpty();
            DeleteOptions options = pinned ? wanted.withResourceVersion(Long.toString(pod.revision())) : wanted;
            return delete(attempt, options)
                    .recover(cause -> pinned && conflict(cause) && count < MOST_ATTEMPTS
                            ? cache.fresh().compose(fresh -> attempt(attempt, wanted, count + 1))
                            : Future.failedFuture(cause));
        }
        return charge(attempt, pod, wanted);
    }

    /** Only a pod that runs can be missed by anybody. */
    private static boolean needsBudget(JsonNode pod) {
        return switch (Tree.text(pod, "status", "phase")) {
            case "Pending", "Succeeded", "Failed" -> false;
            default -> !Tree.has(pod.get("metadata"), "deletionTimestamp");
        };
    }

    private Future<Transactions.Outcome> charge(Attempt attempt, ObjectVersion pod, DeleteOptions wanted) {
        List<ObjectVersion> selecting = cache.of(attempt.budgets().stored()).list(attempt.namespace()).stream()
                .filter(budget -> selects(budget, pod))
                .toList();
        if (selecting.size() > 1) {
            return Future.failedFuture(new ApiException(
                    500,
                    "",
                    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
                    null));
        }
        if (selecting.isEmpty()) {
            return delete(attempt, wanted);
        }
        ObjectVersion budget = selecting.get(0);
        if (!ready(pod.selectable()) && unhealthyMayGo(budget.selectable())) {
            boolean pinned = wanted.resourceVersion().isEmpty();
            DeleteOptions options = pinned ? wanted.withResourceVersion(Long.toString(pod.revision())) : wanted;
            return delete(attempt, options)
                    .recover(cause -> pinned && conflict(cause)
                            ? Future.failedFuture(stillProcessed(budget.name()))
                            : Future.failedFuture(cause));
        }
        String path = attempt.budgets().path(attempt.namespace(), budget.name());
        return transactions
                .update(
                        attempt.budgets(),
                        path,
                        wanted.dryRun(),
                        current -> Future.succeededFuture(charged(current, attempt.name())))
                .recover(cause -> conflict(cause)
                        ? Future.failedFuture(ApiException.timeout("Timeout: couldn't update PodDisruptionBudget \""
                                + budget.name() + "\" due to conflicts"))
                        : Future.failedFuture(cause))
                .compose(paid -> delete(attempt, wanted));
    }

    private static boolean selects(ObjectVersion budget, ObjectVersion pod) {
        JsonNode selector = budget.selectable().path("spec").path("selector");
        // In policy/v1 an empty selector means all pods, a missing one none.
        return selector.isObject() && LabelSelector.of(selector).matches(pod.labels());
    }

    private static boolean ready(JsonNode pod) {
        for (JsonNode condition : Tree.items(pod, "status", "conditions")) {
            if (Tree.text(condition, "type").equals("Ready")) {
                return Tree.text(condition, "status").equals("True");
            }
        }
        return false;
    }

    private static boolean unhealthyMayGo(JsonNode budget) {
        if (Tree.text(budget, "spec", "unhealthyPodEvictionPolicy").equals("AlwaysAllow")) {
            return true;
        }
        JsonNode status = budget.path("status");
        long desired = Tree.number(status, "desiredHealthy");
        return desired > 0 && Tree.number(status, "currentHealthy") >= desired;
    }

    /** The budget with one disruption less, spent on the named pod; refuses when there is none left. */
    private Change charged(ObjectVersion current, String pod) {
        ObjectNode budget = current.tree();
        ObjectNode status = Tree.ensureObject(budget, "status");
        long allowed = Tree.number(status, "disruptionsAllowed");
        BudgetCharge.check(budget, allowed);
        status.put("disruptionsAllowed", allowed - 1);
        if (allowed == 1) {
            BudgetCharge.exhausted(status, metadata.now());
        }
        Tree.ensureObject(status, "disruptedPods").put(pod, metadata.now());
        return new Change.Put(budget, Attachment.NONE);
    }

    private static ApiException stillProcessed(String budget) {
        return BudgetCharge.refused("The disruption budget " + budget + " is still being processed by the server.");
    }

    private static boolean conflict(@Nullable Throwable cause) {
        return cause instanceof ApiException refused && refused.conflict();
    }

    /** Says in the pod's status why it goes, and deletes it. */
    private Future<Transactions.Outcome> delete(Attempt attempt, DeleteOptions options) {
        if (options.dryRun()) {
            return deletes.delete(attempt.pods(), attempt.namespace(), attempt.name(), options, attempt.user());
        }
        return transactions
                .update(
                        attempt.pods(),
                        attempt.path(),
                        false,
                        current -> Future.succeededFuture(disrupted(attempt, current, options)))
                .compose(marked -> {
                    DeleteOptions now = options.resourceVersion().isEmpty()
                            ? options
                            : options.withResourceVersion(
                                    Long.toString(marked.version().revision()));
                    return deletes.delete(attempt.pods(), attempt.namespace(), attempt.name(), now, attempt.user());
                });
    }

    private Change disrupted(Attempt attempt, ObjectVersion current, DeleteOptions options) {
        ObjectNode pod = current.tree();
        Deletes.checkPreconditions(attempt.pods(), current, Tree.ensureObject(pod, "metadata"), options);
        ObjectNode status = Tree.ensureObject(pod, "status");
        ObjectNode condition = null;
        for (ObjectNode known : Tree.objects(status, "conditions")) {
            if (Tree.text(known, "type").equals("DisruptionTarget")) {
                condition = known;
            }
        }
        if (condition != null && Tree.text(condition, "reason").equals("EvictionByEvictionAPI")) {
            return new Change.Keep();
        }
        if (condition == null) {
            condition = Tree.ensureArray(status, "conditions").addObject();
        }
        condition.removeAll();
        condition.put("type", "DisruptionTarget");
        condition.put("status", "True");
        condition.putNull("lastProbeTime");
        condition.put("lastTransitionTime", metadata.now());
        condition.put("reason", "EvictionByEvictionAPI");
        condition.put("message", "Eviction API: evicting");
        return new Change.Put(pod, Attachment.NONE);
    }
}
