package io.kvorum.gateway.proxy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/** A private key and its chain of certificates. */
public record Certificate(PrivateKey key, List<X509Certificate> chain) {
    private static final List<String> KEY_TYPES = List.of("RSA", "EC", "EdDSA", "Ed25519");

    /**
     * Reads PEM, as a Secret of type {@code kubernetes.io/tls} holds it.
     *
     * @throws IllegalArgumentException with a line for the user when it cannot be read
     */
    public static Certificate parse(Vertx vertx, String chain, String key) {
        try {
            PemKeyCertOptions pem =
                    new PemKeyCertOptions().addCertValue(Buffer.buffer(chain)).addKeyValue(Buffer.buffer(key));
            for (KeyManager manager : pem.getKeyManagerFactory(vertx).getKeyManagers()) {
                if (manager instanceof X509KeyManager keys) {
                    for (String type : KEY_TYPES) {
                        String @Nullable [] aliases = keys.getServerAliases(type, null);
                        if (aliases != null && aliases.length > 0) {
                            return new Certificate(
                                    keys.getPrivateKey(aliases[0]), List.of(keys.getCertificateChain(aliases[0])));
                        }
                    }
                }
            }
        } catch (Exception e) {
            // The factory declares Exception; whatever it is, the reason is in the words of the secret.
            throw new IllegalArgumentException(
                    "tls.crt and tls.key are no certificate with its key: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("tls.crt and tls.key hold no key of a known type (RSA, EC, EdDSA)");
    }

    String algorithm() {
        return key.getAlgorithm();
    }
}
