package io.kvorum.apiserver.auth;

import java.util.HashSet;
import java.util.Set;

/**
 * Which requests without credentials are let in as {@code system:anonymous}; the authorizer still decides.
 *
 * @param enabled whether any are
 * @param paths the only ones, exactly; empty: all
 */
public record AnonymousAccess(boolean enabled, Set<String> paths) {
    public static final AnonymousAccess EVERYWHERE = new AnonymousAccess(true, Set.of());
    public static final AnonymousAccess NOWHERE = new AnonymousAccess(false, Set.of());

    /** What load balancers and probes ask without a credential. */
    public static final AnonymousAccess HEALTH = new AnonymousAccess(true, Set.of("/healthz", "/livez", "/readyz"));

    /** Health at most where everybody may do everything. */
    public AnonymousAccess unless(boolean everything) {
        if (!everything || !enabled || paths.isEmpty()) {
            return everything && enabled ? HEALTH : this;
        }
        Set<String> left = new HashSet<>(paths);
        left.retainAll(HEALTH.paths);
        return left.isEmpty() ? NOWHERE : new AnonymousAccess(true, Set.copyOf(left));
    }

    /** @param bare whether there is no credential of any kind; one that nobody understands is let in where that was asked for */
    boolean lets(String path, boolean bare) {
        return enabled && (paths.isEmpty() || paths.contains(path)) && (bare || this != HEALTH);
    }
}
