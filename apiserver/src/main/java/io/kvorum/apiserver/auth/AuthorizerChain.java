package io.kvorum.apiserver.auth;

import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;

/** Asks authorizers in order; the first that allows or denies decides. Reasons and errors of the others are put together. */
public final class AuthorizerChain implements Authorizer {
    private final Link[] links;

    /**
     * One of those who are asked.
     *
     * @param said is told what it says
     */
    public record Link(Authorizer authorizer, Consumer<Verdict> said) {
        /** One of whom nobody wants to know. */
        public Link(Authorizer authorizer) {
            this(authorizer, verdict -> {});
        }
    }

    public AuthorizerChain(List<Link> links) {
        this.links = links.toArray(Link[]::new);
    }

    @Override
    public Future<Decision> authorize(User user, Attributes attributes) {
        return authorize(user, attributes, new Heard());
    }

    @Override
    public Future<Decision> authorize(User user, Attributes attributes, Heard heard) {
        return from(0, Decision.NO_OPINION, user, attributes, heard);
    }

    private Future<Decision> from(int first, Decision sofar, User user, Attributes attributes, Heard heard) {
        Decision said = sofar;
        for (int i = first; i < links.length; i++) {
            Link link = links[i];
            Authorizer authorizer = link.authorizer();
            if (authorizer instanceof Local local) {
                Decision decision = local.decide(user, attributes);
                link.said().accept(decision.verdict());
                said = joined(said, decision);
            } else {
                Decision known = heard.of(authorizer);
                if (known == null) {
                    int next = i + 1;
                    Decision before = said;
                    return authorizer.authorize(user, attributes).compose(decision -> {
                        heard.says(authorizer, decision);
                        link.said().accept(decision.verdict());
                        Decision now = joined(before, decision);
                        return decides(now) ? now.told() : from(next, now, user, attributes, heard);
                    });
                }
                said = joined(said, known);
            }
            if (decides(said)) {
                return said.told();
            }
        }
        return said.told();
    }

    private static boolean decides(Decision decision) {
        return decision.verdict() != Verdict.NO_OPINION;
    }

    private static Decision joined(Decision before, Decision next) {
        if (decides(next) || before == Decision.NO_OPINION) {
            return next;
        }
        return next == Decision.NO_OPINION
                ? before
                : new Decision(
                        Verdict.NO_OPINION, lines(before.reason(), next.reason()), list(before.error(), next.error()));
    }

    private static String lines(String one, String other) {
        return one.isEmpty() || other.isEmpty() ? one + other : one + "\n" + other;
    }

    /** As Go joins errors: {@code [a, b]}. */
    private static String list(String one, String other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one + other;
        }
        String first = one.startsWith("[") ? one.substring(1, one.length() - 1) : one;
        return "[" + first + ", " + other + "]";
    }
}
