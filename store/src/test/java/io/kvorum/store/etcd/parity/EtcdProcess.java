package io.kvorum.store.etcd.parity;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real etcd of one member, empty, on ports of its own. */
final class EtcdProcess implements AutoCloseable {
    private static final String HOST = "127.0.0.3";

    private final Process process;
    private final String address;

    private EtcdProcess(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /** The program that {@code ETCD} names, else the first on the PATH. */
    static Optional<Path> program() {
        String named = System.getenv("ETCD");
        return named != null && !named.isEmpty()
                ? Optional.of(Path.of(named))
                : Stream.of(System.getenv("PATH").split(":"))
                        .map(folder -> Path.of(folder, "etcd"))
                        .filter(Files::isExecutable)
                        .findFirst();
    }

    /** Starts it; calls wait until it serves. */
    static EtcdProcess start(Path program, Path folder) throws IOException {
        String address = HOST + ":" + freePort();
        String client = "http://" + address;
        String peer = "http://" + HOST + ":" + freePort();
        Process process = new ProcessBuilder(List.of(
                        program.toString(),
                        "--name=etcd",
                        "--data-dir=" + folder.resolve("data"),
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=etcd=" + peer,
                        "--logger=zap",
                        "--log-level=error"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        return new EtcdProcess(process, address);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        }
    }

    String address() {
        return address;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
}
