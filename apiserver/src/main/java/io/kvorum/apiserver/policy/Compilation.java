package io.kvorum.apiserver.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.cel.CelProblem;
import io.kvorum.cel.Expression;
import io.kvorum.cel.Expressions;
import io.kvorum.cel.PolicyExpressions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the expressions of one policy ready.
 *
 * @param problems takes what does not compile
 */
record Compilation(JsonNode policy, PolicyExpressions expressions, List<Problem> problems) {
    /** What is wrong with an expression of a policy. */
    record Problem(String field, String expression, String message) {}

    /** An expression with what it is called. */
    record Named(String name, Expression expression) {}

    private interface Compiler {
        Expression compile(String text, Expressions.Result result) throws CelProblem;
    }

    static Compilation validating(JsonNode policy, List<Problem> problems) {
        return new Compilation(policy, PolicyExpressions.validating(hasParams(policy)), problems);
    }

    static Compilation mutating(JsonNode policy, List<Problem> problems) {
        return new Compilation(policy, PolicyExpressions.mutating(hasParams(policy)), problems);
    }

    private static boolean hasParams(JsonNode policy) {
        return Tree.at(policy, "spec", "paramKind").isObject();
    }

    /** Null when it does not compile. */
    @Nullable
    Expression compile(String field, String text, Expressions.Result result) {
        return compile(expressions::compile, field, text, result);
    }

    private @Nullable Expression compile(Compiler compiler, String field, String text, Expressions.Result result) {
        try {
            return compiler.compile(text, result);
        } catch (CelProblem e) {
            problems.add(new Problem(field, text, e.getMessage()));
            return null;
        }
    }

    /** The match conditions that compile. */
    List<Named> conditions() {
        Expressions conditions = expressions.conditions();
        List<Named> found = new ArrayList<>();
        List<JsonNode> items = Tree.items(policy, "spec", "matchConditions");
        for (int i = 0; i < items.size(); i++) {
            Expression expression = compile(
                    conditions::compile,
                    "spec.matchConditions[" + i + "].expression",
                    Tree.text(items.get(i), "expression"),
                    Expressions.Result.BOOLEAN);
            if (expression != null) {
                found.add(new Named(Tree.text(items.get(i), "name"), expression));
            }
        }
        return found;
    }

    /** The variables that compile; what is compiled from here on may speak of them. */
    List<Named> variables() {
        List<Named> found = new ArrayList<>();
        List<JsonNode> items = Tree.items(policy, "spec", "variables");
        for (int i = 0; i < items.size(); i++) {
            String name = Tree.text(items.get(i), "name");
            Expression expression = compile(
                    "spec.variables[" + i + "].expression",
                    Tree.text(items.get(i), "expression"),
                    Expressions.Result.ANY);
            expressions.define(name, expression);
            if (expression != null) {
                found.add(new Named(name, expression));
            }
        }
        return found;
    }
}
