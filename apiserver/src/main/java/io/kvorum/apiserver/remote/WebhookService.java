package io.kvorum.apiserver.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.api.validation.PemCertificates;
import io.kvorum.apiserver.config.ConfigDocument;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a webhook is, whom it is to be, and who is to be seen asking: the current context of a file in the form of a kubeconfig.
 *
 * @param server https URL that is asked as it stands
 * @param serverName what the certificate must name; null: the URL's host
 * @param authorities PEM of those who may certify it; empty: those of the JDK
 * @param unverified lets any certificate pass
 * @param certificate PEM of the client certificate; empty for none
 * @param key PEM of its private key
 * @param authorization value of the header; empty for none
 */
public record WebhookService(
        URI server,
        @Nullable String serverName,
        String authorities,
        boolean unverified,
        String certificate,
        String key,
        String authorization) {
    /** Secrets are not told. */
    @Override
    public String toString() {
        return "WebhookService[" + server + "]";
    }

    /**
     * Reads the file and those it names.
     *
     * @throws IOException a file cannot be read
     * @throws IllegalArgumentException saying what is wrong
     */
    public static WebhookService read(Path file) throws IOException {
        JsonNode root = ConfigDocument.tree(Files.readString(file));
        Path folder = Objects.requireNonNullElse(file.toAbsolutePath().getParent(), Path.of("/"));
        JsonNode context = named(root, "contexts", "context", Tree.text(root, "current-context"));
        JsonNode cluster = named(root, "clusters", "cluster", Tree.text(context, "cluster"));
        String userName = Tree.text(context, "user");
        JsonNode user = userName.isEmpty() ? Tree.newObject() : named(root, "users", "user", userName);
        for (String field : List.of("exec", "auth-provider")) {
            if (user.has(field)) {
                throw new IllegalArgumentException("user \"" + userName + "\": " + field + " is not supported");
            }
        }
        if (cluster.has("proxy-url")) {
            throw new IllegalArgumentException("cluster: proxy-url is not supported");
        }
        String name = Tree.text(cluster, "tls-server-name");
        String authorities = pem(cluster, "certificate-authority", folder);
        boolean unverified = Tree.flag(cluster, "insecure-skip-tls-verify");
        if (unverified && !authorities.isEmpty()) {
            throw new IllegalArgumentException(
                    "specifying a root certificates file with the insecure flag is not allowed");
        }
        String problem = authorities.isEmpty()
                ? null
                : PemCertificates.problemOfBundle(
                        Base64.getEncoder().encodeToString(authorities.getBytes(StandardCharsets.ISO_8859_1)));
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        String certificate = pem(user, "client-certificate", folder);
        String key = pem(user, "client-key", folder);
        if (certificate.isEmpty() != key.isEmpty()) {
            throw new IllegalArgumentException("client-certificate and client-key must both be specified");
        }
        return new WebhookService(
                server(Tree.text(cluster, "server")),
                name.isEmpty() ? null : name,
                authorities,
                unverified,
                certificate,
                key,
                authorization(user, folder));
    }

    private static URI server(String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("server \"" + text + "\" is no URL", e);
        }
        if (!"https".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException("server \"" + text + "\" must be an https URL");
        }
        return uri;
    }

    private static String authorization(JsonNode user, Path folder) throws IOException {
        String token = Tree.text(user, "token");
        String file = Tree.text(user, "tokenFile");
        if (!file.isEmpty()) {
            token = Files.readString(folder.resolve(file)).strip();
        }
        if (!token.isEmpty()) {
            return "Bearer " + token;
        }
        String name = Tree.text(user, "username");
        String pair = name + ":" + Tree.text(user, "password");
        return name.isEmpty()
                ? ""
                : "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private static String pem(JsonNode from, String field, Path folder) throws IOException {
        String data = Tree.text(from, field + "-data");
        if (!data.isEmpty()) {
            return new String(Base64.getDecoder().decode(data), StandardCharsets.ISO_8859_1);
        }
        String file = Tree.text(from, field);
        return file.isEmpty() ? "" : Files.readString(folder.resolve(file), StandardCharsets.ISO_8859_1);
    }

    private static JsonNode named(JsonNode root, String list, String field, String name) {
        for (JsonNode entry : Tree.items(root, list)) {
            if (!name.isEmpty() && Tree.text(entry, "name").equals(name)) {
                return entry.path(field);
            }
        }
        throw new IllegalArgumentException(
                name.isEmpty() && list.equals("contexts")
                        ? "current-context must be set"
                        : field + " \"" + name + "\" does not exist");
    }
}
