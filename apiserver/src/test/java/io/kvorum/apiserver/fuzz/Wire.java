package io.kvorum.apiserver.fuzz;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One connection to a server at 127.0.0.1 that says what it is told to, right or wrong. */
final class Wire implements AutoCloseable {
    private static final int MOST_WAITING_MILLIS = 20_000;
    private static final int MOST_READ_BYTES = 64 << 20;

    /**
     * What came back.
     *
     * @param status 0 when the server just closed the connection
     * @param reusable whether another request may follow on the connection
     */
    record Answer(int status, String head, byte[] body, boolean reusable) {
        String text() {
            return new String(body, StandardCharsets.ISO_8859_1);
        }
    }

    private final Socket socket;
    private final InputStream in;

    Wire(int port) throws IOException {
        socket = new Socket();
        socket.setTcpNoDelay(true);
        // The ports of a million connections must not wait for their time to run out.
        socket.setSoLinger(true, 0);
        socket.setSoTimeout(MOST_WAITING_MILLIS);
        socket.connect(new InetSocketAddress("127.0.0.1", port), MOST_WAITING_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), 1 << 14);
    }

    /** Fails with a SocketTimeoutException when the server leaves it without an end. */
    Answer exchange(FuzzRequest request) throws IOException {
        try {
            socket.getOutputStream().write(request.bytes());
            if (!request.framed()) {
                socket.shutdownOutput();
            }
        } catch (SocketException refusedWhileWriting) {
            // The answer, if any, may still be there.
        }
        try {
            return request.framed() ? answer(request) : rest();
        } catch (EOFException | SocketException closed) {
            return new Answer(0, "", new byte[0], false);
        }
    }

    /** All that comes until the server closes. */
    private Answer rest() throws IOException {
        byte[] all = in.readNBytes(MOST_READ_BYTES);
        String text = new String(all, StandardCharsets.ISO_8859_1);
        int status = text.startsWith("HTTP/1.") && text.length() > 12 ? Integer.parseInt(text.substring(9, 12)) : 0;
        int end = text.indexOf("\r\n\r\n");
        return new Answer(status, end < 0 ? text : text.substring(0, end), all, false);
    }

    private Answer answer(FuzzRequest request) throws IOException {
        String head = head();
        int status = Integer.parseInt(head.substring(9, 12));
        while (status == 100) {
            head = head();
            status = Integer.parseInt(head.substring(9, 12));
        }
        String small = head.toLowerCase(Locale.ROOT);
        boolean closes = small.contains("\r\nconnection: close") || head.startsWith("HTTP/1.0");
        boolean bodiless = request.head() || status == 204 || status == 304;
        if (status == 101 || request.open() && status == 200) {
            return new Answer(status, head, new byte[0], false);
        }
        if (bodiless) {
            return new Answer(status, head, new byte[0], !closes);
        }
        int length = small.indexOf("\r\ncontent-length: ");
        if (length >= 0) {
            int end = small.indexOf("\r\n", length + 2);
            String value = small.substring(length + 18, end < 0 ? small.length() : end);
            byte[] body = in.readNBytes(Integer.parseInt(value.trim()));
            return new Answer(status, head, body, !closes);
        }
        if (small.contains("\r\ntransfer-encoding: chunked")) {
            return new Answer(status, head, chunks(), !closes);
        }
        return new Answer(status, head, in.readNBytes(MOST_READ_BYTES), false);
    }

    private String head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream(512);
        String line = line();
        while (!line.isEmpty()) {
            head.writeBytes((head.size() == 0 ? line : "\r\n" + line).getBytes(StandardCharsets.ISO_8859_1));
            line = line();
        }
        String text = head.toString(StandardCharsets.ISO_8859_1);
        if (text.length() < 12 || !text.startsWith("HTTP/1.")) {
            throw new IOException("no HTTP answer: " + text);
        }
        return text;
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (body.size() < MOST_READ_BYTES) {
            int size = Integer.parseInt(line().trim(), 16);
            body.writeBytes(in.readNBytes(size));
            line();
            if (size == 0) {
                return body.toByteArray();
            }
        }
        throw new IOException("a body without an end");
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
