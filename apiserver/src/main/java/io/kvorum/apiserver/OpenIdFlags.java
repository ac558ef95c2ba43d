package io.kvorum.apiserver;

import io.kvorum.apiserver.auth.AnonymousAccess;
import io.kvorum.apiserver.config.ConfigFile;
import io.kvorum.apiserver.oidc.AuthenticationConfig;
import io.kvorum.apiserver.oidc.ClaimExpressions;
import io.kvorum.apiserver.oidc.Issuer;
import io.kvorum.apiserver.oidc.Issuer.Mapping;
import io.kvorum.component.Flags;
import io.kvorum.component.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The flags of OpenID Connect, with upstream's names and defaults. */
final class OpenIdFlags {
    private static final List<String> NAMES = List.of(
            "oidc-issuer-url",
            "oidc-client-id",
            "oidc-username-claim",
            "oidc-username-prefix",
            "oidc-groups-claim",
            "oidc-groups-prefix",
            "oidc-required-claim",
            "oidc-signing-algs",
            "oidc-ca-file");

    private final Flags flags;
    private final Supplier<List<String>> accounts;
    private @Nullable Known read;
    private final Supplier<@Nullable Path> config;
    private final Supplier<@Nullable String> issuer;
    private final Supplier<@Nullable String> client;
    private final Supplier<String> usernameClaim;
    private final Supplier<@Nullable String> usernamePrefix;
    private final Supplier<String> groupsClaim;
    private final Supplier<String> groupsPrefix;
    private final Supplier<List<String>> required;
    private final Supplier<List<String>> algorithms;
    private final Supplier<@Nullable Path> authority;

    /** @param accounts the issuers of service account tokens, which nobody else may be */
    OpenIdFlags(Flags flags, Supplier<List<String>> accounts) {
        this.flags = flags;
        this.accounts = accounts;
        config = flags.optionalPath(
                "authentication-config", "file with an AuthenticationConfiguration; instead of the --oidc-... flags");
        issuer = flags.optionalText("oidc-issuer-url", "URL of the OpenID issuer, https only");
        client = flags.optionalText("oidc-client-id", "whom its tokens must be for");
        usernameClaim = flags.text("oidc-username-claim", "sub", "claim that names the user");
        usernamePrefix = flags.optionalText(
                "oidc-username-prefix", "goes before user names; issuer and # by default, but for email; - for none");
        groupsClaim = flags.text("oidc-groups-claim", "", "claim that names the user's groups");
        groupsPrefix = flags.text("oidc-groups-prefix", "", "goes before group names");
        required = flags.list("oidc-required-claim", List.of(), "key=value that must be among the claims");
        algorithms = flags.list("oidc-signing-algs", List.of("RS256"), "algorithms of signatures that are accepted");
        authority = flags.optionalPath(
                "oidc-ca-file", "PEM file of the authorities that may certify the issuer; the JDK's by default");
    }

    /** Reads files; fails with a UsageException naming the flag that is wrong. */
    List<Issuer> issuers() {
        Path file = config.get();
        String url = issuer.get();
        boolean any = NAMES.stream().anyMatch(flags::given);
        if (file != null && any) {
            throw new UsageException("authentication-config file and oidc-* flags are mutually exclusive");
        }
        if (file != null) {
            return configuration(file).configuration().issuers();
        }
        if (any && (url == null || client.get() == null)) {
            throw new UsageException(
                    "oidc-issuer-url and oidc-client-id must be specified together when any oidc-* flags are set");
        }
        try {
            return url == null ? List.of() : List.of(issuer(url));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--oidc-...: " + e.getMessage());
        }
    }

    /** What is in the file of {@code --authentication-config}. */
    private record Known(String text, AuthenticationConfig configuration) {}

    private Known configuration(Path file) {
        Known known = read;
        if (known == null) {
            String text = read("authentication-config", file);
            try {
                known = new Known(text, AuthenticationConfig.parse(text, accounts.get()));
            } catch (IllegalArgumentException e) {
                throw new UsageException("--authentication-config: " + file + ": " + e.getMessage());
            }
            read = known;
        }
        return known;
    }

    /** The file of {@code --authentication-config}, whose issuers may change but not who needs no credentials; null for none. */
    @Nullable
    ConfigFile<List<Issuer>> file() {
        Path file = config.get();
        if (file == null) {
            return null;
        }
        Known first = configuration(file);
        List<String> disallowed = accounts.get();
        return new ConfigFile<>(file, first.text(), text -> {
            AuthenticationConfig next = AuthenticationConfig.parse(text, disallowed);
            if (!Objects.equals(next.anonymous(), first.configuration().anonymous())) {
                throw new IllegalArgumentException("anonymous: Forbidden: changed from initial configuration file");
            }
            return next.issuers();
        });
    }

    /**
     * Which requests without credentials are let in, as the file says.
     *
     * @param flag {@code --anonymous-auth}, which decides where it says nothing
     */
    AnonymousAccess anonymous(boolean flag) {
        Path file = config.get();
        AnonymousAccess said =
                file == null ? null : configuration(file).configuration().anonymous();
        if (said == null) {
            return flag ? AnonymousAccess.EVERYWHERE : AnonymousAccess.HEALTH;
        }
        if (flags.given("anonymous-auth")) {
            throw new UsageException("--anonymous-auth flag cannot be set when anonymous field is configured in"
                    + " authentication configuration file");
        }
        return said;
    }

    private Issuer issuer(String url) {
        String claim = usernameClaim.get();
        String given = usernamePrefix.get();
        String prefix = given == null ? (claim.equals("email") ? "" : url + "#") : given.equals("-") ? "" : given;
        Map<String, String> claims = new LinkedHashMap<>();
        for (String pair : required.get()) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("--oidc-required-claim: give KEY=VALUE, not " + pair);
            }
            claims.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        String id = client.get();
        Path ca = authority.get();
        return new Issuer(
                url,
                null,
                ca == null ? null : read("oidc-ca-file", ca),
                id == null ? List.of() : List.of(id),
                new Mapping(claim, prefix),
                new Mapping(groupsClaim.get(), groupsPrefix.get()),
                "",
                claims,
                algorithms.get(),
                ClaimExpressions.NONE);
    }

    static String read(String flag, Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UsageException("--" + flag + ": cannot read " + file + ": " + e.getMessage());
        }
    }
}
