package io.kvorum.apiserver.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.custom.CustomType;
import io.kvorum.openapi.OpenApiDocuments.Document;
import io.kvorum.openapi.protobuf.V2Protobuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The OpenAPI documents with custom resources, for one state of the definitions. Each is made when first asked for, which
 * takes milliseconds: off the event loop. Safe for use by several threads.
 */
final class CustomDocuments {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    private static final String SCALE = "io.k8s.api.autoscaling.v1.Scale";
    private static final String APPS = "apis/apps/v1";

    private final List<ResourceInfo> resources;
    private final CustomOpenApi.Documents builtin;
    private final Map<String, Document> made = new ConcurrentHashMap<>();

    /** @param resources of definitions alone, at least one */
    CustomDocuments(List<ResourceInfo> resources, CustomOpenApi.Documents builtin) {
        this.resources = resources;
        this.builtin = builtin;
    }

    List<ResourceInfo> resources() {
        return resources;
    }

    /** Two threads may make the same document at the same time: they are equal. */
    private Document once(String name, Supplier<Document> maker) {
        Document known = made.get(name);
        if (known == null) {
            known = maker.get();
            made.put(name, known);
        }
        return known;
    }

    Document v3Index() {
        return once("v3", () -> {
            ObjectNode index = parse(builtin.v3Index());
            ObjectNode paths = Tree.ensureObject(index, "paths");
            for (ResourceInfo info : resources) {
                String path = "apis/" + info.apiVersion();
                v3(path).ifPresent(document -> paths.putObject(path)
                        .put("serverRelativeURL", "/openapi/v3/" + path + "?hash=" + document.hash()));
                String group = "apis/" + info.group();
                if (!paths.has(group)) {
                    paths.putObject(group)
                            .put(
                                    "serverRelativeURL",
                                    "/openapi/v3/" + group + "?hash="
                                            + groupDocument(info).hash());
                }
            }
            return Document.of(encode(index));
        });
    }

    /** @param path {@code apis/stable.example.com/v1}; empty for one without custom resources */
    Optional<Document> v3(String path) {
        List<ResourceInfo> own = resources.stream()
                .filter(info -> path.equals("apis/" + info.apiVersion()))
                .toList();
        if (own.isEmpty()) {
            return resources.stream()
                    .filter(info -> path.equals("apis/" + info.group()))
                    .findFirst()
                    .map(this::groupDocument);
        }
        return Optional.of(once(path, () -> Document.of(encode(groupVersion(path, own)))));
    }

    /** The document of a group as such, which has no operations of custom resources. */
    private Document groupDocument(ResourceInfo info) {
        return once("apis/" + info.group(), () -> {
            ObjectNode document = head();
            document.putObject("paths");
            return Document.of(encode(document));
        });
    }

    private static ObjectNode head() {
        ObjectNode document = Tree.newObject();
        document.put("openapi", "3.0.0");
        document.putObject("info").put("title", "Kubernetes CRD Swagger").put("version", "v0.1.0");
        return document;
    }

    private ObjectNode groupVersion(String path, List<ResourceInfo> own) {
        ObjectNode apps = builtin.v3(APPS).map(CustomDocuments::parse).orElseGet(Tree::newObject);
        // A group that has built-in kinds, too, keeps them.
        ObjectNode document = builtin.v3(path).map(CustomDocuments::parse).orElseGet(CustomDocuments::head);
        ObjectNode paths = Tree.ensureObject(document, "paths");
        ObjectNode schemas = Tree.ensureObject(Tree.ensureObject(document, "components"), "schemas");
        for (ResourceInfo info : own) {
            CustomType type = type(info);
            schemas.set(SchemaPublication.definition(type, info.kind()), new SchemaPublication(type, false).object());
            schemas.set(SchemaPublication.definition(type, info.listKind()), new SchemaPublication(type, false).list());
            new PathPublication(info).into(paths, apps);
        }
        for (Map.Entry<String, JsonNode> schema :
                Tree.at(apps, "components", "schemas").properties()) {
            if ((schema.getKey().startsWith(META) || schema.getKey().startsWith(SCALE))
                    && !schemas.has(schema.getKey())) {
                schemas.set(schema.getKey(), schema.getValue());
            }
        }
        return document;
    }

    Document v2Json() {
        return once("v2", () -> {
            ObjectNode document = parse(builtin.v2Json());
            ObjectNode more = v2Custom(document);
            Tree.ensureObject(document, "paths").setAll(Tree.object(more, "paths"));
            Tree.ensureObject(document, "definitions").setAll(Tree.object(more, "definitions"));
            return Document.of(encode(document));
        });
    }

    Document v2Protobuf() {
        return once("v2.pb", () -> {
            byte[] known = builtin.v2Protobuf().bytes();
            // Messages that follow each other are one message, so what is built in is not encoded again.
            byte[] more = V2Protobuf.encode(v2Custom(parse(builtin.v2Json())));
            byte[] all = Arrays.copyOf(known, known.length + more.length);
            System.arraycopy(more, 0, all, known.length, more.length);
            return Document.of(all);
        });
    }

    private ObjectNode v2Custom(ObjectNode document) {
        ObjectNode more = Tree.newObject();
        ObjectNode paths = more.putObject("paths");
        ObjectNode definitions = more.putObject("definitions");
        for (ResourceInfo info : resources) {
            CustomType type = type(info);
            definitions.set(
                    SchemaPublication.definition(type, info.kind()), new SchemaPublication(type, true).object());
            definitions.set(
                    SchemaPublication.definition(type, info.listKind()), new SchemaPublication(type, true).list());
            new PathPublication(info).into(paths, document);
        }
        return more;
    }

    private static CustomType type(ResourceInfo info) {
        if (info.custom() == null) {
            throw new IllegalStateException("not a custom resource: " + info.groupResource());
        }
        return info.custom();
    }

    static ObjectNode parse(Document document) {
        try {
            return (ObjectNode) JSON.readTree(document.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException("an OpenAPI document is not JSON", e);
        }
    }

    static byte[] encode(ObjectNode document) {
        try {
            return JSON.writeValueAsBytes(document);
        } catch (IOException e) {
            throw new UncheckedIOException("a tree cannot be written", e);
        }
    }
}
