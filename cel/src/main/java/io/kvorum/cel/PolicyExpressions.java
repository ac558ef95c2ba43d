package io.kvorum.cel;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the expressions of one admission policy (KEP-3488, KEP-3962). They see {@code object}, {@code oldObject}, {@code
 * request}, {@code namespaceObject}, {@code authorizer}, {@code params} where the policy has a kind of parameters, and in {@code
 * variables} the variables that were defined before them.
 */
public final class PolicyExpressions {
    private static final String VARIABLES = "variables";

    private final Map<String, ValueType> types;
    private final Map<String, ValueType> variables = new LinkedHashMap<>();
    private final boolean mutating;

    /** Made when the first expression after a variable is compiled; null until then. */
    private @Nullable Expressions expressions;

    private PolicyExpressions(Map<String, ValueType> types, boolean mutating) {
        this.types = types;
        this.mutating = mutating;
    }

    /**
     * Of a policy that validates.
     *
     * @param params whether there are parameters
     */
    public static PolicyExpressions validating(boolean params) {
        return new PolicyExpressions(types(params), false);
    }

    /** Of a policy that mutates: its expressions may initialize objects and JSON patches. */
    public static PolicyExpressions mutating(boolean params) {
        return new PolicyExpressions(types(params), true);
    }

    /**
     * Of a policy that validates objects of one kind: what expressions ask of it and it does not have, does not compile.
     *
     * @param params null when there are none, or nothing is known of their kind
     */
    public static PolicyExpressions typed(ValueType object, @Nullable ValueType params) {
        Map<String, ValueType> types = AdmissionVariables.types(object);
        if (params != null) {
            types.put(AdmissionVariables.PARAMS, params);
        }
        return new PolicyExpressions(types, false);
    }

    private static Map<String, ValueType> types(boolean params) {
        Map<String, ValueType> types = AdmissionVariables.types(ValueType.dynamic());
        if (params) {
            types.put(AdmissionVariables.PARAMS, ValueType.dynamic());
        }
        return types;
    }

    private Expressions withVariables() {
        Map<String, ValueType> all = new LinkedHashMap<>(types);
        all.put(VARIABLES, ValueType.ofFields(variables));
        return mutating ? Expressions.mutating(all) : Expressions.with(all);
    }

    /** The expressions of match conditions, which are asked before there are variables. */
    public Expressions conditions() {
        return Expressions.with(types);
    }

    /**
     * Adds a variable for the expressions to come.
     *
     * @param value null when it does not compile: of its type nothing is known then
     */
    public void define(String name, @Nullable Expression value) {
        variables.put(name, value == null ? ValueType.dynamic() : value.result());
        expressions = null;
    }

    /**
     * Makes an expression ready to run.
     *
     * @throws CelProblem with upstream's words for what is wrong
     */
    public Expression compile(String text, Expressions.Result result) throws CelProblem {
        Expressions made = expressions;
        if (made == null) {
            made = withVariables();
            expressions = made;
        }
        return made.compile(text, result);
    }
}
