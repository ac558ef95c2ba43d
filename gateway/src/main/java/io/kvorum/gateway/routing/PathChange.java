package io.kvorum.gateway.routing;

/**
 * A change of the path.
 *
 * @param prefixOnly whether only the matched prefix is replaced, instead of the whole path
 */
public record PathChange(boolean prefixOnly, String value) {
    /**
     * @param match what the request met; its prefix is what is replaced
     * @param path of the request, without query
     */
    public String apply(PathMatch match, String path) {
        if (!prefixOnly) {
            return value.isEmpty() ? "/" : value;
        }
        String prefix =
                match instanceof PathMatch.Prefix matched && !matched.value().equals("/") ? matched.value() : "";
        String rest = path.startsWith(prefix) ? path.substring(prefix.length()) : path;
        String head = value.endsWith("/") ? value.substring(0, value.length() - 1) : value;
        String whole = rest.isEmpty() || rest.startsWith("/") ? head + rest : head + "/" + rest;
        return whole.isEmpty() ? "/" : whole.startsWith("/") ? whole : "/" + whole;
    }
}
