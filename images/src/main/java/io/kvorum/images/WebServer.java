package io.kvorum.images;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The web server behind the images {@code nginx} and {@code httpd}: static files, access log in the combined format on
 * standard output.
 *
 * <p>Arguments: {@code nginx} or {@code httpd}, for the names and the document root ({@code usr/share/nginx/html},
 * {@code usr/local/apache2/htdocs}) looked for below {@code KVORUM_ROOT}; where a volume is mounted there, its files
 * are served. Port: {@code NGINX_PORT}, {@code PORT}, else 80.
 */
public final class WebServer {
    private static final DateTimeFormatter LOG_TIME = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.US);

    private WebServer() {}

    public static void main(String[] args) {
        boolean httpd = args.length > 0 && args[0].equals("httpd");
        String server = httpd ? "Apache/2.4 (Kvorum)" : "nginx/1.29 (Kvorum)";
        int port = Integer.parseInt(Serving.env("NGINX_PORT", Serving.env("PORT", "80")));
        Path root = documentRoot(Path.of(Serving.env("KVORUM_ROOT", ".")), httpd);
        HttpServer running = Serving.run(
                Serving.address("", port),
                server,
                new StaticFiles(root, server, httpd ? "<html><body><h1>It works!</h1></body></html>\n" : NGINX_WELCOME),
                WebServer::log);
        System.err.println(ZonedDateTime.now(ZoneOffset.UTC).format(LOG_TIME) + " [notice] " + server + " serving "
                + root + " on port " + running.port());
    }

    /** The image's own folder when something is mounted or written there, else {@code html} beside it, else the former. */
    static Path documentRoot(Path container, boolean httpd) {
        Path standard = container.resolve(httpd ? "usr/local/apache2/htdocs" : "usr/share/nginx/html");
        Path html = container.resolve("html");
        return !Files.isDirectory(standard) && Files.isDirectory(html) ? html : standard;
    }

    private static void log(HttpRequest request, int status, long bytes) {
        System.out.println(request.remote().getAddress().getHostAddress() + " - - ["
                + ZonedDateTime.now(ZoneOffset.UTC).format(LOG_TIME) + "] \"" + request.method() + " "
                + request.target() + " " + request.version() + "\" " + status + " " + bytes + " \""
                + orDash(request.header("referer")) + "\" \"" + orDash(request.header("user-agent")) + "\"");
    }

    private static String orDash(@Nullable String value) {
        return value == null ? "-" : value;
    }

    private static final String NGINX_WELCOME = """
            <!DOCTYPE html>
            <html>
            <head>
            <title>Welcome to nginx!</title>
            <style>html { color-scheme: light dark; } body { width: 35em; margin: 0 auto; font-family: sans-serif; }</style>
            </head>
            <body>
            <h1>Welcome to nginx!</h1>
            <p>This page is served by Kvorum's stand-in for the nginx image. Mount a volume with your own files at
            <code>/usr/share/nginx/html</code> to replace it.</p>
            </body>
            </html>
            """;
}
