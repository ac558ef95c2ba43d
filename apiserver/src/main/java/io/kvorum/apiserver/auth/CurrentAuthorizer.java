package io.kvorum.apiserver.auth;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;

/** Those who decide now, and what they say that somebody may. Belongs to the event loop. */
public final class CurrentAuthorizer implements Authorizer, RulesDescriber {
    private Authorizer authorizer;
    private RulesDescriber rules;

    public CurrentAuthorizer(Authorizer authorizer, RulesDescriber rules) {
        this.authorizer = authorizer;
        this.rules = rules;
    }

    /** From now on these decide; questions under way are answered by those before. */
    public void use(Authorizer others, RulesDescriber theirRules) {
        authorizer = others;
        rules = theirRules;
    }

    @Override
    public Future<Decision> authorize(User user, Attributes attributes) {
        return authorizer.authorize(user, attributes);
    }

    @Override
    public Future<Decision> authorize(User user, Attributes attributes, Heard heard) {
        return authorizer.authorize(user, attributes, heard);
    }

    @Override
    public void describe(User user, String namespace, ObjectNode status) {
        rules.describe(user, namespace, status);
    }
}
