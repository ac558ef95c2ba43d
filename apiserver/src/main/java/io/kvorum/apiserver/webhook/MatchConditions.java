package io.kvorum.apiserver.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.cel.AdmissionVariables;
import io.kvorum.cel.CelProblem;
import io.kvorum.cel.Expression;
import io.kvorum.cel.Expressions;
import io.kvorum.cel.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The {@code matchConditions} of a webhook: all must be true for it to be asked. */
final class MatchConditions {
    private static final Expressions EXPRESSIONS = Expressions.with(AdmissionVariables.types(ValueType.dynamic()));

    private final List<Expression> expressions;

    /** What is wrong with one of them. */
    record Problem(int index, String expression, String message) {}

    private MatchConditions(List<Expression> expressions) {
        this.expressions = expressions;
    }

    /** @param problems takes what does not compile; such conditions are left out */
    static MatchConditions of(JsonNode webhook, List<Problem> problems) {
        List<Expression> compiled = new ArrayList<>();
        List<JsonNode> conditions = Tree.items(webhook, "matchConditions");
        for (int i = 0; i < conditions.size(); i++) {
            String text = Tree.text(conditions.get(i), "expression").strip();
            try {
                compiled.add(EXPRESSIONS.compile(text, Expressions.Result.BOOLEAN));
            } catch (CelProblem e) {
                problems.add(new Problem(i, text, e.getMessage()));
            }
        }
        return new MatchConditions(compiled);
    }

    boolean isEmpty() {
        return expressions.isEmpty();
    }

    /** @param problem why it is not known whether they hold; empty when it is */
    record Outcome(boolean hold, String problem) {}

    /**
     * Whether none is false; a false one tells even when others cannot be evaluated.
     *
     * @param values object, oldObject and request; what is not there is null
     * @param others those of {@link io.kvorum.apiserver.admission.AccessQuestions}
     */
    Outcome ask(Map<String, JsonNode> values, Map<String, Object> others) {
        List<String> failures = new ArrayList<>();
        for (Expression expression : expressions) {
            try {
                if (!Boolean.TRUE.equals(expression.evaluate(values, others))) {
                    return new Outcome(false, "");
                }
            } catch (CelProblem e) {
                failures.add("expression '" + expression.text() + "' resulted in error: " + e.getMessage());
            }
        }
        String all = String.join(", ", failures);
        return new Outcome(failures.isEmpty(), failures.size() > 1 ? "[" + all + "]" : all);
    }
}
