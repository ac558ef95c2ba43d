package io.kvorum.cel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.HashMap;
import java.util.Map;

/** A compiled expression. Safe for use by several threads. */
public final class Expression {
    private final String text;
    private final CelAbstractSyntaxTree tree;
    private final CelRuntime.Program program;
    private final Map<String, ValueType> variables;

    Expression(String text, CelAbstractSyntaxTree tree, CelRuntime.Program program, Map<String, ValueType> variables) {
        this.text = text;
        this.tree = tree;
        this.program = program;
        this.variables = variables;
    }

    /** As it was written. */
    public String text() {
        return text;
    }

    CelAbstractSyntaxTree tree() {
        return tree;
    }

    /** The type of what it evaluates to, as far as it is known. */
    ValueType result() {
        return ValueType.ofResult(tree.getResultType());
    }

    /** Whether it speaks of a variable. */
    public boolean uses(String variable) {
        return tree.getReferenceMap().values().stream()
                .anyMatch(reference -> reference.name().equals(variable));
    }

    /**
     * The value for these variables.
     *
     * @param values JSON by variable; a variable that has none is null
     * @return a {@link Boolean}, {@link Long}, {@link Double}, {@link String}, list, map or something of CEL's own
     * @throws CelProblem the evaluation ended in an error, or took too long
     */
    public Object evaluate(Map<String, JsonNode> values) throws CelProblem {
        return evaluate(values, Map.of());
    }

    /** @param more values that are no JSON, by variable; they must be what a variable's type takes */
    public Object evaluate(Map<String, JsonNode> values, Map<String, Object> more) throws CelProblem {
        return evaluate(values, more, new CostMeter());
    }

    Object evaluate(Map<String, JsonNode> values, Map<String, Object> more, CostMeter meter) throws CelProblem {
        Map<String, Object> bound = new HashMap<>(more);
        variables.forEach((name, type) -> {
            JsonNode value = values.get(name);
            if (value != null) {
                bound.put(name, type.value(value));
            } else {
                bound.putIfAbsent(name, ValueType.absent());
            }
        });
        try {
            return program.trace(bound, meter);
        } catch (CostMeter.Exceeded e) {
            throw CelProblem.tooExpensive(e);
        } catch (CelEvaluationException e) {
            throw new CelProblem(Wording.ofEvaluation(String.valueOf(e.getMessage())), e);
        }
    }
}
