package io.kvorum.component;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Serves {@code /healthz}, {@code /livez}, {@code /readyz} and {@code /metrics}, the first three as Kubernetes does. */
final class HealthServer {
    private final Vertx vertx;
    private final HealthChecks checks;
    private final ProcessMetrics metrics;

    HealthServer(Vertx vertx, HealthChecks checks, ProcessMetrics metrics) {
        this.vertx = vertx;
        this.checks = checks;
        this.metrics = metrics;
    }

    Future<HttpServer> listen(String address, int port) {
        HttpServerOptions options = new HttpServerOptions().setIdleTimeout(60);
        return vertx.createHttpServer(options).requestHandler(this::handle).listen(port, address);
    }

    private void handle(HttpServerRequest request) {
        if (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD) {
            end(request, 405, "text/plain; charset=utf-8", "method not allowed\n");
            return;
        }
        String[] path = request.path().substring(1).split("/", 2);
        switch (path[0]) {
            case "healthz", "livez", "readyz" -> health(request, path[0], path.length > 1 ? path[1] : "");
            case "metrics" -> metrics(request);
            default -> end(request, 404, "text/plain; charset=utf-8", "404 page not found\n");
        }
    }

    private void health(HttpServerRequest request, String endpoint, String check) {
        Map<String, HealthCheck> asked = checks.of(endpoint);
        Future<HealthReport> report;
        if (check.isEmpty()) {
            Set<String> exclude = new LinkedHashSet<>(request.params().getAll("exclude"));
            report = HealthReport.of(endpoint, asked, exclude, request.params().contains("verbose"));
        } else {
            HealthCheck only = asked.get(check);
            if (only == null) {
                end(request, 404, "text/plain; charset=utf-8", "404 page not found\n");
                return;
            }
            report = HealthReport.of(only);
        }
        report.onSuccess(said -> end(request, said.well() ? 200 : 500, "text/plain; charset=utf-8", said.text()));
    }

    private void metrics(HttpServerRequest request) {
        vertx.executeBlocking(metrics::scrape).onComplete(text -> {
            if (text.succeeded()) {
                end(request, 200, "text/plain; version=0.0.4; charset=utf-8", text.result());
            } else {
                end(request, 500, "text/plain; charset=utf-8", text.cause() + "\n");
            }
        });
    }

    private static void end(HttpServerRequest request, int status, String type, String body) {
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", type)
                .putHeader("Cache-Control", "no-cache, private")
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(body);
    }
}
