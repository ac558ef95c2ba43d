package io.kvorum.apiserver;

import io.kvorum.apiserver.service.AddressRange;
import io.kvorum.component.Identity;
import io.kvorum.component.UsageException;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an API server is told, checked.
 *
 * @param name of this instance
 * @param bindAddress where HTTPS listens
 * @param advertiseAddress where the kubernetes Service leads to
 * @param tls null: plain HTTP, for tests only
 * @param lastNodePort inclusive
 */
public record ApiServerConfig(
        String name,
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
        boolean anonymousAuth,
        Duration compactionInterval,
        int maxReading,
        int maxMutating,
        Set<String> disabledPlugins) {

    /** Files of TLS: serving certificate, its key, and the authorities of client certificates. */
    public record Tls(Path certificate, Path key, Path clientCa) {}

    /** Fails with a UsageException naming the flag that is wrong. */
    static ApiServerConfig of(ApiServerFlags flags, Identity identity) {
        if (!flags.authorizationMode.get().equals(List.of("AlwaysAllow"))) {
            throw new UsageException("--authorization-mode: only AlwaysAllow is served, not "
                    + String.join(",", flags.authorizationMode.get()));
        }
        int[] ports = ports(flags.serviceNodePortRange.get());
        return new ApiServerConfig(
                identity.name(),
                Optional.ofNullable(flags.bindAddress.get()).orElse(identity.address()),
                Optional.ofNullable(flags.advertiseAddress.get()).orElse(identity.address()),
                flags.securePort.get(),
                new Tls(
                        readable("tls-cert-file", flags.tlsCertFile.get()),
                        readable("tls-private-key-file", flags.tlsPrivateKeyFile.get()),
                        readable("client-ca-file", flags.clientCaFile.get())),
                range(flags.serviceClusterIpRange.get()),
                ports[0],
                ports[1],
                flags.loopbackRanges.get(),
                Duration.ofSeconds(flags.notReadySeconds.get()),
                Duration.ofSeconds(flags.unreachableSeconds.get()),
                flags.eventTtl.get(),
                flags.anonymousAuth.get(),
                flags.compactionInterval.get(),
                flags.maxRequests.get(),
                flags.maxMutatingRequests.get(),
                Set.copyOf(flags.disabledPlugins.get()));
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
        return options.setSsl(true)
                .setUseAlpn(true)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"))
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
