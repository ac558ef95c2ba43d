package io.kvorum.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The program of {@code kvorum/web}: a server that tells which version of it answers, in the header {@code X-Version}
 * and in the body. For watching rollouts, canaries and mirrors.
 *
 * <p>Listens on {@code PORT} (default 8080); the version is {@code VERSION}, the image's tag if the pod does not set it.
 * Paths: {@code /} says version and pod; {@code /stats} how many requests came before, as JSON; {@code /headers} the
 * request's headers; {@code /echo} the request's body; {@code /delay?ms=N} answers later; {@code /status?code=N} with
 * another status; {@code /healthz}. {@code STARTUP_MILLIS} delays the moment from which it listens, as a program that
 * has something to load. Health checks are not counted.
 */
public final class VersionedWeb {
    private final String version;
    private final String pod;
    private final AtomicLong requests = new AtomicLong();

    VersionedWeb(String version, String pod) {
        this.version = version;
        this.pod = pod;
    }

    public static void main(String[] args) throws InterruptedException {
        Thread.sleep(Long.parseLong(Serving.env("STARTUP_MILLIS", "0")));
        VersionedWeb web = new VersionedWeb(Serving.env("VERSION", "unknown"), Serving.env("HOSTNAME", "localhost"));
        HttpServer server = Serving.run(
                Serving.address("", Integer.parseInt(Serving.env("PORT", "8080"))),
                "kvorum-web",
                web::answer,
                (request, status, bytes) -> System.out.println(
                        web.version + " " + request.method() + " " + request.target() + " " + status));
        System.err.println("version " + web.version + " serves on port " + server.port());
    }

    HttpResponse answer(HttpRequest request) throws IOException {
        HttpResponse response = switch (request.path()) {
            case "/healthz" -> text(200, "ok\n");
            case "/stats" ->
                HttpResponse.text(
                        200,
                        "application/json",
                        "{\"version\":\"" + version + "\",\"pod\":\"" + pod + "\",\"requests\":" + requests.get()
                                + "}\n");
            default -> {
                requests.incrementAndGet();
                yield counted(request);
            }
        };
        return response.with("X-Version", version).with("X-Pod", pod);
    }

    private HttpResponse counted(HttpRequest request) throws IOException {
        Map<String, String> query = request.query();
        return switch (request.path()) {
            case "/headers" -> {
                StringBuilder lines = new StringBuilder();
                new TreeMap<>(request.headers())
                        .forEach((name, value) ->
                                lines.append(name).append(": ").append(value).append('\n'));
                yield text(200, lines.toString());
            }
            case "/echo" -> HttpResponse.bytes(200, "application/octet-stream", request.body());
            case "/delay" -> {
                pause(number(query.get("ms"), 100));
                yield text(200, version + "\n");
            }
            case "/status" -> text(number(query.get("code"), 200), version + "\n");
            default -> text(200, version + " from " + pod + ": " + request.method() + " " + request.target() + "\n");
        };
    }

    private static int number(@org.jspecify.annotations.Nullable String text, int fallback) {
        try {
            return text == null ? fallback : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return fallback;
        }
    }

    private static void pause(int millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static HttpResponse text(int status, String body) {
        return HttpResponse.bytes(status, "text/plain; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
    }
}
