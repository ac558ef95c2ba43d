package io.kvorum.apiserver.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.admission.AccessQuestions;
import io.kvorum.cel.CelProblem;
import io.kvorum.cel.Expression;
import io.kvorum.cel.Expressions;
import io.kvorum.cel.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the expressions of one policy ready.
 *
 * @param problems takes what does not compile
 */
record Compilation(Expressions expressions, List<Problem> problems) {
    /** What is wrong with an expression of a policy. */
    record Problem(String field, String expression, String message) {}

    /** An expression with what it is called. */
    record Named(String name, Expression expression) {}

    /** The variables that expressions of policies may speak of; of their types nothing is known. */
    static Map<String, ValueType> variables() {
        Map<String, ValueType> types = new LinkedHashMap<>();
        for (String variable : List.of("object", "oldObject", "request", "params", "namespaceObject", "variables")) {
            types.put(variable, ValueType.dynamic());
        }
        types.putAll(AccessQuestions.types());
        return types;
    }

    /** Null when it does not compile. */
    @Nullable
    Expression compile(String field, String text, Expressions.Result result) {
        try {
            return expressions.compile(text, result);
        } catch (CelProblem e) {
            problems.add(new Problem(field, text, e.getMessage()));
            return null;
        }
    }

    /** Those of a list of names and expressions in the spec that compile. */
    List<Named> named(JsonNode policy, String list, Expressions.Result result) {
        List<Named> found = new ArrayList<>();
        List<JsonNode> items = Tree.items(policy, "spec", list);
        for (int i = 0; i < items.size(); i++) {
            Expression expression =
                    compile("spec." + list + "[" + i + "].expression", Tree.text(items.get(i), "expression"), result);
            if (expression != null) {
                found.add(new Named(Tree.text(items.get(i), "name"), expression));
            }
        }
        return found;
    }
}
