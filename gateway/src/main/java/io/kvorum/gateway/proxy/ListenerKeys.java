package io.kvorum.gateway.proxy;

import io.kvorum.gateway.routing.Hostnames;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of one port's listeners. Each handshake is answered with that of the most specific listener for the
 * name the client asks for (SNI); a client that names none gets that of the listener for every host. It is asked at each
 * handshake, so new certificates count from the next one on, and nothing is restarted.
 */
final class ListenerKeys extends X509ExtendedKeyManager {
    private static final AtomicLong IDS = new AtomicLong();

    private record Entry(String hostname, String alias, Certificate certificate) {}

    private record Keys(List<Entry> bySpecificity, Map<String, Certificate> byAlias) {}

    private volatile Keys keys = new Keys(List.of(), Map.of());

    /** @param certificates by the listeners' host names; the empty name stands for every host */
    void update(Map<String, List<Certificate>> certificates) {
        // A handshake between its two questions still finds what it chose.
        Map<String, Certificate> byAlias = new HashMap<>(keys.byAlias().size() > 1000 ? Map.of() : keys.byAlias());
        List<Entry> entries = certificates.entrySet().stream()
                .flatMap(listener -> listener.getValue().stream()
                        .map(certificate -> new Entry(listener.getKey(), "k" + IDS.incrementAndGet(), certificate)))
                .sorted(Comparator.comparingInt((Entry entry) -> Hostnames.specificity(entry.hostname()))
                        .reversed())
                .toList();
        entries.forEach(entry -> byAlias.put(entry.alias(), entry.certificate()));
        keys = new Keys(entries, byAlias);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        String name = engine != null && engine.getHandshakeSession() instanceof ExtendedSSLSession session
                ? serverName(session)
                : "";
        @Nullable String hostname = null;
        for (Entry entry : keys.bySpecificity()) {
            boolean meant = name.isEmpty() ? entry.hostname().isEmpty() : Hostnames.matches(entry.hostname(), name);
            // Of the listener that is meant, the certificate whose key fits; never that of another listener.
            if (meant && (hostname == null || hostname.equals(entry.hostname()))) {
                hostname = entry.hostname();
                if (fits(keyType, entry.certificate())) {
                    return entry.alias();
                }
            }
        }
        return null;
    }

    private static boolean fits(String keyType, Certificate certificate) {
        String algorithm = certificate.algorithm();
        return keyType.equals(algorithm)
                || keyType.equals("RSASSA-PSS") && algorithm.equals("RSA")
                || keyType.startsWith("EC_") && algorithm.equals("EC");
    }

    private static String serverName(ExtendedSSLSession session) {
        for (SNIServerName name : session.getRequestedServerNames()) {
            if (name instanceof SNIHostName host) {
                return host.getAsciiName().toLowerCase(Locale.ROOT);
            }
        }
        return "";
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        @Nullable Certificate certificate = keys.byAlias().get(alias);
        return certificate == null ? null : certificate.chain().toArray(new X509Certificate[0]);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        @Nullable Certificate certificate = keys.byAlias().get(alias);
        return certificate == null ? null : certificate.key();
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
