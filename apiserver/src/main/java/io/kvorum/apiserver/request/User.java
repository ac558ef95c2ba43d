package io.kvorum.apiserver.request;

import java.util.List;

/** Who asks: a name and groups; {@code system:authenticated} is among the groups of everyone but the anonymous user. */
public record User(String name, List<String> groups) {
    public static final String MASTERS = "system:masters";
    public static final String AUTHENTICATED = "system:authenticated";

    /** The API server itself. */
    public static final User APISERVER = new User("system:apiserver", List.of(MASTERS, AUTHENTICATED));

    public static final User ANONYMOUS = new User("system:anonymous", List.of("system:unauthenticated"));
}
