package io.kvorum.store.raft;

import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;

/**
 * What makes the connections between members safe; PEM, the key in PKCS #8. Both sides show a certificate of the same
 * authority, and the dialled one's names the address that was dialled.
 *
 * @param certificate what this member shows, as server and as client
 * @param key its private key
 * @param trusted the authority
 */
public record PeerTls(Path certificate, Path key, Path trusted) {
    private PemKeyCertOptions own() {
        return new PemKeyCertOptions().addCertPath(certificate.toString()).addKeyPath(key.toString());
    }

    private PemTrustOptions authority() {
        return new PemTrustOptions().addCertPath(trusted.toString());
    }

    void applyTo(NetServerOptions options) {
        options.setSsl(true).setKeyCertOptions(own()).setTrustOptions(authority());
        options.setClientAuth(ClientAuth.REQUIRED);
    }

    void applyTo(NetClientOptions options) {
        options.setSsl(true).setKeyCertOptions(own()).setTrustOptions(authority());
        options.setHostnameVerificationAlgorithm("HTTPS");
    }
}
