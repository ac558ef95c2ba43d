package io.kvorum.api.kubeconfig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The current context of a kubeconfig: a server, whom to believe that it is, and who to be there. Texts are empty for what is not
 * said; files are read, {@code ...-data} counts before them, and a file with a token before a token.
 *
 * @param server URL as it stands
 * @param tlsServerName what the certificate must name instead of the URL's host
 * @param certificateAuthority PEM of those who may certify it
 * @param insecureSkipTlsVerify lets any certificate pass
 * @param clientCertificate PEM
 * @param clientKey PEM
 * @param token bearer token
 */
public record KubeconfigContext(
        String server,
        String tlsServerName,
        String certificateAuthority,
        boolean insecureSkipTlsVerify,
        String clientCertificate,
        String clientKey,
        String token,
        String username,
        String password) {
    /** What others ask, or ask by: nobody is run here to be told who to be. */
    private static final List<String> UNSUPPORTED = List.of("exec", "auth-provider");

    /** Secrets are not told. */
    @Override
    public String toString() {
        return "KubeconfigContext[" + server + "]";
    }

    /**
     * Reads it, and the files it names.
     *
     * @param document the kubeconfig as YAML readers give it: maps, lists and scalars
     * @param folder what relative file names in it are relative to
     * @throws IOException a file cannot be read
     * @throws IllegalArgumentException saying what is wrong
     */
    public static KubeconfigContext of(@Nullable Object document, Path folder) throws IOException {
        Map<?, ?> root = map(document);
        Map<?, ?> context = named(root, "contexts", "context", text(root, "current-context"));
        Map<?, ?> cluster = named(root, "clusters", "cluster", text(context, "cluster"));
        String userName = text(context, "user");
        Map<?, ?> user = userName.isEmpty() ? Map.of() : named(root, "users", "user", userName);
        for (String field : UNSUPPORTED) {
            if (user.get(field) != null) {
                throw new IllegalArgumentException("user \"" + userName + "\": " + field + " is not supported");
            }
        }
        if (!text(cluster, "proxy-url").isEmpty()) {
            throw new IllegalArgumentException("cluster: proxy-url is not supported");
        }
        String authority = pem(cluster, "certificate-authority", folder);
        boolean unverified = Boolean.TRUE.equals(cluster.get("insecure-skip-tls-verify"));
        if (unverified && !authority.isEmpty()) {
            throw new IllegalArgumentException(
                    "specifying a root certificates file with the insecure flag is not allowed");
        }
        String certificate = pem(user, "client-certificate", folder);
        String key = pem(user, "client-key", folder);
        if (certificate.isEmpty() != key.isEmpty()) {
            throw new IllegalArgumentException("client-certificate and client-key must both be specified");
        }
        return new KubeconfigContext(
                text(cluster, "server"),
                text(cluster, "tls-server-name"),
                authority,
                unverified,
                certificate,
                key,
                token(user, folder),
                text(user, "username"),
                text(user, "password"));
    }

    private static String token(Map<?, ?> user, Path folder) throws IOException {
        String file = text(user, "tokenFile");
        return file.isEmpty()
                ? text(user, "token")
                : Files.readString(folder.resolve(file)).strip();
    }

    private static String pem(Map<?, ?> from, String field, Path folder) throws IOException {
        String data = text(from, field + "-data");
        if (!data.isEmpty()) {
            return new String(Base64.getDecoder().decode(data), StandardCharsets.ISO_8859_1);
        }
        String file = text(from, field);
        return file.isEmpty() ? "" : Files.readString(folder.resolve(file), StandardCharsets.ISO_8859_1);
    }

    private static Map<?, ?> named(Map<?, ?> root, String list, String field, String name) {
        if (!name.isEmpty() && root.get(list) instanceof List<?> entries) {
            for (Object entry : entries) {
                if (name.equals(text(map(entry), "name"))) {
                    return map(map(entry).get(field));
                }
            }
        }
        throw new IllegalArgumentException(
                name.isEmpty() && list.equals("contexts")
                        ? "current-context must be set"
                        : field + " \"" + name + "\" does not exist");
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static String text(Map<?, ?> from, String field) {
        return from.get(field) instanceof String text ? text : "";
    }
}
