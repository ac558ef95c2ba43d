package io.kvorum.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Serves the files below a document root: index, types, HEAD, If-Modified-Since, ETag, one byte range. */
final class StaticFiles implements HttpServer.Handler {
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html"),
            Map.entry("htm", "text/html"),
            Map.entry("css", "text/css"),
            Map.entry("js", "application/javascript"),
            Map.entry("mjs", "application/javascript"),
            Map.entry("json", "application/json"),
            Map.entry("xml", "text/xml"),
            Map.entry("txt", "text/plain"),
            Map.entry("md", "text/plain"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("gif", "image/gif"),
            Map.entry("webp", "image/webp"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("pdf", "application/pdf"),
            Map.entry("wasm", "application/wasm"),
            Map.entry("woff", "font/woff"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("mp4", "video/mp4"),
            Map.entry("zip", "application/zip"));

    private final Path root;
    private final String server;
    private final @Nullable String welcome;

    /**
     * @param server name shown on error pages, for example {@code nginx/1.29}
     * @param welcome page for {@code /} when the root has no index; null for 403
     */
    StaticFiles(Path root, String server, @Nullable String welcome) {
        this.root = root;
        this.server = server;
        this.welcome = welcome;
    }

    @Override
    public HttpResponse handle(HttpRequest request) throws IOException {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return error(405, "Not Allowed").with("Allow", "GET, HEAD");
        }
        String path;
        try {
            path = request.path();
        } catch (IllegalArgumentException e) {
            return error(400, "Bad Request");
        }
        if (path.indexOf('\0') >= 0) {
            return error(400, "Bad Request");
        }
        // Links may leave the root (a mounted volume is one); dots in the request may not.
        Path file = root.resolve(path.replaceFirst("^/+", "")).normalize();
        if (!file.startsWith(root.normalize())) {
            return error(400, "Bad Request");
        }
        if (Files.isDirectory(file)) {
            if (!path.endsWith("/")) {
                return error(301, "Moved Permanently").with("Location", path + "/");
            }
            Path index = file.resolve("index.html");
            if (!Files.isRegularFile(index)) {
                return path.equals("/") && welcome != null
                        ? HttpResponse.text(200, "text/html", welcome)
                        : error(403, "Forbidden");
            }
            file = index;
        }
        if (!Files.isRegularFile(file)) {
            return path.equals("/") && welcome != null
                    ? HttpResponse.text(200, "text/html", welcome)
                    : error(404, "Not Found");
        }
        if (!Files.isReadable(file)) {
            return error(403, "Forbidden");
        }
        return send(request, file);
    }

    private HttpResponse send(HttpRequest request, Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        Instant modified = attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.SECONDS);
        long size = attributes.size();
        String tag = "\"" + Long.toHexString(modified.getEpochSecond()) + "-" + Long.toHexString(size) + "\"";
        HttpResponse response = fresh(request, modified, tag)
                ? HttpResponse.bytes(304, type(file), new byte[0])
                : range(request, file, size);
        return response.with("Last-Modified", HttpServer.httpDate(modified.atZone(ZoneOffset.UTC)))
                .with("ETag", tag)
                .with("Accept-Ranges", "bytes");
    }

    private static boolean fresh(HttpRequest request, Instant modified, String tag) {
        @Nullable String none = request.header("if-none-match");
        if (none != null) {
            return none.equals("*") || none.contains(tag);
        }
        @Nullable String since = request.header("if-modified-since");
        if (since == null) {
            return false;
        }
        try {
            return !modified.isAfter(ZonedDateTime.parse(since, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    /** The whole file, or the one range asked for; several ranges are answered with the whole file, as RFC 9110 allows. */
    private static HttpResponse range(HttpRequest request, Path file, long size) {
        @Nullable String range = request.header("range");
        if (range == null || !range.matches("bytes=(\\d{1,18}-\\d{0,18}|-\\d{1,18})")) {
            return HttpResponse.file(200, type(file), file, 0, size);
        }
        String[] ends = range.substring("bytes=".length()).split("-", -1);
        long first = ends[0].isEmpty() ? Math.max(0, size - Long.parseLong(ends[1])) : Long.parseLong(ends[0]);
        long last = ends[0].isEmpty() || ends[1].isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(ends[1]));
        if (first > last) {
            return HttpResponse.bytes(416, "text/plain", new byte[0]).with("Content-Range", "bytes */" + size);
        }
        return HttpResponse.file(206, type(file), file, first, last - first + 1)
                .with("Content-Range", "bytes " + first + "-" + last + "/" + size);
    }

    private static String type(Path file) {
        String name = String.valueOf(file.getFileName());
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return TYPES.getOrDefault(extension, "application/octet-stream");
    }

    private HttpResponse error(int status, String text) {
        String title = status + " " + text;
        return HttpResponse.text(
                status,
                "text/html",
                "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title
                        + "</h1></center>\r\n<hr><center>" + server + "</center>\r\n</body>\r\n</html>\r\n");
    }
}
