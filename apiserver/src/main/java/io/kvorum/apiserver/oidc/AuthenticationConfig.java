package io.kvorum.apiserver.oidc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.oidc.Issuer.Mapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * An AuthenticationConfiguration of {@code apiserver.config.k8s.io}: issuers with claims mapped by name. Mappings and
 * rules written as CEL expressions are refused.
 */
public final class AuthenticationConfig {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> VERSIONS = Set.of("v1", "v1beta1", "v1alpha1");

    private AuthenticationConfig() {}

    /** The issuers; fails with IllegalArgumentException that says what is wrong. */
    public static List<Issuer> parse(String yaml) {
        JsonNode config;
        try {
            config = JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(yaml));
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException("no YAML: " + e.getMessage(), e);
        }
        String version = Tree.text(config, "apiVersion").replace("apiserver.config.k8s.io/", "");
        if (!Tree.text(config, "kind").equals("AuthenticationConfiguration") || !VERSIONS.contains(version)) {
            throw new IllegalArgumentException(
                    "kind AuthenticationConfiguration of apiserver.config.k8s.io/v1 expected");
        }
        List<Issuer> issuers = new ArrayList<>();
        for (JsonNode jwt : Tree.items(config, "jwt")) {
            issuers.add(issuer(jwt));
        }
        if (issuers.stream().map(Issuer::url).distinct().count() < issuers.size()) {
            throw new IllegalArgumentException("jwt: each issuer url may stand once");
        }
        return issuers;
    }

    private static Issuer issuer(JsonNode jwt) {
        JsonNode issuer = jwt.path("issuer");
        JsonNode mappings = jwt.path("claimMappings");
        Map<String, String> required = new LinkedHashMap<>();
        for (JsonNode rule : Tree.items(jwt, "claimValidationRules")) {
            withoutExpression(rule, "claimValidationRules");
            required.put(Tree.text(rule, "claim"), Tree.text(rule, "requiredValue"));
        }
        if (!Tree.items(jwt, "userValidationRules").isEmpty()
                || !Tree.items(mappings, "extra").isEmpty()) {
            throw new IllegalArgumentException(
                    "jwt: userValidationRules and claimMappings.extra need expressions," + " which are not supported");
        }
        if (Tree.text(mappings, "username", "claim").isEmpty()) {
            withoutExpression(mappings.path("username"), "claimMappings.username");
            throw new IllegalArgumentException("jwt: claimMappings.username.claim is required");
        }
        withoutExpression(mappings.path("groups"), "claimMappings.groups");
        withoutExpression(mappings.path("uid"), "claimMappings.uid");
        return new Issuer(
                Tree.text(issuer, "url"),
                optional(issuer, "discoveryURL"),
                optional(issuer, "certificateAuthority"),
                Tree.texts(issuer, "audiences"),
                mapping(mappings.path("username")),
                mapping(mappings.path("groups")),
                Tree.text(mappings, "uid", "claim"),
                required,
                Issuer.ALGORITHMS);
    }

    private static void withoutExpression(JsonNode node, String where) {
        if (!Tree.text(node, "expression").isEmpty()) {
            throw new IllegalArgumentException("jwt: " + where + ": expressions are not supported");
        }
    }

    private static Mapping mapping(JsonNode node) {
        return new Mapping(Tree.text(node, "claim"), Tree.text(node, "prefix"));
    }

    private static @Nullable String optional(JsonNode node, String field) {
        String text = Tree.text(node, field);
        return text.isEmpty() ? null : text;
    }
}
