package io.kvorum.client;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * How to reach an API server and who to be there: the current context of a kubeconfig file.
 *
 * @param server for example {@code https://127.7.0.40:6443}
 * @param certificateAuthority PEM; null for the platform's own
 * @param clientCertificate PEM; null for none
 * @param clientKey PEM; null for none
 * @param token bearer token; null for none
 */
public record Kubeconfig(
        URI server,
        @Nullable String certificateAuthority,
        @Nullable String clientCertificate,
        @Nullable String clientKey,
        @Nullable String token,
        boolean insecureSkipTlsVerify) {

    /** Reads {@code file}; blocks, so not for an event loop. */
    public static Kubeconfig load(Path file) throws IOException {
        @Nullable Path folder = file.toAbsolutePath().getParent();
        return parse(Files.readString(file), folder == null ? Path.of("/") : folder);
    }

    /**
     * The current context of {@code yaml}.
     *
     * @param folder what relative file names in it are relative to
     * @throws IllegalArgumentException saying what is missing
     */
    public static Kubeconfig parse(String yaml, Path folder) throws IOException {
        Object tree;
        try {
            tree = new Load(LoadSettings.builder().setLabel("kubeconfig").build()).loadFromString(yaml);
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException("the kubeconfig is not YAML: " + e.getMessage());
        }
        Map<?, ?> root = map(tree);
        Map<?, ?> context = named(root, "contexts", "context", text(root, "current-context"));
        Map<?, ?> cluster = named(root, "clusters", "cluster", text(context, "cluster"));
        Map<?, ?> user = named(root, "users", "user", text(context, "user"));
        @Nullable String server = text(cluster, "server");
        if (server == null) {
            throw new IllegalArgumentException("the kubeconfig's cluster has no server");
        }
        @Nullable String token = text(user, "token");
        @Nullable String tokenFile = text(user, "tokenFile");
        if (token == null && tokenFile != null) {
            token = Files.readString(folder.resolve(tokenFile)).strip();
        }
        return new Kubeconfig(
                URI.create(server),
                pem(cluster, "certificate-authority", folder),
                pem(user, "client-certificate", folder),
                pem(user, "client-key", folder),
                token,
                Boolean.TRUE.equals(cluster.get("insecure-skip-tls-verify")));
    }

    private static @Nullable String pem(Map<?, ?> from, String field, Path folder) throws IOException {
        @Nullable String data = text(from, field + "-data");
        if (data != null) {
            return new String(Base64.getDecoder().decode(data), StandardCharsets.US_ASCII);
        }
        @Nullable String file = text(from, field);
        return file == null ? null : Files.readString(folder.resolve(file));
    }

    private static Map<?, ?> named(Map<?, ?> root, String list, String field, @Nullable String name) {
        if (name != null && root.get(list) instanceof List<?> entries) {
            for (Object entry : entries) {
                if (name.equals(text(map(entry), "name"))) {
                    return map(map(entry).get(field));
                }
            }
        }
        throw new IllegalArgumentException("the kubeconfig has no entry \"" + name + "\" in " + list);
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static @Nullable String text(Map<?, ?> from, String field) {
        return from.get(field) instanceof String text && !text.isEmpty() ? text : null;
    }
}
