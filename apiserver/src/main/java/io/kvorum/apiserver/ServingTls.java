package io.kvorum.apiserver;

import io.kvorum.component.Flags;
import io.kvorum.component.UsageException;
import io.vertx.core.http.HttpServerOptions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What clients may speak: versions and ciphers of TLS, and how much at a time over one connection.
 *
 * @param oldest version of TLS that is spoken, as the JDK names it
 * @param suites of ciphers up to TLS 1.2, as IANA names them; empty: all that are known
 * @param streams most requests at a time over an HTTP/2 connection; 0 for the default
 */
public record ServingTls(String oldest, List<String> suites, int streams) {
    public static final ServingTls DEFAULT = new ServingTls("TLSv1.2", List.of(), 0);

    /** As many as upstream allows where nothing is said: whoever opens more at once has not been let in yet. */
    private static final int STREAMS = 100;

    private static final String NEWEST = "TLSv1.3";
    private static final Map<String, String> VERSIONS = Map.of("VersionTLS12", "TLSv1.2", "VersionTLS13", NEWEST);
    private static final List<String> TOO_OLD = List.of("VersionTLS10", "VersionTLS11");

    /** Those of TLS 1.3 are no choice, as upstream has it. */
    private static final List<String> ALWAYS =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

    /** Go's names for what IANA calls otherwise. */
    private static final Map<String, String> GO_NAMES = Map.of(
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private static final Set<String> CHOICE = Set.of(
            "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
            "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    /** The flags of it; what it is when they are parsed, which fails with a UsageException naming the flag that is wrong. */
    static Supplier<ServingTls> flags(Flags flags) {
        Supplier<String> version = flags.text("tls-min-version", "VersionTLS12", "VersionTLS12 or VersionTLS13");
        Supplier<List<String>> suites = flags.list(
                "tls-cipher-suites",
                List.of(),
                "cipher suites of TLS 1.2 that are spoken; all that are known by default");
        Supplier<Integer> streams = flags.integer(
                "http2-max-streams-per-connection",
                0,
                "most requests at a time over one HTTP/2 connection; 0 for " + STREAMS);
        return () -> of(version.get(), suites.get(), streams.get());
    }

    private static ServingTls of(String version, List<String> given, int streams) {
        String oldest = VERSIONS.get(version.isEmpty() ? "VersionTLS12" : version);
        if (oldest == null) {
            throw new UsageException(
                    TOO_OLD.contains(version)
                            ? "--tls-min-version: \"" + version + "\" cannot be had: give VersionTLS12 or VersionTLS13"
                            : "--tls-min-version: unknown tls version \"" + version + "\"");
        }
        Set<String> suites = new LinkedHashSet<>();
        for (String suite : given) {
            String name = GO_NAMES.getOrDefault(suite, suite);
            if (!CHOICE.contains(name) && !ALWAYS.contains(name)) {
                throw new UsageException(
                        "--tls-cipher-suites: Cipher suite " + suite + " not supported or doesn't exist");
            }
            suites.add(name);
        }
        if (streams < 0) {
            throw new UsageException("--http2-max-streams-per-connection can not be a negative value");
        }
        return new ServingTls(oldest, List.copyOf(suites), streams);
    }

    void applyTo(HttpServerOptions options) {
        options.setEnabledSecureTransportProtocols(oldest.equals(NEWEST) ? Set.of(NEWEST) : Set.of("TLSv1.2", NEWEST));
        if (!suites.isEmpty()) {
            Set<String> all = new LinkedHashSet<>(ALWAYS);
            all.addAll(suites);
            all.forEach(options::addEnabledCipherSuite);
        }
        options.getInitialSettings().setMaxConcurrentStreams(streams == 0 ? STREAMS : streams);
    }
}
