package io.kvorum.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A constant load of HTTP GETs, each on a connection of its own, at a fixed rate, until it is closed. Every request
 * counts: one that is refused, reset, answered short or with another code than 200 is a failure.
 */
public final class ConstantLoad implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 5_000;

    private final InetSocketAddress target;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong succeeded = new AtomicLong();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean running = true;

    private ConstantLoad(InetSocketAddress target) {
        this.target = target;
    }

    /** Starts {@code clients} clients, each of which sends a request every {@code period}. */
    public static ConstantLoad start(String host, int port, int clients, Duration period) {
        ConstantLoad load = new ConstantLoad(new InetSocketAddress(host, port));
        for (int i = 0; i < clients; i++) {
            Thread thread = new Thread(() -> load.run(period), "load-" + i);
            thread.setDaemon(true);
            thread.start();
            load.threads.add(thread);
        }
        return load;
    }

    private void run(Duration period) {
        long next = System.nanoTime();
        while (running) {
            try {
                request();
                succeeded.incrementAndGet();
            } catch (IOException e) {
                failures.add(e.toString());
            }
            next += period.toNanos();
            long wait = next - System.nanoTime();
            if (wait > 0) {
                try {
                    Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
                } catch (InterruptedException e) {
                    return;
                }
            }
        }
    }

    private void request() throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(target, TIMEOUT_MILLIS);
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: " + target.getHostString() + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String status = in.readLine();
            if (status == null || !status.contains(" 200 ")) {
                throw new IOException("answered: " + status);
            }
            long expected = -1;
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                    expected =
                            Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
                }
            }
            long read = 0;
            for (int c = in.read(); c >= 0; c = in.read()) {
                read++;
            }
            if (expected >= 0 && read < expected) {
                throw new IOException("answer cut short: " + read + " of " + expected);
            }
        }
    }

    public long succeeded() {
        return succeeded.get();
    }

    public List<String> failures() {
        return List.copyOf(failures);
    }

    /** Stops after the requests under way. */
    @Override
    public void close() {
        running = false;
        for (Thread thread : threads) {
            try {
                thread.join(2 * TIMEOUT_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
