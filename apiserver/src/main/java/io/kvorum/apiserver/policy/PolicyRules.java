package io.kvorum.apiserver.policy;

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

/** Refuses policies whose expressions do not compile. A spec that was there is let be. */
public final class PolicyRules implements Admission {
    private static final String MUTATING = "mutatingadmissionpolicies";
    private static final Set<String> POLICIES = Set.of("validatingadmissionpolicies", MUTATING);

    @Override
    public Future<Void> validate(Attempt attempt) {
        ObjectNode policy = attempt.object();
        boolean concerned = attempt.subresource().isEmpty()
                && attempt.info().group().equals("admissionregistration.k8s.io")
                && POLICIES.contains(attempt.info().resource());
        if (policy == null || !concerned || sameSpec(policy, attempt.old())) {
            return Future.succeededFuture();
        }
        List<Compilation.Problem> problems = new ArrayList<>();
        Object unused = attempt.info().resource().equals(MUTATING)
                ? CompiledMutation.of(policy, problems)
                : CompiledPolicy.of(policy, problems);
        if (problems.isEmpty()) {
            return Future.succeededFuture();
        }
        List<ApiException.Cause> causes = problems.stream()
                .map(problem -> new ApiException.Cause(
                        "FieldValueInvalid",
                        "Invalid value: \"" + problem.expression() + "\": " + problem.message(),
                        problem.field()))
                .toList();
        return Future.failedFuture(
                ApiException.invalid(attempt.info().group(), attempt.info().kind(), attempt.name(), causes));
    }

    private static boolean sameSpec(JsonNode policy, @Nullable JsonNode old) {
        return old != null && Tree.sameValue(Tree.at(policy, "spec"), Tree.at(old, "spec"));
    }
}
