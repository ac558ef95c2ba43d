package io.kvorum.apiserver.discovery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.ResourceInfo.Subresource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The answers to GET {@code /api}, {@code /apis}, {@code /api/v1}, {@code /apis/<group>} and {@code
 * /apis/<group>/<version>}. Each is made when first asked for, then kept. Safe for use by several threads.
 */
public final class DiscoveryDocuments {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ResourceCatalog catalog;
    private final String serverAddress;
    private final Map<String, Document> documents = new ConcurrentHashMap<>();
    private volatile List<ResourceInfo> described = List.of();

    /**
     * @param contentType of the answer, with the parameters of aggregated discovery
     * @param etag quoted, as in the header
     */
    public record Document(byte[] body, String contentType, String etag) {}

    private enum Form {
        PLAIN("application/json", ""),
        V2("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", "apidiscovery.k8s.io/v2"),
        V2BETA1(
                "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
                "apidiscovery.k8s.io/v2beta1");

        private final String contentType;
        private final String apiVersion;

        Form(String contentType, String apiVersion) {
            this.contentType = contentType;
            this.apiVersion = apiVersion;
        }
    }

    /** @param serverAddress host:port that clients of any network are told to use */
    public DiscoveryDocuments(ResourceCatalog catalog, String serverAddress) {
        this.catalog = catalog;
        this.serverAddress = serverAddress;
    }

    /**
     * @param path of the request, without query; a slash at its end does not matter
     * @param accept the header's value; null for none
     * @return empty if nothing of the kind is served there
     */
    public Optional<Document> get(String path, @Nullable String accept) {
        forgetWhenChanged();
        String place = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        boolean aggregates = place.equals("/api") || place.equals("/apis");
        Form form = aggregates ? form(accept) : Form.PLAIN;
        String key = form + place;
        Document known = documents.get(key);
        if (known == null) {
            ObjectNode content = content(place, form);
            if (content == null) {
                return Optional.empty();
            }
            known = document(content, form);
            documents.put(key, known);
        }
        return Optional.of(known);
    }

    /** The catalogue answers with another list once it has other resources. */
    private void forgetWhenChanged() {
        List<ResourceInfo> now = catalog.all();
        if (now != described) {
            described = now;
            documents.clear();
        }
    }

    /** The first form of the header that is known; plain JSON where none is. */
    private static Form form(@Nullable String accept) {
        if (accept == null) {
            return Form.PLAIN;
        }
        for (String range : accept.toLowerCase(Locale.ROOT).split(",")) {
            Set<String> parts = new LinkedHashSet<>();
            for (String part : range.split(";")) {
                parts.add(part.strip());
            }
            boolean json = parts.contains("application/json");
            if (json && parts.contains("g=apidiscovery.k8s.io") && parts.contains("as=apigroupdiscoverylist")) {
                if (parts.contains("v=v2")) {
                    return Form.V2;
                } else if (parts.contains("v=v2beta1")) {
                    return Form.V2BETA1;
                }
            } else if (json) {
                return Form.PLAIN;
            }
        }
        return Form.PLAIN;
    }

    private static Document document(ObjectNode content, Form form) {
        try {
            byte[] body = (JSON.writeValueAsString(content) + "\n").getBytes(StandardCharsets.UTF_8);
            String etag = '"' + HexFormat.of().withUpperCase().formatHex(sha256(body)) + '"';
            return new Document(body, form.contentType, etag);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private @Nullable ObjectNode content(String place, Form form) {
        if (form != Form.PLAIN) {
            return aggregated(place.equals("/api"), form);
        }
        String[] parts = place.split("/");
        if (place.equals("/api")) {
            return apiVersions();
        } else if (place.equals("/apis")) {
            return apiGroupList();
        } else if (parts.length == 3 && parts[1].equals("api")) {
            return apiResourceList("", parts[2]);
        } else if (parts.length == 3 && parts[1].equals("apis")) {
            return apiGroup(parts[2]);
        } else if (parts.length == 4 && parts[1].equals("apis") && !parts[2].isEmpty()) {
            return apiResourceList(parts[2], parts[3]);
        }
        return null;
    }

    /** Group to its versions in order of preference, without the core group. */
    private Map<String, Set<String>> groups() {
        Map<String, Set<String>> groups = new LinkedHashMap<>();
        for (ResourceInfo info : catalog.all()) {
            if (!info.group().isEmpty()) {
                groups.computeIfAbsent(info.group(), g -> new LinkedHashSet<>()).add(info.version());
            }
        }
        return groups;
    }

    private static ObjectNode object(String kind) {
        return JsonNodeFactory.instance.objectNode().put("kind", kind);
    }

    private ObjectNode apiVersions() {
        ObjectNode document = object("APIVersions");
        ArrayNode versions = document.putArray("versions");
        Set<String> core = new LinkedHashSet<>();
        catalog.all().stream().filter(info -> info.group().isEmpty()).forEach(info -> core.add(info.version()));
        core.forEach(versions::add);
        document.putArray("serverAddressByClientCIDRs")
                .addObject()
                .put("clientCIDR", "0.0.0.0/0")
                .put("serverAddress", serverAddress);
        return document;
    }

    private ObjectNode apiGroupList() {
        ObjectNode document = object("APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = document.putArray("groups");
        groups().forEach((name, versions) -> describe(groups.addObject(), name, versions));
        return document;
    }

    private @Nullable ObjectNode apiGroup(String name) {
        Set<String> versions = groups().get(name);
        return versions == null ? null : describe(object("APIGroup").put("apiVersion", "v1"), name, versions);
    }

    private static ObjectNode describe(ObjectNode group, String name, Set<String> versions) {
        group.put("name", name);
        ArrayNode list = group.putArray("versions");
        for (String version : versions) {
            list.addObject().put("groupVersion", name + "/" + version).put("version", version);
        }
        group.set("preferredVersion", list.get(0).deepCopy());
        return group;
    }

    private @Nullable ObjectNode apiResourceList(String group, String version) {
        Map<String, ObjectNode> byName = new TreeMap<>();
        for (ResourceInfo info : catalog.all()) {
            if (info.group().equals(group) && info.version().equals(version)) {
                byName.put(info.resource(), apiResource(info));
                for (Subresource sub : info.subresources()) {
                    String name = info.resource() + "/" + sub.name();
                    byName.put(name, apiResource(info, sub, name));
                }
            }
        }
        if (byName.isEmpty()) {
            return null;
        }
        ObjectNode document = object("APIResourceList");
        if (!group.isEmpty()) {
            document.put("apiVersion", "v1"); // the core group's document is older than the field
        }
        document.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
        ArrayNode resources = document.putArray("resources");
        byName.values().forEach(resources::add);
        return document;
    }

    private static ObjectNode apiResource(ResourceInfo info) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("name", info.resource())
                .put("singularName", info.singular())
                .put("namespaced", info.namespaced())
                .put("kind", info.kind());
        strings(json, "verbs", verbs(info));
        stringsIfAny(json, "shortNames", info.shortNames());
        stringsIfAny(json, "categories", info.categories());
        if (info.verbs().contains("watch")) {
            json.put("storageVersionHash", storageVersionHash(info));
        }
        return json;
    }

    private static ObjectNode apiResource(ResourceInfo info, Subresource sub, String name) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("name", name)
                .put("singularName", "")
                .put("namespaced", info.namespaced());
        if (!sub.version().isEmpty()) {
            json.put("group", sub.group()).put("version", sub.version());
        }
        json.put("kind", sub.kind());
        strings(json, "verbs", sub.verbs());
        return json;
    }

    /** Of a resource that is going, only what empties it. */
    private static List<String> verbs(ResourceInfo info) {
        return info.custom() != null && info.custom().terminating()
                ? List.of("delete", "deletecollection", "get", "list", "watch")
                : info.verbs();
    }

    private static void strings(ObjectNode json, String field, List<String> values) {
        ArrayNode array = json.putArray(field);
        values.forEach(array::add);
    }

    private static void stringsIfAny(ObjectNode json, String field, List<String> values) {
        if (!values.isEmpty()) {
            strings(json, field, values);
        }
    }

    /** Eight bytes that change when the version objects are stored in changes, in base64. */
    static String storageVersionHash(ResourceInfo info) {
        String group = info.group();
        String version = info.version();
        if (group.equals("events.k8s.io")) {
            group = ""; // both groups' events are stored as the core group's
        } else if (group.equals("autoscaling")) {
            version = "v2";
        }
        if (info.custom() != null) {
            version = info.custom().storageVersion();
        }
        String gvk = group + "/" + version + "/" + info.kind();
        byte[] digest = sha256(gvk.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(Arrays.copyOf(digest, 8));
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private ObjectNode aggregated(boolean core, Form form) {
        ObjectNode document = object("APIGroupDiscoveryList").put("apiVersion", form.apiVersion);
        document.putObject("metadata");
        ArrayNode items = document.putArray("items");
        Map<String, ObjectNode> versions = new LinkedHashMap<>();
        Map<String, ObjectNode> groups = new LinkedHashMap<>();
        for (ResourceInfo info : catalog.all()) {
            if (info.group().isEmpty() != core) {
                continue;
            }
            ObjectNode version = versions.get(info.apiVersion());
            if (version == null) {
                ObjectNode group = groups.get(info.group());
                if (group == null) {
                    group = items.addObject();
                    ObjectNode metadata = group.putObject("metadata");
                    if (!core) {
                        metadata.put("name", info.group());
                    }
                    metadata.putNull("creationTimestamp");
                    groups.put(info.group(), group);
                }
                version = group.withArray("versions").addObject().put("version", info.version());
                version.putArray("resources");
                version.put("freshness", "Current");
                versions.put(info.apiVersion(), version);
            }
            resourceDiscovery(version.withArray("resources").addObject(), info);
        }
        return document;
    }

    private static void resourceDiscovery(ObjectNode json, ResourceInfo info) {
        json.put("resource", info.resource());
        json.set("responseKind", gvk(info.group(), info.version(), info.kind()));
        json.put("scope", info.namespaced() ? "Namespaced" : "Cluster");
        json.put("singularResource", info.singular());
        strings(json, "verbs", verbs(info));
        stringsIfAny(json, "shortNames", info.shortNames());
        stringsIfAny(json, "categories", info.categories());
        for (Subresource sub : info.subresources()) {
            boolean own = sub.version().isEmpty();
            ObjectNode one = json.withArray("subresources").addObject().put("subresource", sub.name());
            one.set(
                    "responseKind",
                    gvk(own ? info.group() : sub.group(), own ? info.version() : sub.version(), sub.kind()));
            strings(one, "verbs", sub.verbs());
        }
    }

    private static ObjectNode gvk(String group, String version, String kind) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("group", group)
                .put("version", version)
                .put("kind", kind);
    }
}
