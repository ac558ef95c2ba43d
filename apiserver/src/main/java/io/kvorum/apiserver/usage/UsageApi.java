package io.kvorum.apiserver.usage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.Tree;
import io.kvorum.api.selector.FieldSelector;
import io.kvorum.api.selector.LabelSelector;
import io.kvorum.apiserver.aggregation.Contribution;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.pipeline.Elsewhere;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.kvorum.bus.BusAddress;
import io.kvorum.bus.BusClient;
import io.kvorum.bus.BusRequest;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Answers requests for NodeMetrics and PodMetrics from the summaries of the kubelets. Nothing is kept. */
public final class UsageApi implements Elsewhere {
    public static final String GROUP = "metrics.k8s.io";
    public static final String VERSION = "v1beta1";
    private static final String ROOT = "/apis/" + GROUP + "/" + VERSION;
    private static final Duration KUBELET_WAIT = Duration.ofSeconds(5);
    private static final ApiException.Details NOTHING = new ApiException.Details("", "", "", "", List.of(), 0);

    private final WatchCache cache;
    private final BusClient bus;
    private final Clock clock;

    public UsageApi(WatchCache cache, BusClient bus, Clock clock) {
        this.cache = cache;
        this.bus = bus;
        this.clock = clock;
    }

    /** Its part of discovery. */
    public static Contribution contribution() {
        return new Contribution(GROUP, VERSION, resources(), "", true);
    }

    private static ObjectNode resources() {
        ObjectNode list = ObjectJson.object();
        list.put("kind", "APIResourceList").put("apiVersion", "v1").put("groupVersion", GROUP + "/" + VERSION);
        ArrayNode resources = list.putArray("resources");
        resource(resources, "nodes", "NodeMetrics", false);
        resource(resources, "pods", "PodMetrics", true);
        return list;
    }

    private static void resource(ArrayNode resources, String name, String kind, boolean namespaced) {
        resources
                .addObject()
                .put("name", name)
                .put("singularName", "")
                .put("namespaced", namespaced)
                .put("kind", kind)
                .putArray("verbs")
                .add("get")
                .add("list");
    }

    @Override
    public @Nullable Future<ApiResponse> handle(ApiRequest request, User user) {
        String path = request.path();
        if (!path.equals(ROOT) && !path.startsWith(ROOT + "/")) {
            return null;
        }
        if (path.equals(ROOT) || path.equals(ROOT + "/")) {
            return Future.succeededFuture(ApiResponse.json(200, ObjectJson.encode(resources())));
        }
        RequestInfo info = RequestInfo.parse(request.method(), path, request.query());
        boolean pods = info.resource().equals("pods");
        boolean place = pods
                ? info.name().isEmpty() || !info.namespace().isEmpty()
                : info.resource().equals("nodes") && info.namespace().isEmpty();
        if (!place || !info.subresource().isEmpty()) {
            throw new ApiException(404, "NotFound", "the server could not find the requested resource", NOTHING);
        }
        if (!Set.of("get", "list").contains(info.verb())) {
            throw new ApiException(
                    405,
                    "MethodNotAllowed",
                    "the server does not allow this method on the requested resource",
                    NOTHING);
        }
        return info.name().isEmpty() ? list(info, request, pods) : one(info, pods);
    }

    private Future<ApiResponse> one(RequestInfo info, boolean pods) {
        String path = pods ? info.namespace() + "/" + info.name() : info.name();
        ObjectVersion object = cache.of(pods ? "core/pods" : "core/nodes").get(path);
        ApiException unknown = new ApiException(
                404,
                "NotFound",
                (pods ? "podmetrics" : "nodemetrics") + ".metrics.k8s.io \"" + path + "\" not found",
                new ApiException.Details(info.name(), GROUP, pods ? "podmetrics" : "nodemetrics", "", List.of(), 0));
        if (object == null) {
            throw unknown;
        }
        return metrics(List.of(object), pods).map(found -> {
            if (found.isEmpty()) {
                throw unknown;
            }
            ObjectNode metrics = found.get(0);
            return ApiResponse.json(200, ObjectJson.encode(typed(metrics, pods ? "PodMetrics" : "NodeMetrics")));
        });
    }

    private static ObjectNode typed(ObjectNode content, String kind) {
        ObjectNode object = ObjectJson.object();
        object.put("kind", kind).put("apiVersion", GROUP + "/" + VERSION);
        object.setAll(content);
        return object;
    }

    private Future<ApiResponse> list(RequestInfo info, ApiRequest request, boolean pods) {
        LabelSelector labels = LabelSelector.parse(request.query().text("labelSelector"));
        FieldSelector fields = FieldSelector.parse(
                request.query().text("fieldSelector"),
                BuiltinCatalog.load().byResource("", "v1", info.resource()).orElseThrow());
        List<ObjectVersion> chosen = new ArrayList<>();
        Collection<ObjectVersion> all = pods
                ? cache.of("core/pods").list(info.namespace())
                : cache.of("core/nodes").list("");
        for (ObjectVersion object : all) {
            if (fields.matches(object.selectable()) && labels.matches(object.labels())) {
                chosen.add(object);
            }
        }
        return metrics(chosen, pods).map(found -> {
            ObjectNode list = ObjectJson.object();
            list.putObject("metadata");
            ArrayNode items = list.putArray("items");
            found.forEach(items::add);
            return ApiResponse.json(200, ObjectJson.encode(typed(list, pods ? "PodMetricsList" : "NodeMetricsList")));
        });
    }

    // ---- from summaries

    private Future<List<ObjectNode>> metrics(List<ObjectVersion> objects, boolean pods) {
        Set<String> nodes = new TreeSet<>();
        for (ObjectVersion object : objects) {
            String node = pods ? Tree.text(object.selectable(), "spec", "nodeName") : object.name();
            if (!node.isEmpty()) {
                nodes.add(node);
            }
        }
        Map<String, JsonNode> summaries = new HashMap<>();
        List<Future<?>> asked = new ArrayList<>();
        for (String node : nodes) {
            // A node that does not answer is left out, as by metrics-server.
            asked.add(summary(node).onSuccess(summary -> summaries.put(node, summary)));
        }
        return Future.join(asked).transform(done -> {
            List<ObjectNode> found = new ArrayList<>();
            for (ObjectVersion object : objects) {
                ObjectNode metrics = pods
                        ? pod(object, summaries.get(Tree.text(object.selectable(), "spec", "nodeName")))
                        : node(object, summaries.get(object.name()));
                if (metrics != null) {
                    found.add(metrics);
                }
            }
            return Future.succeededFuture(found);
        });
    }

    private Future<JsonNode> summary(String node) {
        return bus.send(
                        BusAddress.instance("kubelet", "kubelet-" + node),
                        BusRequest.get("/stats/summary", KUBELET_WAIT))
                .compose(reply -> reply.status() == 200
                        ? Future.succeededFuture(
                                ObjectJson.parseAny(reply.body().toString()))
                        : Future.failedFuture("status " + reply.status()));
    }

    private ObjectNode head(ObjectVersion object, JsonNode cpu) {
        ObjectNode metrics = ObjectJson.object();
        ObjectNode meta = metrics.putObject("metadata").put("name", object.name());
        if (!object.namespace().isEmpty()) {
            meta.put("namespace", object.namespace());
        }
        meta.put(
                "creationTimestamp",
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        if (!object.labels().isEmpty()) {
            ObjectNode labels = meta.putObject("labels");
            object.labels().forEach(labels::put);
        }
        metrics.put("timestamp", Tree.text(cpu, "time"));
        metrics.put("window", Math.max(1, Tree.number(cpu, "windowSeconds")) + "s");
        return metrics;
    }

    private static void usage(ObjectNode usage, JsonNode stats) {
        usage.put("cpu", Tree.number(stats, "cpu", "usageNanoCores") + "n");
        usage.put("memory", Tree.number(stats, "memory", "workingSetBytes") / 1024 + "Ki");
    }

    private @Nullable ObjectNode node(ObjectVersion node, @Nullable JsonNode summary) {
        if (summary == null) {
            return null;
        }
        ObjectNode metrics = head(node, summary.path("node").path("cpu"));
        usage(metrics.putObject("usage"), summary.path("node"));
        return metrics;
    }

    private @Nullable ObjectNode pod(ObjectVersion pod, @Nullable JsonNode summary) {
        String uid = Tree.text(pod.selectable(), "metadata", "uid");
        for (JsonNode stats : Tree.items(summary, "pods")) {
            List<JsonNode> containers = Tree.items(stats, "containers");
            if (Tree.text(stats, "podRef", "uid").equals(uid) && !containers.isEmpty()) {
                ObjectNode metrics = head(pod, containers.get(0).path("cpu"));
                ArrayNode list = metrics.putArray("containers");
                for (JsonNode container : containers) {
                    ObjectNode one = list.addObject().put("name", Tree.text(container, "name"));
                    usage(one.putObject("usage"), container);
                }
                return metrics;
            }
        }
        return null;
    }
}
