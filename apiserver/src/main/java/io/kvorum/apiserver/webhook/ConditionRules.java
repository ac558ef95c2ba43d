package io.kvorum.apiserver.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.admission.Admission;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Refuses webhooks whose match conditions do not compile. Conditions that were there are let be. */
public final class ConditionRules implements Admission {
    private static final Set<String> CONFIGURATIONS =
            Set.of("validatingwebhookconfigurations", "mutatingwebhookconfigurations");

    @Override
    public Future<Void> validate(Attempt attempt) {
        ObjectNode configuration = attempt.object();
        boolean concerned = attempt.info().group().equals("admissionregistration.k8s.io")
                && CONFIGURATIONS.contains(attempt.info().resource());
        if (configuration == null || !concerned || conditions(configuration).equals(conditions(attempt.old()))) {
            return Future.succeededFuture();
        }
        List<ApiException.Cause> causes = new ArrayList<>();
        List<JsonNode> webhooks = Tree.items(configuration, "webhooks");
        for (int i = 0; i < webhooks.size(); i++) {
            check(webhooks.get(i), "webhooks[" + i + "].matchConditions", causes);
        }
        return causes.isEmpty()
                ? Future.succeededFuture()
                : Future.failedFuture(ApiException.invalid(
                        attempt.info().group(), attempt.info().kind(), attempt.name(), causes));
    }

    private static List<JsonNode> conditions(@Nullable JsonNode configuration) {
        return Tree.items(configuration, "webhooks").stream()
                .map(webhook -> webhook.path("matchConditions"))
                .toList();
    }

    private static void check(JsonNode webhook, String field, List<ApiException.Cause> causes) {
        List<MatchConditions.Problem> problems = new ArrayList<>();
        var unused = MatchConditions.of(webhook, problems);
        for (MatchConditions.Problem problem : problems) {
            causes.add(new ApiException.Cause(
                    "FieldValueInvalid",
                    "Invalid value: \"" + problem.expression() + "\": " + problem.message(),
                    field + "[" + problem.index() + "].expression"));
        }
    }
}
