package io.kvorum.apiserver.policy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.admission.AccessQuestions;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.cache.WatchCache;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The admission plugin ValidatingAdmissionPolicy: every binding of a policy that is about a write is asked, with the
 * parameters it names. Runs on the event loop; what an expression may cost is bounded.
 */
public final class ValidatingPolicies implements Admission {
    private static final Map<String, Integer> CODES =
            Map.of("Unauthorized", 401, "Forbidden", 403, "RequestEntityTooLarge", 413);

    private static final String FAILURES = "validation.policy.admission.k8s.io/validation_failure";

    private final PolicySource<CompiledPolicy> policies;
    private final PolicyMetrics metrics;

    public ValidatingPolicies(WatchCache cache, ResourceCatalog catalog, Authorizer authorizer, PolicyMetrics metrics) {
        this.metrics = metrics;
        policies = new PolicySource<>(
                cache,
                catalog,
                authorizer,
                "validatingadmission",
                source -> CompiledPolicy.of(source, new ArrayList<>()),
                CompiledPolicy::preamble);
    }

    @Override
    public boolean seesActions() {
        return true;
    }

    @Override
    public Future<Void> validate(Attempt attempt) {
        List<PolicySource.Invocation<CompiledPolicy>> invocations = policies.about(attempt);
        if (invocations.isEmpty()) {
            return Future.succeededFuture();
        }
        Verdict verdict = new Verdict(attempt, metrics);
        AccessQuestions questions = policies.questions(attempt);
        Inputs inputs = policies.inputs(attempt, questions);
        return questions.inTurn(invocations, each -> verdict.ask(each, inputs)).compose(asked -> {
            ApiException refusal = verdict.refusal();
            return refusal == null ? Future.succeededFuture() : Future.failedFuture(refusal);
        });
    }

    /** What comes of all that policies have against one write. */
    private static final class Verdict {
        private final Attempt attempt;
        private final PolicyMetrics metrics;
        private final List<ApiException.Cause> denials = new ArrayList<>();
        private final Map<String, Set<String>> annotations = new LinkedHashMap<>();
        private final ArrayNode audited = Tree.newArray();
        private String reason = "";

        Verdict(Attempt attempt, PolicyMetrics metrics) {
            this.metrics = metrics;
            this.attempt = attempt;
        }

        /** Evaluates first, and takes in what comes of it when that is done. */
        void ask(PolicySource.Invocation<CompiledPolicy> invocation, Inputs inputs) {
            if (!invocation.misconfigured().isEmpty()) {
                misconfigured(invocation);
                return;
            }
            CompiledPolicy.Outcome outcome = invocation.policy().check(invocation.inputs(inputs));
            outcome.objections().forEach(objection -> objected(invocation, objection));
            outcome.annotations().forEach((key, value) -> annotated(invocation.policyName() + "/" + key, value));
        }

        private void misconfigured(PolicySource.Invocation<CompiledPolicy> invocation) {
            if (!invocation.policy().preamble().failureIgnored()) {
                denied(
                        "policy '" + invocation.policyName() + "' with binding '" + invocation.binding()
                                + "' denied request: " + invocation.misconfigured(),
                        "");
            }
        }

        private void objected(PolicySource.Invocation<CompiledPolicy> invocation, CompiledPolicy.Objection objection) {
            if (objection.ignored()) {
                counted(invocation, objection, "allow");
                return;
            }
            String who = "ValidatingAdmissionPolicy '" + invocation.policyName() + "' with binding '"
                    + invocation.binding() + "'";
            for (String action : invocation.actions()) {
                counted(invocation, objection, action.toLowerCase(Locale.ROOT));
                switch (action) {
                    case "Deny" -> denied(who + " denied request: " + objection.message(), objection.reason());
                    case "Warn" ->
                        attempt.warnings().accept("Validation failed for " + who + ": " + objection.message());
                    case "Audit" -> audited.add(failure(invocation, objection));
                    default -> {
                        // Validation of bindings knows no other.
                    }
                }
            }
        }

        private void counted(
                PolicySource.Invocation<CompiledPolicy> invocation, CompiledPolicy.Objection objection, String action) {
            metrics.checked(invocation.policyName(), invocation.binding(), objection.why(), action, objection.nanos());
        }

        private static ObjectNode failure(
                PolicySource.Invocation<CompiledPolicy> invocation, CompiledPolicy.Objection objection) {
            ObjectNode failure = Tree.newObject();
            failure.put("message", objection.message());
            failure.put("policy", invocation.policyName());
            failure.put("binding", invocation.binding());
            failure.put("expressionIndex", Math.max(0, objection.index()));
            ArrayNode actions = failure.putArray("validationActions");
            invocation.actions().forEach(actions::add);
            return failure;
        }

        private void denied(String message, String why) {
            if (denials.isEmpty()) {
                reason = why.isEmpty() ? "Invalid" : why;
            }
            denials.add(new ApiException.Cause("", message, ""));
        }

        /** Several bindings may annotate with the same key: each value is told once. */
        private void annotated(String key, String value) {
            annotations.computeIfAbsent(key, any -> new LinkedHashSet<>()).add(value);
        }

        /** Hands the annotations on; null when nothing denies the write. */
        @Nullable
        ApiException refusal() {
            annotations.forEach((key, values) -> attempt.passage().annotate(key, String.join(", ", values)));
            if (!audited.isEmpty()) {
                attempt.passage().annotate(FAILURES, audited.toString());
            }
            if (denials.isEmpty()) {
                return null;
            }
            ResourceInfo info = attempt.info();
            ApiException forbidden = ApiException.forbidden(
                    info.group(),
                    info.resource(),
                    attempt.name(),
                    denials.get(0).message());
            return new ApiException(
                    CODES.getOrDefault(reason, 422),
                    reason,
                    String.valueOf(forbidden.getMessage()),
                    new ApiException.Details(
                            attempt.name(), info.group(), info.resource(), "", List.copyOf(denials), 0));
        }
    }
}
