package io.kvorum.apiserver.oidc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jwt.JWTClaimsSet;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.auth.TokenFailure;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.request.User;
import io.kvorum.cel.CelProblem;
import io.kvorum.cel.Expression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a user of the claims of a token that is believed. */
final class ClaimMapping {
    private static final String EMAIL = "email";

    private final Issuer issuer;
    private final ClaimExpressions expressions;

    ClaimMapping(Issuer issuer) {
        this.issuer = issuer;
        this.expressions = issuer.expressions();
    }

    /**
     * Null when a claim is missing, has not the value it must have, or is no text.
     *
     * @param payload the same claims as they stand in the token, for expressions
     * @throws TokenFailure an expression cannot be evaluated, or a rule does not hold
     */
    @Nullable
    User user(JWTClaimsSet claims, String payload) {
        for (Map.Entry<String, String> required : issuer.required().entrySet()) {
            if (!required.getValue().equals(claims.getClaim(required.getKey()))) {
                return null;
            }
        }
        Map<String, JsonNode> variables = expressions.equals(ClaimExpressions.NONE) ? Map.of() : variables(payload);
        String name = expressions.username() == null ? username(claims) : named(expressions.username(), variables);
        List<String> groups =
                expressions.groups() == null ? groups(claims) : texts(expressions.groups(), variables, "groups");
        if (name == null || groups == null) {
            return null;
        }
        check(expressions.claimRules(), variables);
        String uid = expressions.uid() == null ? uid(claims) : text(expressions.uid(), variables, "uid");
        if (uid == null) {
            return null;
        }
        User user = new User(name, uid, List.copyOf(groups), extra(variables));
        if (!expressions.userRules().isEmpty()) {
            check(expressions.userRules(), Map.of("user", told(user)));
        }
        List<String> all = new ArrayList<>(groups);
        if (!all.contains(User.AUTHENTICATED)) {
            all.add(User.AUTHENTICATED);
        }
        return new User(name, uid, List.copyOf(all), user.extra());
    }

    // ---- claims as they are

    private @Nullable String username(JWTClaimsSet claims) {
        String claim = issuer.username().claim();
        // An address that its owner has not confirmed may be somebody else's.
        Object confirmed = claim.equals(EMAIL) ? claims.getClaim("email_verified") : null;
        boolean own = confirmed == null || Boolean.TRUE.equals(confirmed);
        return own && claims.getClaim(claim) instanceof String name && !name.isEmpty()
                ? issuer.username().prefix() + name
                : null;
    }

    /** One text or a list of them. */
    private @Nullable List<String> groups(JWTClaimsSet claims) {
        List<String> groups = new ArrayList<>();
        Object given = issuer.groups().claim().isEmpty()
                ? null
                : claims.getClaim(issuer.groups().claim());
        List<?> all = given == null ? List.of() : given instanceof List<?> list ? list : List.of(given);
        for (Object group : all) {
            if (!(group instanceof String text)) {
                return null;
            }
            groups.add(issuer.groups().prefix() + text);
        }
        return groups;
    }

    private @Nullable String uid(JWTClaimsSet claims) {
        Object uid = issuer.uidClaim().isEmpty() ? "" : claims.getClaim(issuer.uidClaim());
        return uid instanceof String text ? text : null;
    }

    // ---- expressions

    private static Map<String, JsonNode> variables(String payload) {
        return Map.of("claims", ObjectJson.parseAny(payload));
    }

    private static String named(Expression expression, Map<String, JsonNode> variables) {
        String name = text(expression, variables, "username");
        if (name.isEmpty()) {
            throw new TokenFailure("oidc: empty username via CEL expression is not allowed");
        }
        return name;
    }

    private static String text(Expression expression, Map<String, JsonNode> variables, String what) {
        Object value = evaluated(expression, variables, what);
        if (value instanceof String text) {
            return text;
        }
        throw new TokenFailure("oidc: error evaluating " + what + " claim expression: expected a string");
    }

    /** One text, a list of them or nothing. */
    private static List<String> texts(Expression expression, Map<String, JsonNode> variables, String what) {
        Object value = evaluated(expression, variables, what);
        List<String> texts = new ArrayList<>();
        if (value instanceof String text) {
            if (!text.isEmpty()) {
                texts.add(text);
            }
        } else if (value instanceof List<?> list) {
            for (Object each : list) {
                if (!(each instanceof String text)) {
                    throw new TokenFailure(
                            "oidc: error evaluating " + what + " claim expression: expected a list of strings");
                }
                texts.add(text);
            }
        } else if (!(Expression.isNothing(value))) {
            throw new TokenFailure(
                    "oidc: error evaluating " + what + " claim expression: expected a string or a list of strings");
        }
        return texts;
    }

    private static Object evaluated(Expression expression, Map<String, JsonNode> variables, String what) {
        try {
            return expression.evaluate(variables);
        } catch (CelProblem e) {
            throw new TokenFailure("oidc: error evaluating " + what + " claim expression: expression '"
                    + expression.text() + "' resulted in error: " + e.getMessage());
        }
    }

    /** What has no text is left out. */
    private Map<String, List<String>> extra(Map<String, JsonNode> variables) {
        Map<String, List<String>> extra = new LinkedHashMap<>();
        for (ClaimExpressions.Extra each : expressions.extra()) {
            List<String> texts = texts(each.value(), variables, "extra");
            if (!texts.isEmpty()) {
                extra.put(each.key(), List.copyOf(texts));
            }
        }
        return extra;
    }

    private static void check(List<ClaimExpressions.Rule> rules, Map<String, JsonNode> variables) {
        for (ClaimExpressions.Rule rule : rules) {
            String text = rule.expression().text();
            boolean holds;
            try {
                holds = Boolean.TRUE.equals(rule.expression().evaluate(variables));
            } catch (CelProblem e) {
                throw new TokenFailure("oidc: error evaluating validation rule: expression '" + text
                        + "' resulted in error: " + e.getMessage());
            }
            if (!holds) {
                throw new TokenFailure("oidc: validation expression '" + text + "' failed"
                        + (rule.message().isEmpty() ? "" : ": " + rule.message()));
            }
        }
    }

    private static ObjectNode told(User user) {
        ObjectNode told = Tree.newObject();
        told.put("username", user.name()).put("uid", user.uid());
        texts(told.putArray("groups"), user.groups());
        ObjectNode extra = told.putObject("extra");
        user.extra().forEach((key, values) -> texts(extra.putArray(key), values));
        return told;
    }

    private static void texts(ArrayNode to, List<String> texts) {
        texts.forEach(to::add);
    }
}
