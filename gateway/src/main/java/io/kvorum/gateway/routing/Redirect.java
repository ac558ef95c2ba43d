package io.kvorum.gateway.routing;

import org.jspecify.annotations.Nullable;

/** A redirect; what is null stays as in the request. */
public record Redirect(
        @Nullable String scheme,
        @Nullable String hostname,
        @Nullable Integer port,
        @Nullable PathChange path,
        int statusCode) {
    /** The value of {@code Location}. */
    public String location(RequestView request, PathMatch match, String requestScheme, int listenerPort) {
        String to = scheme == null ? requestScheme : scheme;
        int wellKnown = to.equals("https") ? 443 : 80;
        // A new scheme brings its well-known port, unless one is named; else the listener's stays.
        int at = port != null ? port : scheme != null ? wellKnown : listenerPort;
        String target = path == null ? request.path() : path.apply(match, request.path());
        return to + "://" + (hostname == null ? request.host() : hostname) + (at == wellKnown ? "" : ":" + at) + target
                + (request.query().isEmpty() ? "" : "?" + request.query());
    }
}
