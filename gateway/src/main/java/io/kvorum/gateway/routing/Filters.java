package io.kvorum.gateway.routing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is done to a request and its answer.
 *
 * @param rewriteHost null to keep the Host header
 * @param broken a filter that is not known: the request is answered with 500
 */
public record Filters(
        List<HeaderChange> request,
        List<HeaderChange> response,
        List<Mirror> mirrors,
        @Nullable Redirect redirect,
        @Nullable String rewriteHost,
        @Nullable PathChange rewritePath,
        boolean broken) {
    public static final Filters NONE = new Filters(List.of(), List.of(), List.of(), null, null, null, false);
}
