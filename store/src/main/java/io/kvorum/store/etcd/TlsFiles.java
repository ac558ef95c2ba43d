package io.kvorum.store.etcd;

import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.kvorum.component.UsageException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files that make connections of clients safe; PEM, the key in PKCS #8. The flags are etcd's.
 *
 * @param certificate {@code --cert-file}: what the server shows
 * @param key {@code --key-file}: its private key
 * @param trusted {@code --trusted-ca-file}: who signs what clients show; given, clients must show something
 * @param clientsMustShow {@code --client-cert-auth}
 */
public record TlsFiles(
        @Nullable Path certificate,
        @Nullable Path key,
        @Nullable Path trusted,
        boolean clientsMustShow) {
    /** Whether connections are encrypted. */
    public boolean isOn() {
        return certificate != null || key != null;
    }

    /**
     * What to listen with.
     *
     * @throws UsageException the files do not fit together or cannot be read, or {@code address} can be reached from
     *     other hosts and not all of them are given
     */
    ServerCredentials credentials(InetSocketAddress address) {
        if (certificate == null || key == null) {
            if (isOn() || trusted != null || clientsMustShow) {
                throw new UsageException("--cert-file and --key-file: give both, or none of --cert-file, --key-file,"
                        + " --trusted-ca-file and --client-cert-auth");
            }
            requireLoopback(address);
            return InsecureServerCredentials.create();
        }
        if (clientsMustShow && trusted == null) {
            throw new UsageException(
                    "--client-cert-auth: --trusted-ca-file must say whose certificates clients may show");
        }
        TlsServerCredentials.Builder tls = TlsServerCredentials.newBuilder();
        try {
            tls.keyManager(certificate.toFile(), key.toFile());
            if (trusted == null) {
                requireLoopback(address);
            } else {
                tls.trustManager(trusted.toFile()).clientAuth(ClientAuth.REQUIRE);
            }
        } catch (IOException e) {
            throw new UsageException("--cert-file, --key-file, --trusted-ca-file: cannot be read: " + e.getMessage());
        }
        return tls.build();
    }

    private static void requireLoopback(InetSocketAddress address) {
        if (!address.getAddress().isLoopbackAddress()) {
            throw new UsageException("--listen-client: " + address.getAddress().getHostAddress()
                    + " can be reached from other hosts, so clients must show certificates: give --cert-file,"
                    + " --key-file, --trusted-ca-file and --client-cert-auth");
        }
    }
}
