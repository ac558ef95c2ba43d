package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import java.util.List;

/** What a disruption budget's status says to one more disruption. Pure. */
final class BudgetCharge {
    /** From this many evictions on that the disruption controller has not confirmed, something is wrong with it. */
    private static final int MOST_UNCONFIRMED = 2000;

    private static final String ALLOWED = "DisruptionAllowed";

    private BudgetCharge() {}

    /** Errors: 429 while the budget forbids a disruption, 403 when its status makes no sense. */
    static void check(JsonNode budget, long allowed) {
        String name = Tree.text(budget, "metadata", "name");
        JsonNode status = budget.path("status");
        if (Tree.number(status, "observedGeneration") < Tree.number(budget, "metadata", "generation")) {
            throw refused("The disruption budget " + name + " is still being processed by the server.");
        }
        if (allowed < 0) {
            throw forbidden(name, "pdb disruptions allowed is negative");
        }
        if (status.path("disruptedPods").size() > MOST_UNCONFIRMED) {
            throw forbidden(name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
        }
        if (allowed > 0) {
            return;
        }
        for (JsonNode condition : Tree.items(status, "conditions")) {
            if (Tree.text(condition, "type").equals(ALLOWED)
                    && Tree.text(condition, "status").equals("False")
                    && Tree.text(condition, "reason").equals("SyncFailed")) {
                throw refused("The disruption budget " + name
                        + " does not allow evicting pods currently because it failed sync: "
                        + Tree.text(condition, "message"));
            }
        }
        throw refused("The disruption budget " + name + " needs " + Tree.number(status, "desiredHealthy")
                + " healthy pods and has " + Tree.number(status, "currentHealthy") + " currently");
    }

    /** Sets the condition that the last disruption is spent. */
    static void exhausted(ObjectNode status, String now) {
        ObjectNode condition = null;
        for (ObjectNode known : Tree.objects(status, "conditions")) {
            if (Tree.text(known, "type").equals(ALLOWED)) {
                condition = known;
            }
        }
        if (condition == null) {
            condition = Tree.ensureArray(status, "conditions").addObject();
        }
        String since =
                Tree.text(condition, "status").equals("False") ? Tree.text(condition, "lastTransitionTime") : now;
        condition.removeAll();
        condition.put("type", ALLOWED);
        condition.put("status", "False");
        condition.put("observedGeneration", Tree.number(status, "observedGeneration"));
        condition.put("lastTransitionTime", since);
        condition.put("reason", "InsufficientPods");
        condition.put("message", "");
    }

    /** The answer that makes {@code kubectl drain} try again later. */
    static ApiException refused(String why) {
        return new ApiException(
                429,
                "TooManyRequests",
                "Cannot evict pod as it would violate the pod's disruption budget.",
                new ApiException.Details(
                        "", "", "", "", List.of(new ApiException.Cause("DisruptionBudget", why, "")), 0));
    }

    private static ApiException forbidden(String name, String why) {
        return ApiException.forbidden("policy", "poddisruptionbudget", name, why);
    }
}
