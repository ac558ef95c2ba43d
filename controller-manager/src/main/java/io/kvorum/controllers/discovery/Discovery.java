package io.kvorum.controllers.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.client.ApiClient;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the API's plain discovery documents: each resource in its group's preferred version, or, where that version does not
 * have it, in the first one that does.
 */
public final class Discovery {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ApiClient client;

    public Discovery(ApiClient client) {
        this.client = client;
    }

    /**
     * What was found.
     *
     * @param resources without subresources
     * @param failures group version to what went wrong; the others were read all the same
     */
    public record Found(List<ResourceInfo> resources, Map<String, Throwable> failures) {}

    /** Fails only when the list of groups cannot be read. */
    public Future<Found> preferred() {
        return get("/apis").compose(groups -> {
            List<String> versions = new ArrayList<>(List.of("v1"));
            for (JsonNode group : groups.path("groups")) {
                Set<String> ofGroup = new LinkedHashSet<>();
                ofGroup.add(group.path("preferredVersion").path("groupVersion").asText());
                group.path("versions")
                        .forEach(version ->
                                ofGroup.add(version.path("groupVersion").asText()));
                versions.addAll(ofGroup);
            }
            Map<String, Throwable> failures = new LinkedHashMap<>();
            List<Future<List<ResourceInfo>>> reads = versions.stream()
                    .map(version -> resources(version).recover(cause -> {
                        failures.put(version, cause);
                        return Future.succeededFuture(List.of());
                    }))
                    .toList();
            return Future.join(reads).map(all -> {
                Map<String, ResourceInfo> resources = new LinkedHashMap<>();
                reads.forEach(read -> read.result().forEach(each -> resources.putIfAbsent(each.groupResource(), each)));
                return new Found(List.copyOf(resources.values()), Map.copyOf(failures));
            });
        });
    }

    /** The resources of one group version, such as {@code apps/v1}, without subresources; fails when it is not served. */
    public Future<List<ResourceInfo>> resources(String groupVersion) {
        String path = groupVersion.equals("v1") ? "/api/v1" : "/apis/" + groupVersion;
        return get(path).map(list -> parse(groupVersion, list));
    }

    static List<ResourceInfo> parse(String groupVersion, JsonNode list) {
        int slash = groupVersion.indexOf('/');
        String group = slash < 0 ? "" : groupVersion.substring(0, slash);
        String version = groupVersion.substring(slash + 1);
        List<ResourceInfo> resources = new ArrayList<>();
        for (JsonNode each : list.path("resources")) {
            String name = each.path("name").asText();
            if (name.indexOf('/') >= 0) {
                continue;
            }
            List<String> verbs = new ArrayList<>();
            each.path("verbs").forEach(verb -> verbs.add(verb.asText()));
            resources.add(new ResourceInfo(
                    each.path("group").asText(group),
                    each.path("version").asText(version),
                    name,
                    each.path("kind").asText(),
                    each.path("singularName").asText(),
                    each.path("namespaced").asBoolean(),
                    List.of(),
                    List.of(),
                    List.copyOf(verbs),
                    List.of()));
        }
        return resources;
    }

    /** A document by its path. */
    public Future<JsonNode> get(String path) {
        return client.raw("GET", path, null, null, TIMEOUT).compose(Discovery::decode);
    }

    /** A JSON document of the API. */
    public static Future<JsonNode> decode(Buffer body) {
        try {
            return Future.succeededFuture(JSON.readTree(body.getBytes()));
        } catch (IOException e) {
            return Future.failedFuture(ApiException.internal("the answer is not JSON: " + e.getMessage()));
        }
    }

    /** The path of a resource: of one namespace, or of the cluster when {@code namespace} is empty. */
    public static String path(ResourceInfo resource, String namespace) {
        return (resource.group().isEmpty() ? "/api/" : "/apis/") + resource.apiVersion()
                + (namespace.isEmpty() ? "" : "/namespaces/" + namespace) + "/" + resource.resource();
    }
}
