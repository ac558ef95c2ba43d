package io.kvorum.apiserver.oidc;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.api.validation.FieldErrors;
import io.kvorum.api.validation.FieldPath;
import io.kvorum.apiserver.auth.AnonymousAccess;
import io.kvorum.apiserver.config.ConfigDocument;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An AuthenticationConfiguration of {@code apiserver.config.k8s.io} (KEP-3331).
 *
 * @param issuers whose tokens are believed, and who they make of their owners
 * @param anonymous which requests without credentials are let in; null: nothing is said
 */
public record AuthenticationConfig(
        List<Issuer> issuers, @Nullable AnonymousAccess anonymous) {
    private static final List<String> VERSIONS = List.of("v1", "v1beta1", "v1alpha1");
    private static final int MOST_ISSUERS = 64;

    /**
     * Reads it.
     *
     * @param disallowed issuers that nobody else may be: those of service account tokens
     * @throws IllegalArgumentException saying all that is wrong, in upstream's words
     */
    public static AuthenticationConfig parse(String yaml, List<String> disallowed) {
        ConfigDocument document = ConfigDocument.parse(yaml, "AuthenticationConfiguration", VERSIONS);
        JsonNode root = document.root();
        document.only(root, "", Set.of("apiVersion", "kind", "jwt", "anonymous"));
        List<JsonNode> all = Tree.items(root, "jwt");
        for (int i = 0; i < all.size(); i++) {
            IssuerConfig.strict(document, all.get(i), "jwt[" + i + "]");
        }
        strictAnonymous(document, root.path("anonymous"));
        document.checkStrict();
        FieldErrors errors = new FieldErrors();
        FieldPath jwt = FieldPath.of("jwt");
        List<Issuer> issuers = new ArrayList<>();
        if (all.size() > MOST_ISSUERS) {
            errors.tooMany(jwt, all.size(), MOST_ISSUERS);
        } else {
            issuers(all, jwt, new TreeSet<>(disallowed), errors, issuers);
        }
        AnonymousAccess anonymous = anonymous(root.path("anonymous"), errors);
        ConfigDocument.check(errors);
        return new AuthenticationConfig(List.copyOf(issuers), anonymous);
    }

    private static void issuers(
            List<JsonNode> all, FieldPath jwt, Set<String> disallowed, FieldErrors errors, List<Issuer> to) {
        Set<String> urls = new HashSet<>();
        Set<String> discoveries = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            FieldPath at = jwt.index(i);
            Issuer issuer = new IssuerConfig(all.get(i), at, disallowed, errors).read();
            String url = Tree.text(all.get(i), "issuer", "url");
            String discovery = Tree.text(all.get(i), "issuer", "discoveryURL");
            if (!urls.add(url)) {
                errors.duplicate(at.child("issuer", "url"), url);
            }
            if (!discovery.isEmpty() && !discoveries.add(discovery)) {
                errors.duplicate(at.child("issuer", "discoveryURL"), discovery);
            }
            if (issuer != null) {
                to.add(issuer);
            }
        }
    }

    private static void strictAnonymous(ConfigDocument document, JsonNode anonymous) {
        document.only(anonymous, "anonymous", Set.of("enabled", "conditions"));
        List<JsonNode> conditions = Tree.items(anonymous, "conditions");
        for (int i = 0; i < conditions.size(); i++) {
            document.only(conditions.get(i), "anonymous.conditions[" + i + "]", Set.of("path"));
        }
    }

    private static @Nullable AnonymousAccess anonymous(JsonNode anonymous, FieldErrors errors) {
        if (!anonymous.isObject()) {
            return null;
        }
        Set<String> paths = new HashSet<>();
        Tree.items(anonymous, "conditions").forEach(each -> paths.add(Tree.text(each, "path")));
        boolean enabled = Tree.flag(anonymous, "enabled");
        if (!enabled && !paths.isEmpty()) {
            errors.invalid(
                    FieldPath.of("anonymous", "conditions"),
                    anonymous.path("conditions"),
                    "enabled should be set to true when conditions are defined");
        }
        return enabled ? new AnonymousAccess(true, Set.copyOf(paths)) : AnonymousAccess.NOWHERE;
    }
}
