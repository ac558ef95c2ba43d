package io.kvorum.images;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP response: bytes, or {@code length} bytes of a file from {@code offset}.
 *
 * @param file null when {@code bytes} is the body
 */
record HttpResponse(
        int status,
        Map<String, String> headers,
        byte[] bytes,
        @Nullable Path file,
        long offset,
        long length) {

    static HttpResponse text(int status, String type, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return bytes(status, type, bytes);
    }

    static HttpResponse bytes(int status, String type, byte[] body) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", type);
        return new HttpResponse(status, headers, body, null, 0, body.length);
    }

    static HttpResponse file(int status, String type, Path file, long offset, long length) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", type);
        return new HttpResponse(status, headers, new byte[0], file, offset, length);
    }

    HttpResponse with(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** The reason phrase of the status line. */
    String phrase() {
        return switch (status) {
            case 200 -> "OK";
            case 204 -> "No Content";
            case 206 -> "Partial Content";
            case 301 -> "Moved Permanently";
            case 302 -> "Found";
            case 304 -> "Not Modified";
            case 400 -> "Bad Request";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Not Allowed";
            case 408 -> "Request Time-out";
            case 411 -> "Length Required";
            case 412 -> "Precondition Failed";
            case 413 -> "Request Entity Too Large";
            case 414 -> "Request-URI Too Large";
            case 416 -> "Requested Range Not Satisfiable";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Temporarily Unavailable";
            case 504 -> "Gateway Time-out";
            case 505 -> "HTTP Version Not Supported";
            default -> "Status";
        };
    }
}
