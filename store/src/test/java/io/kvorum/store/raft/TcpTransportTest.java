package io.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.store.etcd.TestAuthority;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two members on two loopback addresses of this machine. */
final class TcpTransportTest {
    private static final List<String> MEMBERS = List.of("store-0", "store-1", "store-2");
    private static final List<String> HOSTS = List.of("127.0.0.1", "127.0.0.2", "127.0.0.3");

    private static final RaftTransport.Incarnation BORN = new RaftTransport.Incarnation(0, false);

    private final Vertx vertx = Vertx.vertx();
    private final List<TcpTransport> open = new ArrayList<>();
    private final List<MemberThread> threads = new ArrayList<>();
    private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> reachable = new LinkedBlockingQueue<>();
    private int port;

    @BeforeEach
    void choosePort() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = free.getLocalPort();
        }
    }

    @AfterEach
    void close() throws Exception {
        for (TcpTransport transport : open) {
            transport.close().await(5, TimeUnit.SECONDS);
        }
        threads.forEach(MemberThread::close);
        vertx.close().await(5, TimeUnit.SECONDS);
    }

    /** What follows must not depend on the member's thread, which ends when the member cannot be opened. */
    @Test
    void whoAskedIsToldOnItsOwnContext() throws Exception {
        Context asking = vertx.getOrCreateContext();
        MemberThread thread = new MemberThread(MEMBERS.get(0));
        threads.add(thread);
        Promise<Context> told = Promise.promise();
        asking.runOnContext(v -> TcpTransport.listen(
                        vertx,
                        thread,
                        new TcpTransport.Settings(
                                "a cluster", MEMBERS.get(0), MEMBERS, HOSTS.get(0), port, HOSTS, null))
                .onSuccess(open::add)
                .onComplete(done -> told.complete(Vertx.currentContext())));
        assertThat(told.future().await(5, TimeUnit.SECONDS)).isSameAs(asking);
    }

    private TcpTransport listen(String cluster, int member) throws Exception {
        return listen(cluster, member, null);
    }

    private TcpTransport listen(String cluster, int member, @Nullable PeerTls tls) throws Exception {
        MemberThread thread = new MemberThread(MEMBERS.get(member));
        threads.add(thread);
        TcpTransport transport = TcpTransport.listen(
                        vertx,
                        thread,
                        new TcpTransport.Settings(
                                cluster, MEMBERS.get(member), MEMBERS, HOSTS.get(member), port, HOSTS, tls))
                .await(5, TimeUnit.SECONDS);
        open.add(transport);
        return transport;
    }

    @Test
    void membersFindEachOtherAndMessagesArriveWhole() throws Exception {
        TcpTransport first = listen("a", 0);
        first.start(() -> BORN, message -> {}, reachable::add);
        TcpTransport second = listen("a", 1);
        second.start(() -> BORN, received::add, member -> {});
        assertThat(reachable.poll(10, TimeUnit.SECONDS)).isEqualTo("store-1");
        byte[] small = {1, 2, 3};
        byte[] large = new byte[5_000_000];
        large[0] = 5;
        large[large.length - 1] = 7;
        first.send("store-1", small);
        first.send("store-1", large);
        first.send("store-1", small);
        assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo(small);
        assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo(large);
        assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo(small);
        assertThat(first.isReachable("store-2")).isFalse();
    }

    private static PeerTls tls(TestAuthority authority, String who, String address) throws Exception {
        TestAuthority.Issued own = authority.issue(who, address);
        return new PeerTls(own.certificate(), own.key(), authority.certificate);
    }

    @Test
    void membersThatShowCertificatesOfOneAuthorityMeetAndOthersDoNot(@TempDir Path folder) throws Exception {
        TestAuthority authority = new TestAuthority(folder, "peers");
        TestAuthority other = new TestAuthority(folder, "strangers");
        TcpTransport first = listen("a", 0, tls(authority, "store-0", HOSTS.get(0)));
        first.start(() -> BORN, message -> {}, reachable::add);
        TcpTransport foreign = listen("a", 2, tls(other, "store-2", HOSTS.get(2)));
        BlockingQueue<String> fromForeign = new LinkedBlockingQueue<>();
        foreign.start(() -> BORN, message -> {}, fromForeign::add);
        TcpTransport second = listen("a", 1, tls(authority, "store-1", HOSTS.get(1)));
        second.start(() -> BORN, received::add, member -> {});
        assertThat(reachable.poll(10, TimeUnit.SECONDS)).isEqualTo("store-1");
        first.send("store-1", new byte[] {1, 2, 3});
        assertThat(received.poll(10, TimeUnit.SECONDS)).containsExactly(1, 2, 3);
        // By now the foreign member has been dialled and has dialled.
        assertThat(reachable.poll(2, TimeUnit.SECONDS)).isNull();
        assertThat(fromForeign).isEmpty();
    }

    @Test
    void aMemberWithoutTlsAndOneWithACertificateForAnotherAddressAreNotMet(@TempDir Path folder) throws Exception {
        TestAuthority authority = new TestAuthority(folder, "peers");
        TcpTransport plain = listen("a", 1);
        plain.start(() -> BORN, message -> {}, reachable::add);
        // What it dials with is right; where it listens, the others see that its certificate is for somewhere else.
        TcpTransport misnamed = listen("a", 2, tls(authority, "store-2", "127.0.0.9"));
        misnamed.start(() -> BORN, message -> {}, member -> {});
        TcpTransport first = listen("a", 0, tls(authority, "store-0", HOSTS.get(0)));
        first.start(() -> BORN, message -> {}, reachable::add);
        assertThat(reachable.poll(10, TimeUnit.SECONDS)).isEqualTo("store-2");
        assertThat(reachable.poll(1, TimeUnit.SECONDS)).isNull();
        assertThat(first.isReachable("store-1")).isFalse();
    }

    @Test
    void aMemberThatComesBackIsFoundAgain() throws Exception {
        TcpTransport first = listen("a", 0);
        first.start(() -> BORN, message -> {}, reachable::add);
        TcpTransport second = listen("a", 1);
        second.start(() -> BORN, received::add, member -> {});
        assertThat(reachable.poll(10, TimeUnit.SECONDS)).isEqualTo("store-1");
        second.close();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (first.isReachable("store-1") && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        assertThat(first.isReachable("store-1")).isFalse();
        listen("a", 1).start(() -> BORN, received::add, member -> {});
        assertThat(reachable.poll(10, TimeUnit.SECONDS)).isEqualTo("store-1");
    }

    @Test
    void membersOfAnotherClusterAreIgnored() throws Exception {
        TcpTransport first = listen("a", 0);
        first.start(() -> BORN, message -> {}, reachable::add);
        listen("b", 1).start(() -> BORN, received::add, member -> {});
        assertThat(reachable.poll(1, TimeUnit.SECONDS)).isNull();
        assertThat(first.isReachable("store-1")).isFalse();
    }

    /** After a restore, a member that kept its old folder is no member; one that lost it is. */
    @Test
    void membersOfAnotherLifeOfTheClusterAreIgnoredButBlankOnesAreNot() throws Exception {
        RaftTransport.Incarnation restored = new RaftTransport.Incarnation(7, false);
        TcpTransport first = listen("a", 0);
        first.start(() -> restored, message -> {}, reachable::add);
        listen("a", 1).start(() -> BORN, received::add, member -> {});
        listen("a", 2).start(() -> new RaftTransport.Incarnation(0, true), received::add, member -> {});
        assertThat(reachable.poll(10, TimeUnit.SECONDS)).isEqualTo("store-2");
        assertThat(reachable.poll(500, TimeUnit.MILLISECONDS)).isNull();
        assertThat(first.isReachable("store-1")).isFalse();
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getByName(HOSTS.get(0)))) {
            assertThatThrownBy(() -> listen("a", 0)).hasMessageContaining(HOSTS.get(0) + ":" + taken.getLocalPort());
        }
    }
}
