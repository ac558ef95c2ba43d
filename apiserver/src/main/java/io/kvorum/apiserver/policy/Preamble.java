package io.kvorum.apiserver.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.cel.CelProblem;
import io.kvorum.cel.Expression;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What every policy begins with: which writes it is about, under which conditions, and the variables it names.
 *
 * @param failureIgnored whether a write goes on when an expression cannot be evaluated
 */
record Preamble(
        String name,
        boolean failureIgnored,
        MatchResources match,
        List<Compilation.Named> conditions,
        List<Compilation.Named> variables) {

    static Preamble of(JsonNode policy, Compilation compilation) {
        return new Preamble(
                Tree.text(policy, "metadata", "name"),
                Tree.text(policy, "spec", "failurePolicy").equals("Ignore"),
                new MatchResources(Tree.at(policy, "spec", "matchConstraints")),
                List.copyOf(compilation.conditions()),
                List.copyOf(compilation.variables()));
    }

    /** @param problem why it is not known whether the policy is concerned; empty when it is */
    record Concern(boolean concerned, String problem) {}

    /** Whether all conditions hold; a false one tells even when others cannot be evaluated. */
    Concern concern(Inputs inputs) {
        String problem = "";
        for (Compilation.Named condition : conditions) {
            Expression expression = condition.expression();
            try {
                if (!Boolean.TRUE.equals(expression.evaluate(inputs.json(), inputs.others()))) {
                    return new Concern(false, "");
                }
            } catch (CelProblem e) {
                problem = problem.isEmpty() ? failure(expression, e.getMessage()) : problem;
            }
        }
        return new Concern(problem.isEmpty(), problem);
    }

    private static String failure(Expression expression, String cause) {
        return "expression '" + expression.text() + "' resulted in error: " + cause;
    }

    /** The variables for a write. */
    Variables variables(Inputs given) {
        Map<String, Object> made = new LinkedHashMap<>();
        Inputs inputs = given.with("variables", (Object) made);
        Map<String, String> broken = new LinkedHashMap<>();
        for (Compilation.Named variable : variables) {
            try {
                made.put(variable.name(), variable.expression().evaluate(inputs.json(), inputs.others()));
            } catch (CelProblem e) {
                // Only who uses it fails, as upstream: there it is missing, and the reason is told.
                broken.put(
                        variable.name(),
                        "composited variable \"" + variable.name() + "\" fails to evaluate: " + e.getMessage());
            }
        }
        return new Variables(inputs, broken);
    }

    /**
     * @param inputs with the variables
     * @param broken why a variable is not there, by name
     */
    record Variables(Inputs inputs, Map<String, String> broken) {
        Object evaluate(Expression expression) throws CelProblem {
            return expression.evaluate(inputs.json(), inputs.others());
        }

        /** What is to be said of an expression that failed. */
        String failure(Expression expression, CelProblem problem) {
            String cause = broken.getOrDefault(problem.getMessage().replace("no such key: ", ""), problem.getMessage());
            return Preamble.failure(expression, cause);
        }
    }
}
