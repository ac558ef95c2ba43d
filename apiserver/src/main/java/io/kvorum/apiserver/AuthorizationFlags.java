package io.kvorum.apiserver;

import io.kvorum.api.GoText;
import io.kvorum.apiserver.ApiServerConfig.AuthorizationMode;
import io.kvorum.apiserver.ApiServerConfig.Decider;
import io.kvorum.apiserver.config.ConfigFile;
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
import java.util.TreeSet;
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

    private static final Set<AuthorizationMode> FROM_THE_START = Set.of(AuthorizationMode.NODE, AuthorizationMode.RBAC);

    private final Flags flags;
    private @Nullable Known read;
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
        return configuration(file).deciders();
    }

    /** What is in the file of {@code --authorization-config}. */
    private record Known(String text, List<Decider> deciders) {}

    private Known configuration(Path file) {
        Known known = read;
        if (known == null) {
            String text = OpenIdFlags.read("authorization-config", file);
            try {
                known = new Known(text, parsed(text, Set.of()));
            } catch (IllegalArgumentException e) {
                throw new UsageException("--authorization-config: " + file + ": " + e.getMessage());
            }
            read = known;
        }
        return known;
    }

    /**
     * The file of {@code --authorization-config}, null for none. Webhooks may come and go; whoever else decides from the start
     * must be in it, and those whose state is kept since the start cannot come later.
     *
     * @param open whether requests without credentials are let in to more than health
     */
    @Nullable
    ConfigFile<List<Decider>> file(boolean open) {
        Path file = config.get();
        if (file == null) {
            return null;
        }
        Known first = configuration(file);
        Set<String> types = new TreeSet<>();
        first.deciders().stream()
                .filter(each -> each.mode() != AuthorizationMode.WEBHOOK)
                .forEach(each -> types.add(each.mode().flag()));
        return new ConfigFile<>(file, first.text(), text -> {
            List<Decider> next = parsed(text, types);
            for (Decider each : next) {
                boolean late = FROM_THE_START.contains(each.mode())
                        // Who may do everything must be somebody, which is seen to at the start.
                        || open && each.mode() == AuthorizationMode.ALWAYS_ALLOW;
                if (late && !types.contains(each.mode().flag())) {
                    throw new IllegalArgumentException("authorizer type "
                            + each.mode().flag() + " is not allowed if it was not enabled at initial server startup");
                }
            }
            return next;
        });
    }

    private static List<Decider> parsed(String text, Set<String> required) {
        List<AuthorizationConfig.Entry> entries = AuthorizationConfig.parse(text, AuthorizationMode.names());
        List<String> wrong = new ArrayList<>();
        Set<String> missing = new TreeSet<>(required);
        for (AuthorizationConfig.Entry entry : entries) {
            missing.remove(entry.type());
            AuthorizationMode mode = AuthorizationMode.of(entry.type());
            if (mode != AuthorizationMode.WEBHOOK && !entry.name().equals(mode.lowerName())) {
                wrong.add("expected name " + mode.lowerName() + " for authorizer " + entry.type() + " instead of "
                        + entry.name());
            }
        }
        if (!missing.isEmpty()) {
            wrong.add("missing required types: [" + String.join(" ", missing) + "]");
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(wrong.size() == 1 ? wrong.get(0) : "[" + String.join(", ", wrong) + "]");
        }
        return entries.stream()
                .map(entry -> new Decider(AuthorizationMode.of(entry.type()), entry.webhook()))
                .toList();
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
