package io.kvorum.cel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.HashMap;
import java.util.Map;

/** A compiled expression. Safe for use by several threads. */
public final class Expression {
    private static final String OPTIONAL_SELECT = "_?._";

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

    /** Whether what an expression evaluated to is CEL's null. */
    public static boolean isNothing(Object value) {
        return value instanceof NullValue;
    }

    /** Whether it takes a field of a variable anywhere: {@code variable.field} or {@code variable.?field}. */
    public boolean selects(String variable, String field) {
        return CelNavigableAst.fromAst(tree)
                .getRoot()
                .allNodes()
                .map(CelNavigableExpr::expr)
                .anyMatch(each -> selects(each, variable, field));
    }

    private static boolean selects(CelExpr expression, String variable, String field) {
        if (expression.getKind() == CelExpr.ExprKind.Kind.SELECT) {
            return expression.select().field().equals(field)
                    && isName(expression.select().operand(), variable);
        }
        if (expression.getKind() != CelExpr.ExprKind.Kind.CALL
                || !expression.call().function().equals(OPTIONAL_SELECT)
                || expression.call().args().size() != 2) {
            return false;
        }
        CelExpr name = expression.call().args().get(1);
        return isName(expression.call().args().get(0), variable)
                && name.getKind() == CelExpr.ExprKind.Kind.CONSTANT
                && name.constant().getKind() == CelConstant.Kind.STRING_VALUE
                && name.constant().stringValue().equals(field);
    }

    private static boolean isName(CelExpr expression, String name) {
        return expression.getKind() == CelExpr.ExprKind.Kind.IDENT
                && expression.ident().name().equals(name);
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
            throw new CelProblem(Wording.ofEvaluation(e), e);
        }
    }
}
