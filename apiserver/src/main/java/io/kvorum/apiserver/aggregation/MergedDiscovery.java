package io.kvorum.apiserver.aggregation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.pipeline.NonResource;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.ResponseBody;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Discovery and the index of OpenAPI with what others contribute. What is not contributed to passes as it is. */
public final class MergedDiscovery implements NonResource {
    private final NonResource own;
    private final Supplier<List<Contribution>> contributions;

    /** @param own discovery of what this server serves itself, or its OpenAPI */
    public MergedDiscovery(NonResource own, Supplier<List<Contribution>> contributions) {
        this.own = own;
        this.contributions = contributions;
    }

    @Override
    public @Nullable Future<ApiResponse> handle(ApiRequest request) {
        String path = request.path().endsWith("/")
                ? request.path().substring(0, request.path().length() - 1)
                : request.path();
        boolean groups = path.equals("/apis");
        boolean index = path.equals("/openapi/v3");
        if (groups || index) {
            List<Contribution> all = contributions.get();
            return all.isEmpty() ? own.handle(request) : merged(request, all, groups);
        }
        if (path.startsWith("/apis/") && path.indexOf('/', "/apis/".length()) < 0) {
            String group = path.substring("/apis/".length());
            List<Contribution> ours = contributions.get().stream()
                    .filter(each -> each.group().equals(group))
                    .toList();
            if (!ours.isEmpty()) {
                return Future.succeededFuture(ApiResponse.json(200, ObjectJson.encode(group(ours))));
            }
        }
        return own.handle(request);
    }

    private @Nullable Future<ApiResponse> merged(ApiRequest request, List<Contribution> all, boolean groups) {
        // The answer must be the whole one, uncompressed, whatever the client has seen before.
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().addAll(request.headers());
        headers.remove("If-None-Match").remove("Accept-Encoding");
        Future<ApiResponse> answer = own.handle(new ApiRequest(
                request.method(),
                request.uri(),
                request.path(),
                request.query(),
                headers,
                request.body(),
                request.credentials(),
                request.timeout(),
                request.notes()));
        return answer == null
                ? null
                : answer.map(response -> {
                    boolean json = String.valueOf(response.headers().get("Content-Type"))
                            .startsWith("application/json");
                    return response.status() == 200 && json ? with(request, response, all, groups) : response;
                });
    }

    private static ApiResponse with(ApiRequest request, ApiResponse response, List<Contribution> all, boolean groups) {
        ObjectNode document = ObjectJson.parse(response.body().bytes());
        if (!groups) {
            openApi(document, all);
        } else if (Tree.text(document, "kind").equals("APIGroupDiscoveryList")) {
            discovery(document.withArray("items"), all);
        } else {
            groups(document.withArray("groups"), all);
        }
        byte[] body = ObjectJson.encode(document);
        String etag = '"' + HexFormat.of().withUpperCase().formatHex(digest(body)) + '"';
        response.headers().set("ETag", etag);
        return request.header("If-None-Match").equals(etag)
                ? new ApiResponse(304, response.headers(), ResponseBody.EMPTY, null)
                : new ApiResponse(200, response.headers(), ResponseBody.of(body), null);
    }

    private static byte[] digest(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- groups

    private static void groups(ArrayNode groups, List<Contribution> all) {
        for (String name : all.stream().map(Contribution::group).distinct().toList()) {
            ObjectNode known = named(groups, name, "name");
            List<Contribution> ours =
                    all.stream().filter(each -> each.group().equals(name)).toList();
            ObjectNode group = group(ours);
            group.remove(List.of("kind", "apiVersion"));
            if (known == null) {
                groups.add(group);
            } else {
                known.withArray("versions").addAll((ArrayNode) group.get("versions"));
            }
        }
    }

    /** The APIGroup; its first version is the preferred one. */
    private static ObjectNode group(List<Contribution> ours) {
        ObjectNode group = ObjectJson.object();
        group.put("kind", "APIGroup")
                .put("apiVersion", "v1")
                .put("name", ours.get(0).group());
        ArrayNode versions = group.putArray("versions");
        ours.forEach(each ->
                versions.addObject().put("groupVersion", each.groupVersion()).put("version", each.version()));
        group.set("preferredVersion", versions.get(0).deepCopy());
        return group;
    }

    private static @Nullable ObjectNode named(ArrayNode list, String name, String... path) {
        for (JsonNode each : list) {
            if (Tree.text(each, path).equals(name)) {
                return (ObjectNode) each;
            }
        }
        return null;
    }

    // ---- aggregated discovery

    private static void discovery(ArrayNode items, List<Contribution> all) {
        for (Contribution each : all) {
            ObjectNode group = named(items, each.group(), "metadata", "name");
            if (group == null) {
                group = items.addObject();
                group.putObject("metadata").put("name", each.group()).putNull("creationTimestamp");
            }
            ObjectNode version = group.withArray("versions").addObject().put("version", each.version());
            ArrayNode resources = version.putArray("resources");
            version.put("freshness", each.current() ? "Current" : "Stale");
            for (JsonNode resource : Tree.items(each.resources(), "resources")) {
                resource(resources, resource, each);
            }
        }
    }

    private static void resource(ArrayNode resources, JsonNode resource, Contribution of) {
        String name = Tree.text(resource, "name");
        int slash = name.indexOf('/');
        ObjectNode json;
        if (slash < 0) {
            json = resources.addObject().put("resource", name);
            json.put("scope", Tree.flag(resource, "namespaced") ? "Namespaced" : "Cluster");
            json.put("singularResource", Tree.text(resource, "singularName"));
        } else {
            ObjectNode parent = named(resources, name.substring(0, slash), "resource");
            if (parent == null) {
                return;
            }
            json = parent.withArray("subresources").addObject().put("subresource", name.substring(slash + 1));
        }
        String group = Tree.text(resource, "group");
        String version = Tree.text(resource, "version");
        json.putObject("responseKind")
                .put("group", version.isEmpty() ? of.group() : group)
                .put("version", version.isEmpty() ? of.version() : version)
                .put("kind", Tree.text(resource, "kind"));
        for (String field : List.of("verbs", "shortNames", "categories")) {
            if (resource.hasNonNull(field)) {
                json.set(field, resource.get(field).deepCopy());
            }
        }
    }

    private static void openApi(ObjectNode index, List<Contribution> all) {
        for (Contribution each : all) {
            if (!each.openApi().isEmpty()) {
                ObjectNode paths = index.withObject("/paths");
                paths.putObject("apis/" + each.groupVersion()).put("serverRelativeURL", each.openApi());
            }
        }
    }
}
