package io.kvorum.apiserver;

import io.kvorum.apiserver.oidc.AuthenticationConfig;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The flags of OpenID Connect, with upstream's names and defaults. */
final class OpenIdFlags {
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

    OpenIdFlags(Flags flags) {
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
        if (file != null && url != null) {
            throw new UsageException("--authentication-config and --oidc-issuer-url exclude each other");
        }
        try {
            if (file != null) {
                return AuthenticationConfig.parse(read("authentication-config", file));
            }
            return url == null ? List.of() : List.of(issuer(url));
        } catch (IllegalArgumentException e) {
            throw new UsageException((file == null ? "--oidc-...: " : "--authentication-config: ") + e.getMessage());
        }
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
                algorithms.get());
    }

    static String read(String flag, Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UsageException("--" + flag + ": cannot read " + file + ": " + e.getMessage());
        }
    }
}
