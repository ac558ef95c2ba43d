package io.kvorum.cluster;

import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A way of its own to the API server for one client, which a test cuts and restores while all others go on. Cutting closes
 * the connections and refuses new ones.
 */
final class Tunnel implements AutoCloseable {
    private final URI server;
    private final InetSocketAddress local;
    private final Path kubeconfig;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private @Nullable ServerSocket listener;

    private Tunnel(URI server, ServerSocket listener, Path kubeconfig) {
        this.server = server;
        this.local = (InetSocketAddress) listener.getLocalSocketAddress();
        this.kubeconfig = kubeconfig;
        serve(listener);
    }

    static Tunnel to(TestCluster cluster) throws IOException {
        String config = Files.readString(cluster.kubeconfig());
        String server = config.replaceFirst("(?s).*server: (\\S+).*", "$1");
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Path kubeconfig = cluster.home().resolve("tunnel-" + listener.getLocalPort() + ".kubeconfig");
        Files.writeString(kubeconfig, config.replace(server, "https://127.0.0.1:" + listener.getLocalPort()));
        return new Tunnel(URI.create(server), listener, kubeconfig);
    }

    /** The administrator's, by this way. */
    Path kubeconfig() {
        return kubeconfig;
    }

    void cut() throws IOException {
        ServerSocket open = listener;
        listener = null;
        if (open != null) {
            open.close();
        }
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    void restore() throws IOException {
        ServerSocket again = new ServerSocket();
        again.setReuseAddress(true);
        again.bind(local);
        serve(again);
    }

    private void serve(ServerSocket open) {
        listener = open;
        start(() -> {
            while (true) {
                Socket client = open.accept();
                Socket there = new Socket();
                sockets.add(client);
                sockets.add(there);
                start(() -> {
                    there.connect(new InetSocketAddress(server.getHost(), server.getPort()));
                    start(() -> pump(there, client));
                    pump(client, there);
                });
                if (open.isClosed()) {
                    // Cut between accepting and noting down.
                    client.close();
                    there.close();
                }
            }
        });
    }

    private void pump(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } finally {
            sockets.remove(from);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException closed) {
                        // The tunnel was cut, or one of the two ends has gone.
                    }
                },
                "tunnel");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        cut();
        Files.deleteIfExists(kubeconfig);
    }
}
