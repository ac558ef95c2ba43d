package io.kvorum.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.kvorum.component.UsageException;
import io.kvorum.etcd.api.KVGrpc;
import io.kvorum.store.etcd.TestAuthority.Issued;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TlsTest {
    @TempDir
    Path folder;

    private final InetSocketAddress elsewhere = new InetSocketAddress("192.0.2.1", 2379);
    private final InetSocketAddress loopback = new InetSocketAddress("127.0.0.1", 2379);

    private static ChannelCredentials client(TestAuthority trusted, @Nullable Issued shown) throws IOException {
        TlsChannelCredentials.Builder tls =
                TlsChannelCredentials.newBuilder().trustManager(trusted.certificate.toFile());
        if (shown != null) {
            tls.keyManager(shown.certificate().toFile(), shown.key().toFile());
        }
        return tls.build();
    }

    private static void put(int port, ChannelCredentials credentials) throws InterruptedException {
        ManagedChannel channel =
                Grpc.newChannelBuilderForAddress("127.0.0.1", port, credentials).build();
        try {
            assertThat(KVGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(10, TimeUnit.SECONDS)
                            .put(EtcdCluster.put("a", "1"))
                            .hasHeader())
                    .isTrue();
        } finally {
            channel.shutdownNow();
            channel.awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    private static void isRefused(int port, ChannelCredentials credentials) {
        StatusRuntimeException refused =
                catchThrowableOfType(StatusRuntimeException.class, () -> put(port, credentials));
        assertThat(refused).isNotNull();
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void aClientMustShowACertificateOfTheTrustedAuthority() throws Exception {
        TestAuthority authority = new TestAuthority(folder, "authority");
        TestAuthority stranger = new TestAuthority(folder, "stranger");
        Issued server = authority.issue("server");
        TlsFiles tls = new TlsFiles(server.certificate(), server.key(), authority.certificate, true);
        try (EtcdCluster cluster = EtcdCluster.start(folder.resolve("members"));
                EtcdFace face = cluster.face("store-0", tls)) {
            put(face.port(), client(authority, authority.issue("client")));
            isRefused(face.port(), client(authority, null));
            isRefused(face.port(), client(authority, stranger.issue("client")));
            isRefused(face.port(), client(stranger, stranger.issue("client")));
            isRefused(face.port(), InsecureChannelCredentials.create());
            put(face.port(), client(authority, authority.issue("client")));
        }
    }

    @Test
    void withoutATrustedAuthorityConnectionsAreEncryptedOnly() throws Exception {
        TestAuthority authority = new TestAuthority(folder, "authority");
        Issued server = authority.issue("server");
        TlsFiles tls = new TlsFiles(server.certificate(), server.key(), null, false);
        try (EtcdCluster cluster = EtcdCluster.start(folder.resolve("members"));
                EtcdFace face = cluster.face("store-0", tls)) {
            put(face.port(), client(authority, null));
            isRefused(face.port(), InsecureChannelCredentials.create());
            assertThatThrownBy(() -> cluster.face("store-0", new TlsFiles(server.key(), server.key(), null, false)))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("--cert-file");
        }
    }

    @Test
    void anAddressThatOtherHostsReachNeedsClientCertificates() throws Exception {
        TestAuthority authority = new TestAuthority(folder, "authority");
        Issued server = authority.issue("server");
        assertThatThrownBy(() -> EtcdCluster.PLAIN.credentials(elsewhere))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--cert-file")
                .hasMessageContaining("--key-file")
                .hasMessageContaining("--trusted-ca-file")
                .hasMessageContaining("--client-cert-auth");
        TlsFiles noAuthority = new TlsFiles(server.certificate(), server.key(), null, false);
        assertThatThrownBy(() -> noAuthority.credentials(elsewhere)).isInstanceOf(UsageException.class);
        assertThat(noAuthority.credentials(loopback)).isNotNull();
        TlsFiles all = new TlsFiles(server.certificate(), server.key(), authority.certificate, true);
        assertThat(all.credentials(elsewhere)).isNotNull();
    }

    @Test
    void flagsThatDoNotFitTogetherAreRefused() throws Exception {
        TestAuthority authority = new TestAuthority(folder, "authority");
        Issued server = authority.issue("server");
        Path missing = folder.resolve("missing.crt");
        for (TlsFiles wrong : new TlsFiles[] {
            new TlsFiles(server.certificate(), null, null, false),
            new TlsFiles(null, server.key(), null, false),
            new TlsFiles(null, null, authority.certificate, false),
            new TlsFiles(null, null, null, true),
            new TlsFiles(server.certificate(), server.key(), null, true),
            new TlsFiles(missing, server.key(), null, false),
            new TlsFiles(server.certificate(), server.key(), missing, true)
        }) {
            assertThatThrownBy(() -> wrong.credentials(loopback))
                    .as("%s", wrong)
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("--");
        }
    }

    @Test
    void theListenAddressIsAPortOrAHostAndAPort() {
        assertThat(ListenAddress.of("2379", "127.3.0.10")).hasToString("127.3.0.10:2379");
        assertThat(ListenAddress.of("localhost:1", "127.3.0.10")).hasToString("localhost:1");
        assertThat(ListenAddress.of("[::1]:2379", "127.3.0.10")).hasToString("[::1]:2379");
        for (String wrong : new String[] {"", ":", "http://a:1", "a:", ":1", "65536", "-1", "a:b"}) {
            assertThatThrownBy(() -> ListenAddress.of(wrong, "127.3.0.10"))
                    .as(wrong)
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("--listen-client");
        }
        assertThatThrownBy(() ->
                        ListenAddress.of("no.such.host.invalid:1", "127.0.0.1").resolve())
                .isInstanceOf(UsageException.class);
    }
}
