package io.kvorum.images;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A small HTTP/1.1 server with one thread a connection: keep-alive, chunked and sized request bodies, files.
 *
 * <p>Graceful stop ({@link #drain}): for a short while it goes on accepting, so that proxies have time to learn that the
 * pod is leaving; every answer from then on says {@code Connection: close}; then it closes the listening socket, lets
 * requests in flight finish and closes idle connections.
 */
final class HttpServer implements AutoCloseable {
    private static final int MAX_HEADER_BYTES = 32 * 1024;
    private static final int MAX_BODY_BYTES = 4 * 1024 * 1024;
    private static final int KEEP_ALIVE_MILLIS = 65_000;
    private static final int MAX_CONNECTIONS = 512;
    /** How often an idle connection looks whether the server drains. */
    private static final int IDLE_CHECK_MILLIS = 200;
    /**
     * How long a connection that has brought no request yet is waited for once the listener is closed: longer than a proxy
     * on a busy machine takes from connecting to handing on what its client sent at once.
     */
    private static final int FIRST_REQUEST_MILLIS = 3_000;

    /** Answers one request; an exception is answered as 500. */
    interface Handler {
        HttpResponse handle(HttpRequest request) throws IOException;
    }

    /** Told of each answered request. */
    interface AccessLog {
        void log(HttpRequest request, int status, long bytes);
    }

    private final ServerSocket listener;
    private final String name;
    private final Handler handler;
    private final AccessLog log;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor threads;
    private final Thread acceptor;
    private volatile boolean draining;
    private volatile boolean listenerClosed;

    /** @param name value of the {@code Server} header */
    HttpServer(InetSocketAddress address, String name, Handler handler, AccessLog log) throws IOException {
        this.listener = new ServerSocket();
        this.listener.setReuseAddress(true);
        this.listener.bind(address, 1024);
        this.name = name;
        this.handler = handler;
        this.log = log;
        this.threads =
                new ThreadPoolExecutor(0, MAX_CONNECTIONS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(null, task, "connection", 256 * 1024);
                    thread.setDaemon(true);
                    return thread;
                });
        this.acceptor = new Thread(this::accept, "accept");
    }

    void start() {
        acceptor.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    /**
     * Stops gracefully; returns when every connection is closed or {@code limitMillis} have passed.
     *
     * @param lameDuckMillis how long new connections are still taken
     */
    void drain(long lameDuckMillis, long limitMillis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
        draining = true;
        acceptor.join(Math.max(1, lameDuckMillis));
        closeListener();
        acceptor.join(1000);
        threads.shutdown();
        threads.awaitTermination(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        connections.forEach(HttpServer::closeQuietly);
    }

    @Override
    public void close() {
        draining = true;
        closeListener();
        threads.shutdownNow();
        connections.forEach(HttpServer::closeQuietly);
    }

    private void closeListener() {
        listenerClosed = true;
        try {
            listener.close();
        } catch (IOException e) {
            System.err.println("closing the listening socket: " + e.getMessage());
        }
    }

    private void accept() {
        while (!listenerClosed) {
            Socket socket;
            try {
                socket = listener.accept();
            } catch (IOException e) {
                if (!listenerClosed) {
                    System.err.println("accept: " + e.getMessage());
                }
                continue;
            }
            connections.add(socket);
            try {
                threads.execute(() -> serve(socket));
            } catch (RejectedExecutionException e) {
                connections.remove(socket);
                closeQuietly(socket);
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream(), 8192);
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 16_384);
            int afterClose = FIRST_REQUEST_MILLIS;
            while (awaitRequest(socket, in, afterClose) && exchange(socket, in, out)) {
                afterClose = IDLE_CHECK_MILLIS; // the next request of the same connection
            }
        } catch (IOException e) {
            // The peer went away; there is nobody to tell.
        } finally {
            connections.remove(socket);
        }
    }

    /**
     * Waits for the first byte of a request; false when the peer closed, was idle for too long or the server drains.
     *
     * @param afterClose how long it waits on once the listener is closed, in milliseconds
     */
    private boolean awaitRequest(Socket socket, InputStream in, int afterClose) throws IOException {
        int waited = 0;
        int waitedClosed = 0;
        while (true) {
            boolean closed = listenerClosed;
            socket.setSoTimeout(IDLE_CHECK_MILLIS);
            in.mark(1);
            try {
                int first = in.read();
                if (first < 0) {
                    return false;
                }
                in.reset();
                return true;
            } catch (SocketTimeoutException e) {
                waited += IDLE_CHECK_MILLIS;
                waitedClosed += closed ? IDLE_CHECK_MILLIS : 0;
                if (waited >= KEEP_ALIVE_MILLIS || waitedClosed >= afterClose) {
                    return false;
                }
            }
        }
    }

    /** One request and its answer; true when the connection stays open. */
    private boolean exchange(Socket socket, InputStream in, OutputStream out) throws IOException {
        socket.setSoTimeout(15_000);
        HttpRequest request;
        HttpResponse response;
        try {
            request = read(socket, in, out);
        } catch (BadRequest e) {
            String page =
                    "<html><head><title>" + e.status + "</title></head><body>" + e.getMessage() + "</body></html>\n";
            send(out, HttpResponse.text(e.status, "text/html", page), false, true);
            return false;
        }
        if (request == null) {
            return false;
        }
        try {
            response = handler.handle(request);
        } catch (RuntimeException | IOException e) {
            System.err.println(request.method() + " " + request.target() + ": " + e);
            response = HttpResponse.text(500, "text/plain", "500 Internal Server Error\n");
        }
        String connection = request.header("connection");
        boolean http11 = request.version().equals("HTTP/1.1");
        boolean keep = !draining
                && (connection == null
                        ? http11
                        : !connection.toLowerCase(Locale.ROOT).contains("close"))
                && (http11
                        || connection != null
                                && connection.toLowerCase(Locale.ROOT).contains("keep-alive"));
        send(out, response, request.method().equals("HEAD"), !keep);
        log.log(request, response.status(), response.length());
        return keep;
    }

    private static final class BadRequest extends IOException {
        final int status;

        BadRequest(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    private static @Nullable HttpRequest read(Socket socket, InputStream in, OutputStream out) throws IOException {
        int[] budget = {MAX_HEADER_BYTES};
        String line = line(in, budget);
        if (line == null) {
            return null;
        }
        String[] parts = line.split(" ", 3);
        if (parts.length != 3 || !parts[1].startsWith("/") && !parts[1].startsWith("http") && !parts[1].equals("*")) {
            throw new BadRequest(400, "Bad Request");
        }
        if (!parts[2].startsWith("HTTP/1.")) {
            throw new BadRequest(505, "HTTP Version Not Supported");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        while (true) {
            String header = line(in, budget);
            if (header == null) {
                throw new BadRequest(400, "Bad Request");
            }
            if (header.isEmpty()) {
                break;
            }
            int colon = header.indexOf(':');
            if (colon <= 0) {
                throw new BadRequest(400, "Bad Request");
            }
            headers.merge(
                    header.substring(0, colon).trim().toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).trim(),
                    (a, b) -> a + ", " + b);
        }
        String expect = headers.get("expect");
        if (expect != null && expect.equalsIgnoreCase("100-continue")) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
        byte[] body = body(in, headers);
        return new HttpRequest(
                parts[0], parts[1], parts[2], headers, body, (InetSocketAddress) socket.getRemoteSocketAddress());
    }

    private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
        String encoding = headers.get("transfer-encoding");
        if (encoding != null && encoding.toLowerCase(Locale.ROOT).contains("chunked")) {
            return chunked(in);
        }
        String length = headers.get("content-length");
        if (length == null) {
            return new byte[0];
        }
        int size;
        try {
            size = Integer.parseInt(length);
        } catch (NumberFormatException e) {
            throw new BadRequest(413, "Request Entity Too Large");
        }
        if (size < 0 || size > MAX_BODY_BYTES) {
            throw new BadRequest(413, "Request Entity Too Large");
        }
        byte[] body = in.readNBytes(size);
        if (body.length < size) {
            throw new IOException("body cut short");
        }
        return body;
    }

    private static byte[] chunked(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (true) {
            String line = line(in, new int[] {MAX_HEADER_BYTES});
            if (line == null) {
                throw new IOException("body cut short");
            }
            int end = line.indexOf(';');
            int size;
            try {
                size = Integer.parseInt((end < 0 ? line : line.substring(0, end)).trim(), 16);
            } catch (NumberFormatException e) {
                throw new BadRequest(400, "Bad Request");
            }
            if (size < 0 || all.size() + (long) size > MAX_BODY_BYTES) {
                throw new BadRequest(413, "Request Entity Too Large");
            }
            if (size == 0) {
                String trailer = line(in, new int[] {MAX_HEADER_BYTES});
                while (trailer != null && !trailer.isEmpty()) {
                    trailer = line(in, new int[] {MAX_HEADER_BYTES});
                }
                return all.toByteArray();
            }
            all.write(in.readNBytes(size));
            line(in, new int[] {MAX_HEADER_BYTES});
        }
    }

    /** One line without its end; null at the end of the stream. */
    private static @Nullable String line(InputStream in, int[] budget) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(64);
        while (true) {
            int next = in.read();
            if (next < 0) {
                return line.size() == 0 ? null : line.toString(StandardCharsets.ISO_8859_1);
            }
            if (--budget[0] < 0) {
                throw new BadRequest(431, "Request Header Or Cookie Too Large");
            }
            if (next == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            line.write(next);
        }
    }

    private void send(OutputStream out, HttpResponse response, boolean head, boolean close) throws IOException {
        StringBuilder text = new StringBuilder(256);
        text.append("HTTP/1.1 ")
                .append(response.status())
                .append(' ')
                .append(response.phrase())
                .append("\r\n");
        text.append("Server: ").append(name).append("\r\nDate: ").append(httpDate(ZonedDateTime.now(ZoneOffset.UTC)));
        text.append("\r\n");
        response.headers()
                .forEach((key, value) ->
                        text.append(key).append(": ").append(value).append("\r\n"));
        if (response.status() != 304 && response.status() != 204) {
            text.append("Content-Length: ").append(response.length()).append("\r\n");
        }
        text.append("Connection: ").append(close ? "close" : "keep-alive").append("\r\n\r\n");
        out.write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        if (!head && response.status() != 304) {
            if (response.file() == null) {
                out.write(response.bytes());
            } else {
                try (FileChannel file = FileChannel.open(response.file(), StandardOpenOption.READ)) {
                    file.position(response.offset());
                    InputStream content = Channels.newInputStream(file);
                    byte[] buffer = new byte[16_384];
                    long left = response.length();
                    while (left > 0) {
                        int count = content.read(buffer, 0, (int) Math.min(buffer.length, left));
                        if (count < 0) {
                            throw new IOException("file shrank while it was sent");
                        }
                        out.write(buffer, 0, count);
                        left -= count;
                    }
                }
            }
        }
        out.flush();
    }

    /** A date as HTTP writes it, RFC 9110 section 5.6.7. */
    static String httpDate(ZonedDateTime time) {
        return DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
                .format(time.withZoneSameInstant(ZoneOffset.UTC));
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
