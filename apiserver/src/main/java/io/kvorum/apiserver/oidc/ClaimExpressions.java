package io.kvorum.apiserver.oidc;

import io.kvorum.cel.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is made of the claims of a token by expressions, in place of claims that are taken as they are.
 *
 * @param username null: it is a claim
 * @param groups null: they are a claim, or there are none
 * @param uid null: it is a claim, or there is none
 * @param extra in their order
 * @param claimRules what must hold of the claims
 * @param userRules what must hold of the user that comes of them
 */
public record ClaimExpressions(
        @Nullable Expression username,
        @Nullable Expression groups,
        @Nullable Expression uid,
        List<Extra> extra,
        List<Rule> claimRules,
        List<Rule> userRules) {
    public static final ClaimExpressions NONE = new ClaimExpressions(null, null, null, List.of(), List.of(), List.of());

    /** @param key of the user's extra that the expression's texts stand under */
    public record Extra(String key, Expression value) {}

    /** @param message why a token is refused of which it does not hold; may be empty */
    public record Rule(Expression expression, String message) {}
}
