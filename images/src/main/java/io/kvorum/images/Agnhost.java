package io.kvorum.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of {@code registry.k8s.io/e2e-test-images/agnhost} that tests of services use: {@code netexec}
 * ({@code --http-port=8080}), {@code serve-hostname} ({@code --port=9376}), {@code pause}.
 *
 * <p>Paths of {@code netexec}: {@code /}, {@code /clientip}, {@code /header?key=}, {@code /hostname}, {@code
 * /hostName}, {@code /echo?msg=&code=}, {@code /env}, {@code /healthz}, {@code /readyz}, {@code /exit?code=&wait=},
 * {@code /shutdown}, {@code /delay?seconds=}.
 */
public final class Agnhost {
    private static final Instant STARTED = Instant.now();

    private Agnhost() {}

    public static void main(String[] args) throws InterruptedException {
        String command = args.length == 0 ? "pause" : args[0];
        GoFlags flags = GoFlags.parse(args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length));
        switch (command) {
            case "netexec" ->
                serve(
                        Integer.parseInt(flags.value("http-port", "8080")),
                        netexec(Duration.ofSeconds(Long.parseLong(flags.value("delay-shutdown", "0")))));
            case "serve-hostname" ->
                serve(
                        Integer.parseInt(flags.value("port", "9376")),
                        request -> HttpResponse.text(200, "text/plain; charset=utf-8", hostname()));
            case "pause" -> {
                Serving.announce();
                Thread.currentThread().join();
            }
            default -> {
                System.err.println("Error: unknown command \"" + command
                        + "\" for \"app\"; known: netexec, serve-hostname, pause");
                System.exit(1);
            }
        }
    }

    private static void serve(int port, HttpServer.Handler handler) {
        HttpServer server = Serving.run(
                Serving.address("", port),
                "agnhost",
                handler,
                (request, code, bytes) ->
                        System.out.println(Instant.now() + " " + request.method() + " " + request.target()));
        System.out.println("Started HTTP server on port " + server.port());
    }

    static HttpServer.Handler netexec(Duration delayShutdown) {
        return request -> {
            Map<String, String> query = request.query();
            return switch (request.path()) {
                case "/", "" -> text(200, "NOW: " + Instant.now());
                case "/clientip" ->
                    text(
                            200,
                            request.remote().getAddress().getHostAddress() + ":"
                                    + request.remote().getPort());
                case "/header" -> text(200, orEmpty(request.header(query.getOrDefault("key", ""))));
                case "/hostname", "/hostName" -> text(200, hostname());
                case "/echo" -> echo(request, query);
                case "/env" -> text(200, environment());
                case "/healthz" -> text(200, "");
                case "/readyz" -> text(Instant.now().isAfter(STARTED) ? 200 : 503, "");
                case "/delay" -> delay(query);
                case "/exit" -> {
                    Serving.exit(number(query.get("code"), 0));
                    yield text(200, "");
                }
                case "/shutdown" -> {
                    pause(delayShutdown);
                    Serving.exit(0);
                    yield text(200, "");
                }
                default -> text(404, "404 page not found\n");
            };
        };
    }

    private static HttpResponse echo(HttpRequest request, Map<String, String> query) {
        int code = number(query.get("code"), 200);
        @Nullable String message = query.get("msg");
        return text(code, message == null ? new String(request.body(), StandardCharsets.UTF_8) : message);
    }

    private static HttpResponse delay(Map<String, String> query) throws IOException {
        pause(Duration.ofSeconds(number(query.get("seconds"), 1)));
        return text(200, "done\n");
    }

    private static void pause(Duration time) throws IOException {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static String environment() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(System.getenv())
                .forEach((name, value) ->
                        text.append(name).append('=').append(value).append('\n'));
        return text.toString();
    }

    static String hostname() {
        return Serving.env("HOSTNAME", "localhost");
    }

    private static int number(@Nullable String text, int fallback) {
        try {
            return text == null ? fallback : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return fallback;
        }
    }

    private static String orEmpty(@Nullable String value) {
        return value == null ? "" : value;
    }

    private static HttpResponse text(int status, String body) {
        return HttpResponse.text(status, "text/plain; charset=utf-8", body);
    }
}
