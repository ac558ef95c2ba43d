package io.kvorum.apiserver.auth;

import io.kvorum.apiserver.request.User;
import java.util.List;

/** Asks authorizers in order; the first that allows decides. */
public final class AuthorizerChain implements Authorizer {
    private final Authorizer[] authorizers;

    public AuthorizerChain(List<Authorizer> authorizers) {
        this.authorizers = authorizers.toArray(Authorizer[]::new);
    }

    @Override
    public Decision authorize(User user, Attributes attributes) {
        String reasons = "";
        for (Authorizer authorizer : authorizers) {
            Decision decision = authorizer.authorize(user, attributes);
            if (decision.allowed()) {
                return decision;
            }
            if (!decision.reason().isEmpty()) {
                reasons = reasons.isEmpty() ? decision.reason() : reasons + "\n" + decision.reason();
            }
        }
        return Decision.none(reasons);
    }
}
