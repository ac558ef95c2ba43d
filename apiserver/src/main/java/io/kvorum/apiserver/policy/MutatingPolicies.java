package io.kvorum.apiserver.policy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.managed.SchemaSource;
import io.kvorum.apiserver.admission.AccessQuestions;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.admission.Passage;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.cache.WatchCache;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * The admission plugin MutatingAdmissionPolicy (KEP-3962): the policies that are about a write change its object one after
 * another, each seeing what those before it made of it. Runs on the event loop; what an expression may cost is bounded.
 */
public final class MutatingPolicies implements Admission {
    private final PolicySource<CompiledMutation> policies;
    private final SchemaSource types;

    public MutatingPolicies(WatchCache cache, ResourceCatalog catalog, SchemaSource types, Authorizer authorizer) {
        this.types = types;
        policies = new PolicySource<>(
                cache,
                catalog,
                authorizer,
                "mutatingadmission",
                source -> CompiledMutation.of(source, new ArrayList<>()),
                CompiledMutation::preamble);
    }

    @Override
    public Future<Void> mutate(Attempt attempt) {
        ObjectNode object = attempt.object();
        if (object == null || attempt.isAction()) {
            return Future.succeededFuture();
        }
        List<PolicySource.Invocation<CompiledMutation>> invocations = policies.about(attempt);
        if (invocations.isEmpty()) {
            return Future.succeededFuture();
        }
        attempt.passage().enter(object);
        AccessQuestions questions = policies.questions(attempt);
        Inputs ofWrite = policies.inputs(attempt, questions);
        List<Complaint> complaints = new ArrayList<>();
        Future<Void> invoked;
        try {
            invoked = questions.inTurn(invocations, each -> invoke(each, attempt, ofWrite, object, complaints));
        } catch (ApiException refusal) {
            return Future.failedFuture(refusal);
        }
        return invoked.compose(done -> {
            attempt.passage().leave(object);
            return complaints.isEmpty() ? Future.succeededFuture() : Future.failedFuture(refusal(attempt, complaints));
        });
    }

    /** Why a write cannot go on. @param reason empty for that of a refusal without more */
    private record Complaint(String message, String reason) {}

    /** Evaluates first, and changes the object when that is done. */
    private void invoke(
            PolicySource.Invocation<CompiledMutation> invocation,
            Attempt attempt,
            Inputs ofWrite,
            ObjectNode object,
            List<Complaint> complaints) {
        CompiledMutation policy = invocation.policy();
        List<String> problems = new ArrayList<>();
        if (!invocation.misconfigured().isEmpty()) {
            complain(invocation, invocation.misconfigured(), "", complaints);
            return;
        }
        Inputs inputs = invocation.inputs(ofWrite);
        Preamble.Concern concern = policy.preamble().concern(inputs);
        if (!concern.concerned()) {
            if (!concern.problem().isEmpty()) {
                complain(invocation, concern.problem(), "Invalid", complaints);
            }
            return;
        }
        Passage passage = attempt.passage();
        String id = "policy/" + invocation.id();
        if (!passage.isDue(id)) {
            return;
        }
        ResourceInfo info = attempt.info();
        ObjectNode result = policy.mutate(info, types.type(info.apiVersion(), info.kind()), object, inputs, problems);
        problems.forEach(problem -> complain(invocation, problem, "Invalid", complaints));
        if (!Tree.semanticallyEqual(object, result)) {
            object.removeAll();
            object.setAll(result);
            passage.objectChanged();
        }
        if (policy.reinvocable()) {
            passage.invoked(id);
        }
    }

    private static void complain(
            PolicySource.Invocation<CompiledMutation> invocation,
            String message,
            String reason,
            List<Complaint> complaints) {
        if (!invocation.policy().preamble().failureIgnored()) {
            complaints.add(new Complaint(
                    "policy '" + invocation.policyName() + "' with binding '" + invocation.binding()
                            + "' denied request: " + message,
                    reason));
        }
    }

    /** As upstream: the code stays that of a refusal, whatever the reason. */
    private static ApiException refusal(Attempt attempt, List<Complaint> complaints) {
        ResourceInfo info = attempt.info();
        Complaint first = complaints.get(0);
        return new ApiException(
                403,
                first.reason().isEmpty() ? "Forbidden" : first.reason(),
                first.message(),
                new ApiException.Details(
                        attempt.name(),
                        info.group(),
                        info.resource(),
                        "",
                        complaints.stream()
                                .map(each -> new ApiException.Cause("", each.message(), ""))
                                .toList(),
                        0));
    }
}
