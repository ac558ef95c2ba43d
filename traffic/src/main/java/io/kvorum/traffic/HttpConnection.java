package io.kvorum.traffic;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** One HTTP/1.1 connection: sends a prepared request and reads the answer whole. Each read is bounded by the request's deadline. */
final class HttpConnection implements AutoCloseable {
    private static final int KEPT_BODY_BYTES = 64 * 1024;

    /**
     * An answer that was read whole.
     *
     * @param headers names in lower case
     * @param body its first 64 KiB
     * @param reusable whether the connection may carry another request
     */
    record Answer(int status, Map<String, String> headers, String body, boolean reusable) {}

    private final Socket socket;
    private final DeadlineStream deadline;
    private final InputStream in;
    /** Whether a byte of the answer under way has come; a request may be sent again on another connection before that. */
    private boolean answered;

    private HttpConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.deadline = new DeadlineStream(socket, socket.getInputStream());
        this.in = new BufferedInputStream(deadline, 8192);
    }

    /** @param address resolved once for the whole load, so that name service is not part of the measurement */
    static HttpConnection open(InetAddress address, LoadPlan plan, String host) throws IOException {
        int limit = (int) plan.timeout().toMillis();
        Socket plain = new Socket();
        try {
            plain.setTcpNoDelay(true);
            plain.connect(new InetSocketAddress(address, plan.port()), limit);
            if (!plan.secure()) {
                return new HttpConnection(plain);
            }
            plain.setSoTimeout(limit);
            SSLSocketFactory factory =
                    plan.tls() == null ? (SSLSocketFactory) SSLSocketFactory.getDefault() : plan.tls();
            SSLSocket secure = (SSLSocket) factory.createSocket(plain, host, plan.port(), true);
            SSLParameters parameters = secure.getSSLParameters();
            if (!host.matches("[0-9.]+") && host.indexOf(':') < 0) {
                parameters.setServerNames(List.of(new SNIHostName(host)));
            }
            if (plan.tls() == null) {
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            }
            secure.setSSLParameters(parameters);
            secure.startHandshake();
            return new HttpConnection(secure);
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    Answer exchange(byte[] request, boolean head, long deadlineNanos) throws IOException {
        answered = false;
        deadline.deadlineNanos = deadlineNanos;
        socket.getOutputStream().write(request);
        while (true) {
            String line = line();
            String[] words = line.split(" ", 3);
            if (words.length < 2 || !words[0].startsWith("HTTP/1.")) {
                throw new IOException("not an HTTP/1.1 answer: " + line);
            }
            int status = Integer.parseInt(words[1]);
            Map<String, String> headers = headers();
            if (status >= 200 || status == 101) {
                return whole(words[0], status, headers, head);
            }
        }
    }

    private Answer whole(String protocol, int status, Map<String, String> headers, boolean head) throws IOException {
        String connection = headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT);
        boolean reusable =
                protocol.equals("HTTP/1.1") ? !connection.contains("close") : connection.contains("keep-alive");
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        @Nullable String length = headers.get("content-length");
        if (head || status == 204 || status == 304) {
            // no body, whatever the headers say
        } else if (headers.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .contains("chunked")) {
            chunks(kept);
        } else if (length != null) {
            sized(Long.parseLong(length.strip()), kept);
        } else {
            reusable = false;
            toTheEnd(kept);
        }
        return new Answer(status, headers, kept.toString(StandardCharsets.UTF_8), reusable);
    }

    boolean answered() {
        return answered;
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.merge(
                        line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip(),
                        (a, b) -> a + ", " + b);
            }
        }
        return headers;
    }

    private void chunks(ByteArrayOutputStream kept) throws IOException {
        while (true) {
            String line = line();
            int extension = line.indexOf(';');
            long size = Long.parseLong((extension < 0 ? line : line.substring(0, extension)).strip(), 16);
            if (size == 0) {
                headers();
                return;
            }
            sized(size, kept);
            line();
        }
    }

    private void sized(long size, ByteArrayOutputStream kept) throws IOException {
        byte[] buffer = new byte[8192];
        long left = size;
        while (left > 0) {
            int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new EOFException("answer cut short, " + left + " of " + size + " bytes missing");
            }
            keep(kept, buffer, count);
            left -= count;
        }
    }

    private void toTheEnd(ByteArrayOutputStream kept) throws IOException {
        byte[] buffer = new byte[8192];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            keep(kept, buffer, count);
        }
    }

    private static void keep(ByteArrayOutputStream kept, byte[] buffer, int count) {
        kept.write(buffer, 0, Math.min(count, KEPT_BODY_BYTES - Math.min(kept.size(), KEPT_BODY_BYTES)));
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        while (true) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("connection closed before the answer was whole");
            }
            answered = true;
            if (next == '\n') {
                int end = line.length();
                return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
            }
            if (line.length() > 64 * 1024) {
                throw new IOException("a header line is longer than 64 KiB");
            }
            line.append((char) next);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is not used any more, whatever state it is in.
        }
    }

    /** Gives each read of the socket what is left until the deadline. */
    private static final class DeadlineStream extends FilterInputStream {
        private final Socket socket;
        private long deadlineNanos;

        DeadlineStream(Socket socket, InputStream in) {
            super(in);
            this.socket = socket;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            long left = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new SocketTimeoutException("no whole answer in time");
            }
            socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, left));
            return super.read(buffer, offset, length);
        }
    }
}
