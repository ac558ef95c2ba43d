package io.kvorum.apiserver.auth;

import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells whose a bearer token is. */
@FunctionalInterface
public interface TokenAuthenticator {
    /** @param audiences those of the ones asked for that the token is meant for */
    record Found(User user, List<String> audiences) {}

    /**
     * Null when the token is not one of its own, not valid, or meant for none of the audiences; fails when that cannot
     * be told just now, or with {@link TokenFailure}.
     *
     * @param audiences whom the token is shown to; empty: the API server
     */
    Future<@Nullable Found> authenticate(String token, List<String> audiences);

    /**
     * Asks one after another; the first that knows the token decides. Who fails with {@link TokenFailure} is passed over, and
     * why is told when nobody knows it.
     */
    static TokenAuthenticator firstOf(List<TokenAuthenticator> all) {
        return (token, audiences) -> first(all, 0, token, audiences, "");
    }

    private static Future<@Nullable Found> first(
            List<TokenAuthenticator> all, int at, String token, List<String> audiences, String failures) {
        if (at == all.size()) {
            return failures.isEmpty() ? Future.succeededFuture() : Future.failedFuture(new TokenFailure(failures));
        }
        return all.get(at).authenticate(token, audiences).transform(asked -> {
            if (asked.succeeded()) {
                Found found = asked.result();
                return found != null ? Future.succeededFuture(found) : first(all, at + 1, token, audiences, failures);
            }
            if (!(asked.cause() instanceof TokenFailure failure)) {
                return Future.failedFuture(asked.cause());
            }
            String why = String.valueOf(failure.getMessage());
            return first(all, at + 1, token, audiences, failures.isEmpty() ? why : failures + ", " + why);
        });
    }
}
