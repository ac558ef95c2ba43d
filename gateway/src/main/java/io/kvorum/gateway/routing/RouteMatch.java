package io.kvorum.gateway.routing;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Conditions that must all hold.
 *
 * @param method null for any
 * @param headers of several for one name (in any case) only the first counts, and likewise of {@code parameters}
 */
public record RouteMatch(
        PathMatch path, @Nullable String method, List<ValueMatch> headers, List<ValueMatch> parameters) {
    /** The more specific match first: path, method, number of headers, number of parameters. */
    static final Comparator<RouteMatch> PRECEDENCE = Comparator.<RouteMatch>comparingInt(
                    match -> match.path().rank())
            .thenComparingInt(match -> match.path().length())
            .thenComparingInt(match -> match.method() == null ? 0 : 1)
            .thenComparingInt(match -> match.headers().size())
            .thenComparingInt(match -> match.parameters().size())
            .reversed();

    /** Everything. */
    public static final RouteMatch ANY = new RouteMatch(new PathMatch.Prefix("/"), null, List.of(), List.of());

    public RouteMatch {
        headers = firsts(headers, true);
        parameters = firsts(parameters, false);
    }

    private static List<ValueMatch> firsts(List<ValueMatch> all, boolean anyCase) {
        Set<String> seen = new HashSet<>();
        return all.stream()
                .filter(match -> seen.add(anyCase ? match.name().toLowerCase(Locale.ROOT) : match.name()))
                .toList();
    }

    public boolean matches(RequestView request) {
        if (method != null && !method.equals(request.method()) || !path.matches(request.path())) {
            return false;
        }
        for (ValueMatch header : headers) {
            if (!header.matches(request.header(header.name()))) {
                return false;
            }
        }
        for (ValueMatch parameter : parameters) {
            if (!parameter.matches(request.parameter(parameter.name()))) {
                return false;
            }
        }
        return true;
    }
}
