package io.kvorum.gateway.control;

import io.fabric8.kubernetes.api.model.gatewayapi.v1.ReferenceGrantFrom;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ReferenceGrantTo;
import io.fabric8.kubernetes.api.model.gatewayapi.v1beta1.ReferenceGrant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who may refer to objects of another namespace. */
final class References {
    private final List<ReferenceGrant> grants;

    References(List<ReferenceGrant> grants) {
        this.grants = grants;
    }

    /** Whether a {@code kind} of the Gateway API in {@code from} may refer to a core {@code toKind} in {@code to}. */
    boolean permitted(String kind, String from, String toKind, String to, String name) {
        return from.equals(to)
                || grants.stream()
                        .filter(grant -> to.equals(grant.getMetadata().getNamespace()) && grant.getSpec() != null)
                        .anyMatch(grant -> grant.getSpec().getFrom().stream().anyMatch(who -> fits(who, kind, from))
                                && grant.getSpec().getTo().stream().anyMatch(what -> fits(what, toKind, name)));
    }

    private static boolean fits(ReferenceGrantFrom who, String kind, String namespace) {
        return Names.GROUP.equals(who.getGroup()) && kind.equals(who.getKind()) && namespace.equals(who.getNamespace());
    }

    private static boolean fits(ReferenceGrantTo what, String kind, String name) {
        @Nullable String only = what.getName();
        return Names.orElse(what.getGroup(), "").isEmpty()
                && kind.equals(what.getKind())
                && (only == null || only.isEmpty() || only.equals(name));
    }
}
