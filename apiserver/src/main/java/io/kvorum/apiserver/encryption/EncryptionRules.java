package io.kvorum.apiserver.encryption;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.config.ConfigDocument;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which resources are encrypted how: an {@code apiserver.config.k8s.io/v1} EncryptionConfiguration. The first rule that
 * names a resource holds; of its providers the first seals, and all open.
 */
public final class EncryptionRules {
    /** @param resources {@code RESOURCE}, {@code RESOURCE.GROUP}, {@code *.GROUP} or {@code *.*} */
    private record Rule(Set<String> resources, List<Provider> providers) {}

    private final List<Rule> rules;

    private EncryptionRules(List<Rule> rules) {
        this.rules = rules;
    }

    /** Fails with IllegalArgumentException that says what is wrong. */
    public static EncryptionRules parse(String yaml) {
        JsonNode config = ConfigDocument.tree(yaml);
        if (!Tree.text(config, "kind").equals("EncryptionConfiguration")
                || !Tree.text(config, "apiVersion").equals("apiserver.config.k8s.io/v1")) {
            throw new IllegalArgumentException("kind EncryptionConfiguration of apiserver.config.k8s.io/v1 expected");
        }
        List<Rule> rules = new ArrayList<>();
        for (JsonNode rule : Tree.items(config, "resources")) {
            List<Provider> providers = new ArrayList<>();
            Tree.items(rule, "providers").forEach(provider -> providers.add(provider(provider)));
            if (providers.isEmpty() || Tree.texts(rule, "resources").isEmpty()) {
                throw new IllegalArgumentException("each of resources needs resources and providers");
            }
            rules.add(new Rule(Set.copyOf(Tree.texts(rule, "resources")), List.copyOf(providers)));
        }
        if (rules.isEmpty()) {
            throw new IllegalArgumentException("resources: at least one is required");
        }
        return new EncryptionRules(List.copyOf(rules));
    }

    private static Provider provider(JsonNode given) {
        if (given.size() != 1) {
            throw new IllegalArgumentException(
                    "each of providers has exactly one of identity, aesgcm, aescbc, secretbox");
        }
        String name = given.fieldNames().next();
        return switch (name) {
            case "identity" -> new Plain();
            case "aesgcm" -> new Prefixed(name, keys(given.path(name), Ciphers::aesGcm));
            case "aescbc" -> new Prefixed(name, keys(given.path(name), Ciphers::aesCbc));
            case "secretbox" -> new Prefixed(name, keys(given.path(name), Ciphers::secretBox));
            default -> throw new IllegalArgumentException("provider " + name + " is not known");
        };
    }

    private static List<Prefixed.Key> keys(JsonNode provider, Function<byte[], Prefixed.Cipher> cipher) {
        List<Prefixed.Key> keys = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode key : Tree.items(provider, "keys")) {
            String name = Tree.text(key, "name");
            if (name.isEmpty() || name.contains(":") || !names.add(name)) {
                throw new IllegalArgumentException("keys need names of their own, without colons: \"" + name + "\"");
            }
            byte[] secret = Base64.getDecoder().decode(Tree.text(key, "secret"));
            keys.add(new Prefixed.Key(name, cipher.apply(secret)));
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("keys: at least one is required");
        }
        return keys;
    }

    /** @param resource {@code group or core/resource}, as in keys */
    private @Nullable List<Provider> providers(String group, String resource) {
        String core = group.equals("core") ? "" : group;
        for (Rule rule : rules) {
            boolean named = rule.resources.contains("*.*")
                    || rule.resources.contains("*." + core)
                    || rule.resources.contains(core.isEmpty() ? resource : resource + "." + core);
            if (named) {
                return rule.providers;
            }
        }
        return null;
    }

    /** The stored form of a value; the value itself when its resource is not named. */
    byte[] seal(String group, String resource, byte[] plain, byte[] context) throws GeneralSecurityException {
        List<Provider> providers = providers(group, resource);
        return providers == null ? plain : providers.get(0).seal(plain, context);
    }

    /** The value of a stored form; fails when no provider knows it. */
    byte[] open(String group, String resource, byte[] stored, byte[] context) throws GeneralSecurityException {
        List<Provider> providers = providers(group, resource);
        if (providers == null) {
            return stored;
        }
        for (Provider provider : providers) {
            byte[] plain = provider.open(stored, context);
            if (plain != null) {
                return plain;
            }
        }
        throw new GeneralSecurityException("identity transformer tried to read encrypted data");
    }
}
