package io.kvorum.apiserver.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.custom.CustomType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The paths of a custom resource in an OpenAPI document: those of Deployments, which have every operation a custom
 * resource can have, in other words.
 */
final class PathPublication {
    private static final String MODEL = "io.k8s.api.apps.v1.Deployment";
    private static final String ROOT = "/apis/apps/v1/";
    private static final String IN_NAMESPACE = "namespaces/{namespace}/";

    private final ResourceInfo info;

    PathPublication(ResourceInfo info) {
        this.info = info;
    }

    /** Puts the paths of the resource into {@code paths}. */
    void into(ObjectNode paths, JsonNode document) {
        for (Map.Entry<String, JsonNode> entry : document.path("paths").properties()) {
            String path = entry.getKey();
            if (!path.startsWith(ROOT) || !path.contains("deployments")) {
                continue;
            }
            boolean inNamespace = path.startsWith(ROOT + IN_NAMESPACE);
            String rest = path.substring(path.indexOf("deployments") + "deployments".length());
            String subresource = rest.substring(rest.lastIndexOf('/') + 1);
            boolean offered = rest.isEmpty() || rest.equals("/{name}") || info.hasSubresource(subresource);
            if (!offered || (!info.namespaced() && !inNamespace)) {
                continue;
            }
            String own = "/apis/" + info.apiVersion() + "/" + (info.namespaced() && inNamespace ? IN_NAMESPACE : "")
                    + info.resource() + rest;
            JsonNode item = entry.getValue().deepCopy();
            reword(item);
            paths.set(own, item);
        }
    }

    private void reword(JsonNode node) {
        if (node instanceof ArrayNode array) {
            if (!info.namespaced()) {
                removeIf(array, PathPublication::namespaceParameter);
            }
            removeIf(array, item -> item.isTextual() && foreign(item.textValue()));
            array.forEach(this::reword);
            return;
        }
        if (!(node instanceof ObjectNode object)) {
            return;
        }
        object.properties().removeIf(entry -> foreign(entry.getKey()));
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            switch (entry.getKey()) {
                case "$ref", "operationId", "description" ->
                    entry.setValue(object.textNode(text(entry.getKey(), entry.getValue())));
                case "tags" -> entry.setValue(Tree.newArray().add(tag()));
                case "x-kubernetes-group-version-kind" -> {
                    if (Tree.text(entry.getValue(), "kind").equals("Deployment")) {
                        entry.setValue(Tree.newObject()
                                .put("group", info.group())
                                .put("kind", info.kind())
                                .put("version", info.version()));
                    }
                }
                default -> reword(entry.getValue());
            }
        }
    }

    private static void removeIf(ArrayNode array, Predicate<JsonNode> test) {
        for (int i = array.size() - 1; i >= 0; i--) {
            if (test.test(array.get(i))) {
                array.remove(i);
            }
        }
    }

    private static boolean namespaceParameter(JsonNode item) {
        return Tree.text(item, "name").equals("namespace")
                || Tree.text(item, "$ref").startsWith("#/parameters/namespace-");
    }

    /** Media types custom resources are not served in. */
    private static boolean foreign(String mediaType) {
        return mediaType.startsWith("application/vnd.kubernetes.protobuf")
                || mediaType.startsWith("application/strategic-merge-patch")
                || mediaType.startsWith("application/cbor")
                || mediaType.startsWith("application/apply-patch+cbor");
    }

    private String text(String field, JsonNode value) {
        String text = value.asText();
        return switch (field) {
            case "$ref" -> {
                String name = text.substring(text.lastIndexOf('/') + 1);
                String start = text.substring(0, text.length() - name.length());
                yield name.equals(MODEL)
                        ? start + SchemaPublication.definition(type(), info.kind())
                        : name.equals(MODEL + "List")
                                ? start + SchemaPublication.definition(type(), info.listKind())
                                : text;
            }
            case "operationId" -> {
                String own = text.replace("AppsV1", camel()).replace("Deployment", info.kind());
                yield info.namespaced() ? own : own.replace("Namespaced", "");
            }
            default -> text.replace("Deployment", info.kind());
        };
    }

    private CustomType type() {
        if (info.custom() == null) {
            throw new IllegalStateException("not a custom resource: " + info.groupResource());
        }
        return info.custom();
    }

    private String tag() {
        String camel = groupCamel();
        return camel.substring(0, 1).toLowerCase(Locale.ROOT) + camel.substring(1) + "_" + info.version();
    }

    private String camel() {
        return groupCamel() + capital(info.version());
    }

    private String groupCamel() {
        StringBuilder name = new StringBuilder();
        for (String part : List.of(info.group().split("\\."))) {
            name.append(capital(part));
        }
        return name.toString();
    }

    private static String capital(String word) {
        return word.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }
}
