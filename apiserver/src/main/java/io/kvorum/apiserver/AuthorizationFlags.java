package io.kvorum.apiserver;

import io.kvorum.api.GoText;
import io.kvorum.apiserver.ApiServerConfig.AuthorizationMode;
import io.kvorum.apiserver.ApiServerConfig.Decider;
import io.kvorum.apiserver.remote.AuthorizationConfig;
import io.kvorum.apiserver.remote.ReviewClient;
import io.kvorum.apiserver.remote.WebhookAuthorization;
import io.kvorum.component.Flags;
import io.kvorum.component.UsageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The flags of who decides what somebody may, with upstream's names, defaults and messages. */
final class AuthorizationFlags {
    private static final List<String> OTHERS = List.of(
            "authorization-mode",
            "authorization-webhook-config-file",
            "authorization-webhook-version",
            "authorization-webhook-cache-authorized-ttl",
            "authorization-webhook-cache-unauthorized-ttl");

    private final Flags flags;
    private final Supplier<@Nullable Path> config;
    private final Supplier<List<String>> modes;
    private final Supplier<@Nullable Path> webhook;
    private final Supplier<String> version;
    private final Supplier<Duration> authorizedLife;
    private final Supplier<Duration> unauthorizedLife;

    AuthorizationFlags(Flags flags) {
        this.flags = flags;
        config = flags.optionalPath(
                "authorization-config",
                "file with an AuthorizationConfiguration: who decides, in order; instead of --authorization-mode and"
                        + " --authorization-webhook-...");
        modes = flags.list(
                "authorization-mode",
                List.of("Node", "RBAC"),
                "who decides, in order: Node, RBAC, Webhook, AlwaysAllow, AlwaysDeny");
        webhook = flags.optionalPath(
                "authorization-webhook-config-file",
                "file in the form of a kubeconfig: the webhook of --authorization-mode=Webhook");
        version = flags.text(
                "authorization-webhook-version", "v1beta1", "version of SubjectAccessReviews sent to it: v1, v1beta1");
        authorizedLife = flags.duration(
                "authorization-webhook-cache-authorized-ttl",
                Duration.ofMinutes(5),
                "how long it is remembered what it allows");
        unauthorizedLife = flags.duration(
                "authorization-webhook-cache-unauthorized-ttl",
                Duration.ofSeconds(30),
                "how long it is remembered what it does not allow");
    }

    /** Reads files; fails with a UsageException naming the flag that is wrong. */
    List<Decider> deciders() {
        Path file = config.get();
        if (file == null) {
            return byModes();
        }
        if (OTHERS.stream().anyMatch(flags::given)) {
            throw new UsageException("--authorization-config can not be specified when --authorization-mode or"
                    + " --authorization-webhook-* flags are defined");
        }
        Set<String> types = AuthorizationMode.names();
        try {
            return AuthorizationConfig.parse(OpenIdFlags.read("authorization-config", file), types).stream()
                    .map(entry -> new Decider(AuthorizationMode.of(entry.type()), entry.webhook()))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new UsageException("--authorization-config: " + file + ": " + e.getMessage());
        }
    }

    private List<Decider> byModes() {
        List<String> names = modes.get();
        if (names.isEmpty()) {
            throw new UsageException("at least one authorization-mode must be passed");
        }
        List<Decider> deciders = new ArrayList<>();
        for (String name : names) {
            AuthorizationMode mode = AuthorizationMode.of(name);
            deciders.add(new Decider(mode, mode == AuthorizationMode.WEBHOOK ? webhook() : null));
        }
        if (webhook.get() != null && !names.contains("Webhook")) {
            throw new UsageException("cannot specify --authorization-webhook-config-file without mode Webhook");
        }
        if (Set.copyOf(names).size() < names.size()) {
            throw new UsageException("authorization-mode "
                    + names.stream().map(GoText::quoted).collect(Collectors.joining(" ", "[", "]"))
                    + " has mode specified more than once");
        }
        return List.copyOf(deciders);
    }

    private WebhookAuthorization webhook() {
        Path file = webhook.get();
        if (file == null) {
            throw new UsageException("authorization-mode Webhook's authorization config file not passed");
        }
        String wanted = version.get();
        if (!wanted.equals("v1") && !wanted.equals("v1beta1")) {
            throw new UsageException("--authorization-webhook-version: unsupported webhook authorizer version "
                    + GoText.quoted(wanted) + ", supported versions are \"v1\", \"v1beta1\"");
        }
        return new WebhookAuthorization(
                "default",
                WebhookTokenFlags.service("authorization-webhook-config-file", file),
                wanted,
                ReviewClient.TIMEOUT,
                authorizedLife.get(),
                unauthorizedLife.get(),
                false,
                List.of());
    }
}
