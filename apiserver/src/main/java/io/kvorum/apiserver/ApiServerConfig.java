package io.kvorum.apiserver;

import io.kvorum.api.GoText;
import io.kvorum.api.address.IpText;
import io.kvorum.apiserver.auth.AnonymousAccess;
import io.kvorum.apiserver.config.ConfigFile;
import io.kvorum.apiserver.oidc.Issuer;
import io.kvorum.apiserver.remote.WebhookAuthorization;
import io.kvorum.apiserver.remote.WebhookTokens;
import io.kvorum.apiserver.service.AddressRange;
import io.kvorum.component.Identity;
import io.kvorum.component.KubernetesVersion;
import io.kvorum.component.UsageException;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an API server is told, checked.
 *
 * @param name of this instance
 * @param version what {@code /version} says
 * @param bindAddress where HTTPS listens
 * @param advertiseAddress where the kubernetes Service leads to
 * @param tls null: plain HTTP, for tests only
 * @param lastNodePort inclusive
 * @param privileged whether containers may be privileged
 * @param externalHost how clients call this server
 * @param leastWatchSeconds how long a watch lasts at least that asks for nothing else, and at most twice that; 0: as long as it is read
 */
public record ApiServerConfig(
        String name,
        KubernetesVersion version,
        String bindAddress,
        String advertiseAddress,
        int securePort,
        @Nullable Tls tls,
        AddressRange serviceRange,
        int firstNodePort,
        int lastNodePort,
        List<String> loopbackRanges,
        Duration notReadyToleration,
        Duration unreachableToleration,
        Duration eventTtl,
        Auth auth,
        Storage storage,
        int maxReading,
        int maxMutating,
        Set<String> disabledPlugins,
        boolean privileged,
        String externalHost,
        int leastWatchSeconds,
        ServingTls servingTls) {

    /** How long the store may take to answer a check where nothing is said, as upstream. */
    static final Duration DEFAULT_CHECK_TIMEOUT = Duration.ofSeconds(2);

    /**
     * How the store is used.
     *
     * @param compactionInterval zero for none
     * @param sizeInterval how often it is asked for its size, zero for never
     * @param healthTimeout how long it may take to answer before this server does not count as alive
     * @param readyTimeout how long it may take to answer before this server does not count as ready
     */
    public record Storage(
            Duration compactionInterval, Duration sizeInterval, Duration healthTimeout, Duration readyTimeout) {}

    /** Files of TLS: serving certificate, its key, and the authorities of client certificates. */
    public record Tls(Path certificate, Path key, Path clientCa) {}

    /**
     * Who is let in and who decides.
     *
     * @param anonymous which requests without credentials are let in
     * @param deciders who decides, in order
     * @param tokens file of static tokens, null for none
     * @param accountKeys files of the keys that verify service account tokens
     * @param signingKey null: no tokens are made
     * @param issuers the first makes tokens, all are accepted
     * @param audiences whom tokens for this API server are meant for
     * @param mostTokenLife zero for no limit of its own
     * @param webhook that is asked about tokens nobody else knows; null: none
     * @param sources what of all this is read again
     */
    public record Auth(
            AnonymousAccess anonymous,
            List<Decider> deciders,
            @Nullable Path tokens,
            List<Path> accountKeys,
            @Nullable Path signingKey,
            List<String> issuers,
            List<String> audiences,
            Duration mostTokenLife,
            WebhookTokens.@Nullable How webhook,
            Sources sources) {
        /** The same, with files that are read again. */
        Auth with(Sources others) {
            return new Auth(
                    anonymous,
                    deciders,
                    tokens,
                    accountKeys,
                    signingKey,
                    issuers,
                    audiences,
                    mostTokenLife,
                    webhook,
                    others);
        }
    }

    /**
     * Configuration files that are read again when they change; null: there is none.
     *
     * @param authentication whose ID tokens are believed
     * @param authorization who decides
     */
    public record Sources(
            @Nullable ConfigFile<List<Issuer>> authentication,
            @Nullable ConfigFile<List<Decider>> authorization) {
        public static final Sources NONE = new Sources(null, null);
    }

    /** @param webhook of {@link AuthorizationMode#WEBHOOK}; null for the others */
    public record Decider(AuthorizationMode mode, @Nullable WebhookAuthorization webhook) {
        String name() {
            return webhook == null ? mode.lowerName() : webhook.name();
        }
    }

    /** What {@code --authorization-mode} lists. */
    public enum AuthorizationMode {
        NODE("Node"),
        RBAC("RBAC"),
        WEBHOOK("Webhook"),
        ALWAYS_ALLOW("AlwaysAllow"),
        ALWAYS_DENY("AlwaysDeny");

        private final String flag;

        AuthorizationMode(String flag) {
            this.flag = flag;
        }

        static AuthorizationMode of(String text) {
            for (AuthorizationMode mode : values()) {
                if (mode.flag.equals(text)) {
                    return mode;
                }
            }
            throw new UsageException("authorization-mode " + GoText.quoted(text) + " is not a valid mode");
        }

        String flag() {
            return flag;
        }

        /** As configurations name it that has no other name. */
        String lowerName() {
            return flag.toLowerCase(Locale.ROOT);
        }

        static Set<String> names() {
            return Arrays.stream(values()).map(mode -> mode.flag).collect(Collectors.toSet());
        }
    }

    private static Auth auth(ApiServerFlags flags) {
        List<Decider> deciders = flags.authorization.deciders();
        boolean everything = deciders.stream().anyMatch(each -> each.mode() == AuthorizationMode.ALWAYS_ALLOW);
        Path tokens = flags.tokenAuthFile.get();
        Path signing = flags.serviceAccountSigningKeyFile.get();
        List<String> issuers = flags.serviceAccountIssuers.get();
        if (issuers.isEmpty()) {
            throw new UsageException("--service-account-issuer: give at least one");
        }
        List<String> audiences = flags.apiAudiences.get();
        // Who may do everything must be somebody, as upstream: AlwaysAllow turns anonymous requests off.
        AnonymousAccess anonymous =
                flags.openId.anonymous(flags.anonymousAuth.get()).unless(everything);
        boolean open = !anonymous.unless(true).equals(anonymous);
        return new Auth(
                anonymous,
                deciders,
                tokens == null ? null : readable("token-auth-file", tokens),
                flags.serviceAccountKeyFiles.get().stream()
                        .map(file -> readable("service-account-key-file", Path.of(file)))
                        .toList(),
                signing == null ? null : readable("service-account-signing-key-file", signing),
                issuers,
                audiences.isEmpty() ? issuers : audiences,
                flags.mostTokenLife.get(),
                flags.webhookTokens.how(),
                new Sources(flags.openId.file(), flags.authorization.file(open)));
    }

    /** Fails with a UsageException naming the flag that is wrong. */
    static ApiServerConfig of(ApiServerFlags flags, Identity identity, KubernetesVersion version) {
        flags.fixed.check();
        flags.features.check();
        int[] ports = ports(flags.serviceNodePortRange.get());
        Set<String> disabled =
                new HashSet<>(AdmissionPlugins.disabled(flags.enabledPlugins.get(), flags.disabledPlugins.get()));
        if (!flags.features.on(ApiServerFlags.MUTATING_POLICIES)) {
            disabled.add(ApiServerFlags.MUTATING_POLICIES);
        }
        String bindAddress = Optional.ofNullable(flags.bindAddress.get()).orElse(identity.address());
        String advertised = advertised(flags.advertiseAddress.get(), bindAddress, identity.address());
        String external = flags.externalHostname.get();
        return new ApiServerConfig(
                identity.name(),
                version,
                bindAddress,
                advertised,
                flags.securePort.get(),
                new Tls(
                        readable("tls-cert-file", served(flags.tlsCertFile.get(), flags, "apiserver.crt")),
                        readable("tls-private-key-file", served(flags.tlsPrivateKeyFile.get(), flags, "apiserver.key")),
                        readable("client-ca-file", flags.clientCaFile.get())),
                range(flags.serviceClusterIpRange.get()),
                ports[0],
                ports[1],
                flags.loopbackRanges.get(),
                Duration.ofSeconds(flags.notReadySeconds.get()),
                Duration.ofSeconds(flags.unreachableSeconds.get()),
                flags.eventTtl.get(),
                auth(flags),
                new Storage(
                        flags.compactionInterval.get(),
                        flags.sizeInterval.get(),
                        checkTimeout("etcd-healthcheck-timeout", flags.healthcheckTimeout.get()),
                        checkTimeout("etcd-readycheck-timeout", flags.readycheckTimeout.get())),
                flags.maxRequests.get(),
                flags.maxMutatingRequests.get(),
                Set.copyOf(disabled),
                flags.allowPrivileged.get(),
                external.isEmpty() ? advertised : external,
                leastWatch(flags.minRequestTimeout.get()),
                flags.servingTls.get());
    }

    private static Duration checkTimeout(String flag, Duration asked) {
        if (asked.isNegative()) {
            throw new UsageException("--" + flag + " must not be negative");
        }
        return asked.isZero() ? DEFAULT_CHECK_TIMEOUT : asked;
    }

    private static int leastWatch(int seconds) {
        if (seconds < 0) {
            throw new UsageException("--min-request-timeout can not be negative value");
        }
        return seconds;
    }

    /** Where the kubernetes Service leads to: what is said, or where the server listens, if that is one address. */
    static String advertised(@Nullable String given, String bindAddress, String own) {
        if (given == null || given.isEmpty()) {
            return bindAddress.equals("0.0.0.0") || bindAddress.equals("::") ? own : bindAddress;
        }
        IpText address = IpText.parse(given);
        if (address == null || address.isPadded() || !address.isFour()) {
            throw new UsageException("--advertise-address: \"" + given + "\" is not an IPv4 address");
        }
        return given;
    }

    /** A file that is named, or that is in {@code --cert-dir} when nothing is. */
    private static @Nullable Path served(@Nullable Path given, ApiServerFlags flags, String name) {
        Path folder = flags.certDir.get();
        boolean none = flags.tlsCertFile.get() == null && flags.tlsPrivateKeyFile.get() == null;
        if (!none || folder == null) {
            return given;
        }
        Path file = folder.resolve(name);
        if (!Files.isReadable(file)) {
            throw new UsageException(
                    "--cert-dir: cannot read " + file + ": put the serving certificate there, or name it"
                            + " with --tls-cert-file and --tls-private-key-file");
        }
        return file;
    }

    /** {@code host:port} for clients of any network. */
    String externalAddress() {
        return externalHost + ":" + securePort;
    }

    HttpServerOptions serverOptions() {
        HttpServerOptions options = new HttpServerOptions()
                .setMaxInitialLineLength(64 << 10)
                .setMaxHeaderSize(64 << 10)
                .setCompressionSupported(false)
                .setIdleTimeout(0)
                .setTcpNoDelay(true);
        if (tls == null) {
            return options;
        }
        if (OpenSSLEngineOptions.isAvailable()) {
            // The JDK's cipher is fast in fully compiled code only, which an API server has after some time under load.
            options.setSslEngineOptions(new OpenSSLEngineOptions());
        }
        servingTls.applyTo(options);
        return options.setSsl(true)
                .setUseAlpn(true)
                .setClientAuth(ClientAuth.REQUEST)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(tls.certificate().toString())
                        .setKeyPath(tls.key().toString()))
                .setTrustOptions(
                        new PemTrustOptions().addCertPath(tls.clientCa().toString()));
    }

    private static AddressRange range(String text) {
        try {
            return AddressRange.parse(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--service-cluster-ip-range: " + e.getMessage());
        }
    }

    private static int[] ports(String text) {
        int dash = text.indexOf('-');
        try {
            int first = Integer.parseInt(text.substring(0, Math.max(0, dash)));
            int last = Integer.parseInt(text.substring(dash + 1));
            if (first > 0 && first <= last && last <= 65535) {
                return new int[] {first, last};
            }
        } catch (NumberFormatException e) {
            throw new UsageException("--service-node-port-range: give FIRST-LAST, not " + text);
        }
        throw new UsageException("--service-node-port-range: give FIRST-LAST within 1-65535, not " + text);
    }

    private static Path readable(String flag, @Nullable Path file) {
        if (file == null) {
            throw new UsageException("--" + flag + " is required");
        }
        if (!Files.isReadable(file)) {
            throw new UsageException("--" + flag + ": cannot read " + file);
        }
        return file;
    }
}
