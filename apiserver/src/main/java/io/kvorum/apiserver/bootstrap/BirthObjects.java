package io.kvorum.apiserver.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.StoreKeys;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.registry.Registry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The objects every cluster is born with. Made when missing, never changed: whoever edits them means it. */
public final class BirthObjects {
    private static final Logger LOG = LoggerFactory.getLogger(BirthObjects.class);
    private static final List<String> NAMESPACES = List.of("default", "kube-system", "kube-public", "kube-node-lease");
    private static final int AT_ONCE = 8;

    private record Kind(String section, String group, String version, String resource, String kind) {}

    private static final List<Kind> KINDS = List.of(
            new Kind("priorityclasses", "scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass"),
            new Kind("clusterroles", "rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole"),
            new Kind(
                    "clusterrolebindings",
                    "rbac.authorization.k8s.io",
                    "v1",
                    "clusterrolebindings",
                    "ClusterRoleBinding"),
            new Kind("roles", "rbac.authorization.k8s.io", "v1", "roles", "Role"),
            new Kind("rolebindings", "rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"),
            new Kind(
                    "prioritylevelconfigurations",
                    "flowcontrol.apiserver.k8s.io",
                    "v1",
                    "prioritylevelconfigurations",
                    "PriorityLevelConfiguration"),
            new Kind("flowschemas", "flowcontrol.apiserver.k8s.io", "v1", "flowschemas", "FlowSchema"));

    private record Missing(Kind kind, ObjectNode object) {}

    private final Vertx vertx;
    private final Registry registry;
    private final WatchCache cache;

    public BirthObjects(Vertx vertx, Registry registry, WatchCache cache) {
        this.vertx = vertx;
        this.registry = registry;
        this.cache = cache;
    }

    /** The namespaces, without which nothing can be made. */
    public Future<Void> namespaces() {
        List<Future<Void>> made = new ArrayList<>();
        Kind kind = new Kind("", "", "v1", "namespaces", "Namespace");
        for (String name : NAMESPACES) {
            if (cache.of("core/namespaces").get(name) == null) {
                made.add(create(kind, object("v1", "Namespace", name)));
            }
        }
        return Future.all(made).mapEmpty();
    }

    /** Everything else: priority classes, RBAC, flow control. Reads the document off the event loop, and only when something is missing. */
    public Future<Void> others() {
        boolean complete = KINDS.stream()
                .allMatch(kind -> cache.of(StoreKeys.resource(kind.group(), kind.resource()))
                                .size()
                        > 0);
        if (complete && cache.of("rbac.authorization.k8s.io/clusterroles").size() >= 50) {
            return Future.succeededFuture();
        }
        return vertx.executeBlocking(BirthObjects::document, false).compose(document -> {
            List<Missing> missing = new ArrayList<>();
            for (Kind kind : KINDS) {
                for (JsonNode given : document.path(kind.section())) {
                    ObjectNode object = ((ObjectNode) given).deepCopy();
                    object.put("apiVersion", kind.group() + "/" + kind.version());
                    object.put("kind", kind.kind());
                    JsonNode meta = object.path("metadata");
                    String path = meta.has("namespace")
                            ? meta.path("namespace").asText() + "/"
                                    + meta.path("name").asText()
                            : meta.path("name").asText();
                    if (cache.of(StoreKeys.resource(kind.group(), kind.resource()))
                                    .get(path)
                            == null) {
                        missing.add(new Missing(kind, object));
                    }
                }
            }
            LOG.info("creating objects of birth count={}", missing.size());
            return createFrom(missing, 0);
        });
    }

    private Future<Void> createFrom(List<Missing> missing, int from) {
        if (from >= missing.size()) {
            return Future.succeededFuture();
        }
        List<Future<Void>> batch = new ArrayList<>();
        int to = Math.min(missing.size(), from + AT_ONCE);
        for (Missing one : missing.subList(from, to)) {
            batch.add(create(one.kind(), one.object()));
        }
        return Future.all(batch).compose(done -> createFrom(missing, to));
    }

    private Future<Void> create(Kind kind, ObjectNode object) {
        return registry.create(kind.group(), kind.version(), kind.resource(), object)
                .<Void>mapEmpty()
                .recover(cause -> cause instanceof ApiException refused && refused.alreadyExists()
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }

    static ObjectNode object(String apiVersion, String kind, String name) {
        ObjectNode object = ObjectJson.object();
        object.put("apiVersion", apiVersion);
        object.put("kind", kind);
        object.putObject("metadata").put("name", name);
        return object;
    }

    private static JsonNode document() throws IOException {
        try (InputStream in = BirthObjects.class.getResourceAsStream("objects.json")) {
            if (in == null) {
                throw new IOException("objects.json is missing from the class path");
            }
            return new ObjectMapper().readTree(in);
        }
    }
}
