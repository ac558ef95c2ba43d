package io.kvorum.apiserver.remote;

import io.kvorum.api.kubeconfig.KubeconfigContext;
import io.kvorum.api.validation.PemCertificates;
import io.kvorum.apiserver.config.ConfigDocument;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
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
        Path folder = Objects.requireNonNullElse(file.toAbsolutePath().getParent(), Path.of("/"));
        KubeconfigContext context = KubeconfigContext.of(ConfigDocument.load(Files.readString(file)), folder);
        String authorities = context.certificateAuthority();
        String problem = authorities.isEmpty()
                ? null
                : PemCertificates.problemOfBundle(
                        Base64.getEncoder().encodeToString(authorities.getBytes(StandardCharsets.ISO_8859_1)));
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        String name = context.tlsServerName();
        return new WebhookService(
                server(context.server()),
                name.isEmpty() ? null : name,
                authorities,
                context.insecureSkipTlsVerify(),
                context.clientCertificate(),
                context.clientKey(),
                authorization(context));
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

    private static String authorization(KubeconfigContext context) {
        if (!context.token().isEmpty()) {
            return "Bearer " + context.token();
        }
        String pair = context.username() + ":" + context.password();
        return context.username().isEmpty()
                ? ""
                : "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
}
