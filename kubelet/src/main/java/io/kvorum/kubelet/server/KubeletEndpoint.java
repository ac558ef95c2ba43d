package io.kvorum.kubelet.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.kvorum.bus.BusEndpoint;
import io.kvorum.bus.BusReply;
import io.kvorum.bus.BusRequest;
import io.kvorum.client.KubernetesJson;
import io.kvorum.kubelet.logs.ContainerLog;
import io.kvorum.kubelet.logs.LogQuery;
import io.kvorum.kubelet.logs.LogReader;
import io.kvorum.kubelet.pods.PodWorkers;
import io.kvorum.kubelet.runtime.ContainerId;
import io.kvorum.kubelet.runtime.ContainerUsage;
import io.kvorum.kubelet.streaming.StreamTargets;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The kubelet's requests: {@code GET /containerLogs/NAMESPACE/POD/CONTAINER} with {@code follow}, {@code previous},
 * {@code tailLines}, {@code limitBytes}, {@code sinceSeconds}, {@code sinceTime}, {@code timestamps}, answered as a
 * stream of raw bytes; {@code GET /pods}; {@code GET /stats/summary}. Errors are plain text.
 */
public final class KubeletEndpoint implements BusEndpoint {
    private final Vertx vertx;
    private final WorkerExecutor workers;
    private final Clock clock;
    private final PodWorkers pods;
    private final ContainerUsage usage;
    private final String node;
    private final Supplier<String> scrape;
    private final Supplier<String> probes;

    /**
     * @param node its name
     * @param scrape gives the metrics of this process; blocks
     * @param probes gives those of the probes of its pods; blocks
     */
    public KubeletEndpoint(
            Vertx vertx,
            WorkerExecutor workers,
            Clock clock,
            PodWorkers pods,
            ContainerUsage usage,
            String node,
            Supplier<String> scrape,
            Supplier<String> probes) {
        this.scrape = scrape;
        this.probes = probes;
        this.usage = usage;
        this.node = node;
        this.vertx = vertx;
        this.workers = workers;
        this.clock = clock;
        this.pods = pods;
    }

    @Override
    public Future<BusReply> handle(BusRequest request, String sender) {
        int query = request.uri().indexOf('?');
        String path = query < 0 ? request.uri() : request.uri().substring(0, query);
        Map<String, String> parameters =
                query < 0 ? Map.of() : parameters(request.uri().substring(query + 1));
        if (!request.method().equals("GET")) {
            return text(405, "method not allowed");
        }
        List<String> parts = List.of(path.substring(1).split("/", -1));
        try {
            if (parts.size() == 4 && parts.get(0).equals("containerLogs")) {
                return logs(decode(parts.get(1)), decode(parts.get(2)), decode(parts.get(3)), parameters);
            }
            if (path.equals("/stats/summary")) {
                return summary();
            }
            if (path.equals("/pods")) {
                return podList();
            }
        } catch (PodWorkers.NoLogException e) {
            return text(e.status(), String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException | DateTimeException e) {
            return text(400, String.valueOf(e.getMessage()));
        }
        return text(404, "404 page not found");
    }

    /** The documents that are the same for everybody; fails with {@link StreamTargets.NoTargetException} for others. */
    public Future<StreamTargets.Document> document(String path) {
        return switch (path) {
            case "/pods" -> podList().map(KubeletEndpoint::document);
            case "/stats/summary" -> summary().map(KubeletEndpoint::document);
            case "/metrics" -> workers.executeBlocking(() -> metrics(scrape.get()), false);
            case "/metrics/probes" -> workers.executeBlocking(() -> metrics(probes.get()), false);
            case "/metrics/resource" -> usages(summary -> metrics(ResourceMetrics.of(summary)));
            default -> Future.failedFuture(new StreamTargets.NoTargetException(404, "404 page not found"));
        };
    }

    private static StreamTargets.Document document(BusReply reply) {
        return new StreamTargets.Document(reply.headers().get("Content-Type"), reply.body());
    }

    private static StreamTargets.Document metrics(String text) {
        return new StreamTargets.Document("text/plain; version=0.0.4; charset=utf-8", Buffer.buffer(text));
    }

    /** @param told by a worker of what is used now; see {@link StatsSummary} */
    private <T> Future<T> usages(Function<ObjectNode, T> told) {
        List<Pod> now = pods.pods();
        return workers.executeBlocking(
                () -> told.apply(StatsSummary.of(node, now, usage.look(), clock.instant())), false);
    }

    private Future<BusReply> summary() {
        return usages(summary -> BusReply.whole(
                200,
                MultiMap.caseInsensitiveMultiMap().add("Content-Type", "application/json"),
                Buffer.buffer(summary.toString())));
    }

    private Future<BusReply> podList() {
        Buffer json =
                KubernetesJson.write(new PodListBuilder().withItems(pods.pods()).build());
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Content-Type", "application/json");
        return Future.succeededFuture(BusReply.whole(200, headers, json));
    }

    private Future<BusReply> logs(String namespace, String pod, String container, Map<String, String> parameters) {
        ContainerId id = pods.logOf(namespace, pod, container, flag(parameters, "previous"));
        LogQuery query = query(parameters);
        boolean follow = flag(parameters, "follow");
        return workers.executeBlocking(
                        () -> {
                            ContainerLog log = pods.log(id);
                            return new Opened(log, log.open(query));
                        },
                        false)
                .map(opened -> BusReply.stream(
                        200,
                        MultiMap.caseInsensitiveMultiMap().add("Content-Type", "text/plain"),
                        new LogStream(vertx, workers, opened.log(), opened.reader(), follow)));
    }

    private record Opened(ContainerLog log, LogReader reader) {}

    private LogQuery query(Map<String, String> parameters) {
        @Nullable Instant since = null;
        if (parameters.containsKey("sinceTime")) {
            since = Instant.parse(parameters.get("sinceTime"));
        } else if (parameters.containsKey("sinceSeconds")) {
            since = clock.instant().minusSeconds(Long.parseLong(parameters.get("sinceSeconds")));
        }
        return new LogQuery(
                number(parameters, "tailLines"),
                since,
                flag(parameters, "timestamps"),
                number(parameters, "limitBytes"));
    }

    private static @Nullable Long number(Map<String, String> parameters, String name) {
        String value = parameters.get(name);
        return value == null || value.isEmpty() ? null : Long.valueOf(value);
    }

    private static boolean flag(Map<String, String> parameters, String name) {
        String value = parameters.get(name);
        return value != null && (value.equals("true") || value.equals("1"));
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> all = new HashMap<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                all.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
        return all;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static Future<BusReply> text(int status, String message) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Content-Type", "text/plain; charset=utf-8");
        return Future.succeededFuture(BusReply.whole(status, headers, Buffer.buffer(message)));
    }
}
