package io.kvorum.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real sockets on loopback addresses. */
@Timeout(30)
class AcceptorComponentTest {
    private static final String SERVICE = "127.250.18.1";
    private static final int WAITING = 20;

    private final Acceptor acceptor = new Acceptor();
    private final List<Socket> clients = new ArrayList<>();
    private final List<SocketChannel> accepted = new CopyOnWriteArrayList<>();

    @AfterEach
    void closeAll() throws IOException {
        acceptor.end();
        for (Socket client : clients) {
            client.close();
        }
        for (SocketChannel connection : accepted) {
            connection.close();
        }
    }

    private static InetSocketAddress free() throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(SERVICE, 0));
            return new InetSocketAddress(SERVICE, probe.getLocalPort());
        }
    }

    private void connect(InetSocketAddress address) throws IOException {
        Socket client = new Socket();
        clients.add(client);
        client.setSoTimeout(10_000);
        client.connect(address, 5000);
    }

    /** The thread is held by another listener, so that the kernel has these connections and nobody has accepted them. */
    @Test
    void whatWaitsWhenAListenerClosesIsAcceptedFirst() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        InetSocketAddress other = free();
        acceptor.listen(other, true, connection -> {
                    accepted.add(connection);
                    held.countDown();
                    try {
                        released.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                })
                .get(10, TimeUnit.SECONDS);
        InetSocketAddress address = free();
        Acceptor.Listener leaves = acceptor.listen(address, true, accepted::add).get(10, TimeUnit.SECONDS);
        connect(other);
        assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < WAITING; i++) {
            connect(address);
        }
        CompletableFuture<Acceptor.Listener> closed = leaves.close();
        released.countDown();
        closed.get(10, TimeUnit.SECONDS);

        assertThat(accepted).hasSize(1 + WAITING);
        for (SocketChannel connection : accepted) {
            connection.write(ByteBuffer.wrap(new byte[] {'a'}));
        }
        for (Socket client : clients) {
            assertThat(client.getInputStream().read()).isEqualTo('a');
        }
        assertThatThrownBy(() -> connect(address)).isInstanceOf(ConnectException.class);
    }
}
