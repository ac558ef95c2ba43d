package io.kvorum.client;

import io.kvorum.api.kubeconfig.KubeconfigContext;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
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
     * @throws IllegalArgumentException saying what is missing, or is not supported
     */
    public static Kubeconfig parse(String yaml, Path folder) throws IOException {
        Object tree;
        try {
            tree = new Load(LoadSettings.builder().setLabel("kubeconfig").build()).loadFromString(yaml);
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException("the kubeconfig is not YAML: " + e.getMessage());
        }
        KubeconfigContext context = KubeconfigContext.of(tree, folder);
        if (context.server().isEmpty()) {
            throw new IllegalArgumentException("the kubeconfig's cluster has no server");
        }
        return new Kubeconfig(
                URI.create(context.server()),
                some(context.certificateAuthority()),
                some(context.clientCertificate()),
                some(context.clientKey()),
                some(context.token()),
                context.insecureSkipTlsVerify());
    }

    private static @Nullable String some(String text) {
        return text.isEmpty() ? null : text;
    }
}
