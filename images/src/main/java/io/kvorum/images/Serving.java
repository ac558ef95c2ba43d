package io.kvorum.images;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where an image's program listens and how it ends: on {@code POD_IP}, gracefully on SIGTERM. */
final class Serving {
    /** Longer than any deployment's default patience for requests in flight, shorter than the default grace of 30 s. */
    private static final long DRAIN_LIMIT_MILLIS = 25_000;

    private Serving() {}

    /** The value of an environment variable, or {@code fallback} when it is not set or empty. */
    static String env(String name, String fallback) {
        @Nullable String value = System.getenv(name);
        return value == null || value.isEmpty() ? fallback : value;
    }

    /** The address to listen on. {@code host} overrides the pod's address when it is a real one. */
    static InetSocketAddress address(String host, int port) {
        String podIp = env("POD_IP", "0.0.0.0");
        boolean anywhere = host.isEmpty() || host.equals("0.0.0.0") || host.equals("::") || host.equals("[::]");
        return new InetSocketAddress(anywhere ? podIp : host, port);
    }

    /** Opens, serves and drains at SIGTERM; ends the process with code 1 and one line when the port is not free. */
    static HttpServer run(
            InetSocketAddress address, String name, HttpServer.Handler handler, HttpServer.AccessLog log) {
        HttpServer server;
        try {
            server = new HttpServer(address, name, handler, log);
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            System.err.println(
                    "bind() to " + address.getHostString() + ":" + address.getPort() + " failed (" + message + ")");
            if (address.getPort() < 1024 && message.contains("Permission denied")) {
                System.err.println("ports below 1024 are reserved on this host; free them with: sudo sysctl -w"
                        + " net.ipv4.ip_unprivileged_port_start=0");
            }
            System.exit(1);
            throw new IllegalStateException("unreachable", e);
        }
        long lameDuck = Long.parseLong(env("KVORUM_DRAIN_MILLIS", "1000"));
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            try {
                                server.drain(lameDuck, DRAIN_LIMIT_MILLIS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            System.out.flush();
                            // A server that was asked to stop and did is a success; a JVM would report 143.
                            Runtime.getRuntime().halt(exitCode);
                        },
                        "drain"));
        server.start();
        announce();
        return server;
    }

    /** Tells the kubelet that the program can serve, by the file it asks for. */
    static void announce() {
        String file = env("KVORUM_READY_FILE", "");
        if (file.isEmpty()) {
            return;
        }
        try {
            Files.write(Path.of(file), new byte[0]);
        } catch (IOException e) {
            System.err.println("cannot write " + file + ": " + e.getMessage());
        }
    }

    private static volatile int exitCode;

    /** Drains and ends the process with {@code code}. */
    static void exit(int code) {
        exitCode = code;
        new Thread(() -> System.exit(code), "exit").start();
    }
}
