package io.kvorum.apiserver.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.cel.CelProblem;
import io.kvorum.cel.Expression;
import io.kvorum.cel.Expressions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One generation of a ValidatingAdmissionPolicy, ready to run. */
final class CompiledPolicy {
    private final Preamble preamble;
    private final List<Check> checks = new ArrayList<>();
    private final List<Compilation.Named> annotations = new ArrayList<>();

    /** A validation. */
    private record Check(
            int index,
            Expression expression,
            String message,
            @Nullable Expression messageExpression,
            String reason) {}

    /**
     * Something a policy has against a write.
     *
     * @param index that of the validation, -1 for none
     * @param ignored whether it counts for nothing
     * @param nanos that the validation took
     */
    record Objection(int index, String message, String reason, PolicyMetrics.Why why, boolean ignored, long nanos) {}

    /** @param annotations for the audit log, by key */
    record Outcome(List<Objection> objections, Map<String, String> annotations) {}

    private CompiledPolicy(Preamble preamble) {
        this.preamble = preamble;
    }

    /** @param problems takes what does not compile; such expressions are left out */
    static CompiledPolicy of(JsonNode policy, List<Compilation.Problem> problems) {
        Compilation compilation = Compilation.validating(policy, problems);
        CompiledPolicy compiled = new CompiledPolicy(Preamble.of(policy, compilation));
        List<JsonNode> validations = Tree.items(policy, "spec", "validations");
        for (int i = 0; i < validations.size(); i++) {
            JsonNode each = validations.get(i);
            String field = "spec.validations[" + i + "]";
            Expression expression = compilation.compile(
                    field + ".expression", Tree.text(each, "expression"), Expressions.Result.BOOLEAN);
            String message = Tree.text(each, "messageExpression");
            Expression messageExpression = message.isEmpty()
                    ? null
                    : compilation.compile(field + ".messageExpression", message, Expressions.Result.STRING);
            if (expression != null) {
                compiled.checks.add(new Check(
                        i, expression, Tree.text(each, "message"), messageExpression, Tree.text(each, "reason")));
            }
        }
        List<JsonNode> annotations = Tree.items(policy, "spec", "auditAnnotations");
        for (int i = 0; i < annotations.size(); i++) {
            Expression value = compilation.compile(
                    "spec.auditAnnotations[" + i + "].valueExpression",
                    Tree.text(annotations.get(i), "valueExpression"),
                    Expressions.Result.ANY);
            if (value != null) {
                compiled.annotations.add(new Compilation.Named(Tree.text(annotations.get(i), "key"), value));
            }
        }
        return compiled;
    }

    Preamble preamble() {
        return preamble;
    }

    /**
     * What the policy says of a write; nothing when its conditions say that it is not concerned.
     *
     */
    Outcome check(Inputs inputs) {
        List<Objection> objections = new ArrayList<>();
        Preamble.Concern concern = preamble.concern(inputs);
        if (!concern.concerned()) {
            if (!concern.problem().isEmpty()) {
                failed(objections, -1, concern.problem(), "Invalid", PolicyMetrics.Why.INVALID_ERROR, 0);
            }
            return new Outcome(objections, Map.of());
        }
        Preamble.Variables variables = preamble.variables(inputs);
        for (Check check : checks) {
            long began = System.nanoTime();
            try {
                if (!Boolean.TRUE.equals(variables.evaluate(check.expression()))) {
                    long nanos = System.nanoTime() - began;
                    objections.add(new Objection(
                            check.index(),
                            message(check, variables),
                            check.reason(),
                            PolicyMetrics.Why.NO_ERROR,
                            false,
                            nanos));
                }
            } catch (CelProblem e) {
                failed(
                        objections,
                        check.index(),
                        variables.failure(check.expression(), e),
                        check.reason(),
                        PolicyMetrics.Why.of(e),
                        System.nanoTime() - began);
            }
        }
        return new Outcome(objections, annotated(variables, objections));
    }

    private void failed(
            List<Objection> objections, int index, String message, String reason, PolicyMetrics.Why why, long nanos) {
        objections.add(new Objection(index, message, reason, why, preamble.failureIgnored(), nanos));
    }

    private Map<String, String> annotated(Preamble.Variables variables, List<Objection> objections) {
        Map<String, String> made = new LinkedHashMap<>();
        for (Compilation.Named annotation : annotations) {
            long began = System.nanoTime();
            try {
                if (variables.evaluate(annotation.expression()) instanceof String text && !text.isBlank()) {
                    made.put(annotation.name(), text.strip());
                }
            } catch (CelProblem e) {
                failed(
                        objections,
                        -1,
                        variables.failure(annotation.expression(), e),
                        "Invalid",
                        PolicyMetrics.Why.of(e),
                        System.nanoTime() - began);
            }
        }
        return made;
    }

    private static String message(Check check, Preamble.Variables variables) {
        Expression made = check.messageExpression();
        if (made != null) {
            try {
                String text = String.valueOf(variables.evaluate(made)).strip();
                if (!text.isEmpty() && text.indexOf('\n') < 0) {
                    return text;
                }
            } catch (CelProblem e) {
                return fixed(check);
            }
        }
        return fixed(check);
    }

    private static String fixed(Check check) {
        return check.message().isEmpty()
                ? "failed expression: " + check.expression().text().strip()
                : check.message().strip();
    }
}
