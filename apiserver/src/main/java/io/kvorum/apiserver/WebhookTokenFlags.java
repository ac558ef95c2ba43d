package io.kvorum.apiserver;

import io.kvorum.api.GoText;
import io.kvorum.apiserver.remote.WebhookService;
import io.kvorum.apiserver.remote.WebhookTokens;
import io.kvorum.component.Flags;
import io.kvorum.component.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The flags of a webhook that is asked whose a token is, with upstream's names, defaults and messages. */
final class WebhookTokenFlags {
    private final Supplier<@Nullable Path> config;
    private final Supplier<String> version;
    private final Supplier<Duration> life;

    WebhookTokenFlags(Flags flags) {
        config = flags.optionalPath(
                "authentication-token-webhook-config-file",
                "file in the form of a kubeconfig: the webhook that is asked whose a token is");
        version = flags.text(
                "authentication-token-webhook-version", "v1beta1", "version of TokenReviews sent to it: v1, v1beta1");
        life = flags.duration(
                "authentication-token-webhook-cache-ttl",
                Duration.ofMinutes(2),
                "how long it is remembered what it says");
    }

    /** Reads files; fails with a UsageException naming the flag that is wrong; null when there is none. */
    WebhookTokens.@Nullable How how() {
        Path file = config.get();
        if (file == null) {
            return null;
        }
        String wanted = version.get();
        if (!wanted.equals("v1") && !wanted.equals("v1beta1")) {
            throw new UsageException(
                    "--authentication-token-webhook-version: unsupported authentication webhook version "
                            + GoText.quoted(wanted) + ", supported versions are \"v1\", \"v1beta1\"");
        }
        return new WebhookTokens.How(service("authentication-token-webhook-config-file", file), wanted, life.get());
    }

    static WebhookService service(String flag, Path file) {
        try {
            return WebhookService.read(file);
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageException("--" + flag + ": " + file + ": " + e.getMessage());
        }
    }
}
