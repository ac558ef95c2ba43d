package io.kvorum.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import java.util.Map;

/**
 * The expressions in files of {@code apiserver.config.k8s.io}: match conditions of authorizers (KEP-3221), mappings and rules
 * of tokens (KEP-3331). Failures to compile are worded as upstream's.
 */
public final class ConfigExpressions {
    private static final String TEXTS_BY_NAME =
            "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}";
    private static final String TEXTS = "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}";
    private static final String SELECTOR = "{\"type\":\"object\",\"properties\":{\"rawSelector\":{\"type\":\"string\"},"
            + "\"requirements\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
            + "\"key\":{\"type\":\"string\"},\"operator\":{\"type\":\"string\"},\"values\":" + TEXTS + "}}}}}";

    private static final Expressions OF_REQUESTS = Expressions.with(
            Map.of("request", ValueType.ofPlainNames("""
            {"type":"object","properties":{
              "resourceAttributes":{"type":"object","properties":{
                "namespace":{"type":"string"},
                "verb":{"type":"string"},
                "group":{"type":"string"},
                "version":{"type":"string"},
                "resource":{"type":"string"},
                "subresource":{"type":"string"},
                "name":{"type":"string"},
                "fieldSelector":%s,
                "labelSelector":%s}},
              "nonResourceAttributes":{"type":"object","properties":{
                "path":{"type":"string"},
                "verb":{"type":"string"}}},
              "user":{"type":"string"},
              "groups":%s,
              "extra":%s,
              "uid":{"type":"string"}}}""".formatted(SELECTOR, SELECTOR, TEXTS, TEXTS_BY_NAME))));

    private static final Expressions OF_CLAIMS = Expressions.with(
            Map.of("claims", ValueType.ofPlainNames("{\"type\":\"object\",\"additionalProperties\":{}}")));

    private static final Expressions OF_USERS =
            Expressions.with(Map.of("user", ValueType.ofPlainNames("""
            {"type":"object","properties":{
              "username":{"type":"string"},
              "uid":{"type":"string"},
              "groups":%s,
              "extra":%s}}""".formatted(TEXTS, TEXTS_BY_NAME))));

    private ConfigExpressions() {}

    /** A condition on {@code request}, the specification of a SubjectAccessReview. */
    public static Expression matchCondition(String text) throws CelProblem {
        Expression expression = OF_REQUESTS.compile(text, Expressions.Result.ANY);
        CelType found = expression.tree().getResultType();
        if (!found.equals(SimpleType.BOOL)) {
            throw new CelProblem("must evaluate to bool but got " + told(found));
        }
        return expression;
    }

    /** A rule about {@code claims} of a token, by their names. */
    public static Expression claimRule(String text) throws CelProblem {
        return rule(OF_CLAIMS.compile(text, Expressions.Result.ANY));
    }

    /** What is made of {@code claims}; of what type it is shows when it is evaluated. */
    public static Expression claimMapping(String text) throws CelProblem {
        return OF_CLAIMS.compile(text, Expressions.Result.ANY);
    }

    /** A rule about {@code user}, its name, uid, groups and extra. */
    public static Expression userRule(String text) throws CelProblem {
        return rule(OF_USERS.compile(text, Expressions.Result.ANY));
    }

    private static Expression rule(Expression expression) throws CelProblem {
        if (!expression.tree().getResultType().equals(SimpleType.BOOL)) {
            throw new CelProblem("must evaluate to bool");
        }
        return expression;
    }

    private static String told(CelType type) {
        if (type instanceof ListType list && list.hasElemType()) {
            return "list(" + told(list.elemType()) + ")";
        }
        return type instanceof MapType map
                ? "map(" + told(map.keyType()) + ", " + told(map.valueType()) + ")"
                : type.name();
    }
}
