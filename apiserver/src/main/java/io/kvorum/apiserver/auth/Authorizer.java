package io.kvorum.apiserver.auth;

import io.kvorum.apiserver.request.User;

/** Decides whether a user may do something. Must not block. */
@FunctionalInterface
public interface Authorizer {
    Decision authorize(User user, Attributes attributes);

    /** Allows everything ({@code --authorization-mode=AlwaysAllow}). */
    Authorizer ALWAYS_ALLOW = (user, attributes) -> new Decision(true, "");

    /** The answer; {@code reason} may be empty. */
    record Decision(boolean allowed, String reason) {}

    /** What is asked for. {@code path} is set, and the rest empty, for requests that name no resource. */
    record Attributes(
            String verb,
            String group,
            String version,
            String resource,
            String subresource,
            String namespace,
            String name,
            String path) {}
}
