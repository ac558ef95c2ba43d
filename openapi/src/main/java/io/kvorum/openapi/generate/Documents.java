package io.kvorum.openapi.generate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.openapi.generate.Operations.Operation;
import io.kvorum.openapi.generate.Operations.PathItem;
import io.kvorum.openapi.generate.Parameter.In;
import io.kvorum.openapi.generate.Resources.Resource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Puts paths and definitions together into documents: one of version 2, and of version 3 one per group version. */
final class Documents {
    static final String TITLE = "Kubernetes";
    static final String VERSION = "v1.36.0";

    private static final List<String> TYPES =
            List.of("application/json", "application/yaml", "application/vnd.kubernetes.protobuf");
    private static final List<String> STREAMS =
            List.of("application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch");
    private static final List<String> PATCHES = List.of(
            "application/json-patch+json",
            "application/merge-patch+json",
            "application/strategic-merge-patch+json",
            "application/apply-patch+yaml");

    private final List<Resource> resources;
    private final Map<String, Definition> definitions;
    private final ListSemantics semantics;

    Documents(List<Resource> resources, Map<String, Definition> definitions, ListSemantics semantics) {
        this.resources = resources;
        this.definitions = definitions;
        this.semantics = semantics;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static void info(ObjectNode document) {
        document.putObject("info").put("title", TITLE).put("version", VERSION);
    }

    ObjectNode v2() {
        ObjectNode document = object();
        document.put("swagger", "2.0");
        info(document);
        V2 dialect = new V2();
        ObjectNode paths = document.putObject("paths");
        allPaths().forEach((path, item) -> paths.set(path, dialect.path(item)));
        ObjectNode schemas = document.putObject("definitions");
        definitions.forEach((name, definition) -> schemas.set(name, dialect.schemas.definition(definition)));
        ObjectNode parameters = document.putObject("parameters");
        dialect.shared.forEach(parameters::set);
        return document;
    }

    /** By path below {@code /openapi/v3/}: {@code api/v1}, {@code apis/apps/v1}, {@code apis/apps}, {@code version}. */
    Map<String, ObjectNode> v3() {
        Map<String, Map<String, PathItem>> pathsByRoot = new TreeMap<>();
        for (Resource resource : resources) {
            pathsByRoot.computeIfAbsent(resource.root(), r -> new TreeMap<>()).putAll(Operations.of(resource));
        }
        discovery().forEach((path, item) -> {
            String root = path.substring(1, path.length() - 1);
            pathsByRoot.computeIfAbsent(root, r -> new TreeMap<>()).put(path, item);
        });
        Map<String, ObjectNode> documents = new TreeMap<>();
        pathsByRoot.forEach((root, paths) -> documents.put(root, v3(paths)));
        return documents;
    }

    private ObjectNode v3(Map<String, PathItem> items) {
        ObjectNode document = object();
        document.put("openapi", "3.0.0");
        info(document);
        V3 dialect = new V3();
        ObjectNode paths = document.putObject("paths");
        TreeSet<String> used = new TreeSet<>();
        items.forEach((path, item) -> {
            paths.set(path, dialect.path(item));
            for (Operation operation : item.operations()) {
                used.add(operation.body());
                used.add(operation.answer());
                if (operation.watchable()) {
                    used.add(ModelNames.META + ".WatchEvent");
                }
            }
        });
        used.remove("");
        ObjectNode schemas = document.putObject("components").putObject("schemas");
        for (String name : closure(used)) {
            schemas.set(name, dialect.schemas.definition(definition(name)));
        }
        return document;
    }

    private Definition definition(String name) {
        Definition definition = definitions.get(name);
        if (definition == null) {
            throw new IllegalStateException("no definition " + name);
        }
        return definition;
    }

    private TreeSet<String> closure(TreeSet<String> roots) {
        TreeSet<String> all = new TreeSet<>(roots);
        Deque<String> open = new ArrayDeque<>(roots);
        while (!open.isEmpty()) {
            for (Definition.Field field : definition(open.remove()).fields()) {
                TypeRef type = field.type();
                while (!(type instanceof TypeRef.Named) && !(type instanceof TypeRef.Scalar)) {
                    type = type instanceof TypeRef.ListOf
                            ? ((TypeRef.ListOf) type).items()
                            : ((TypeRef.MapOf) type).values();
                }
                if (type instanceof TypeRef.Named && all.add(((TypeRef.Named) type).definition())) {
                    open.add(((TypeRef.Named) type).definition());
                }
            }
        }
        return all;
    }

    private Map<String, PathItem> allPaths() {
        Map<String, PathItem> paths = new TreeMap<>(discovery());
        for (Resource resource : resources) {
            paths.putAll(Operations.of(resource));
        }
        return paths;
    }

    /** The paths that tell what is served. */
    private Map<String, PathItem> discovery() {
        Map<String, PathItem> paths = new TreeMap<>();
        tell(paths, "/api/", "getCoreAPIVersions", "core", ModelNames.META + ".APIVersions");
        tell(paths, "/apis/", "getAPIVersions", "apis", ModelNames.META + ".APIGroupList");
        tell(paths, "/version/", "getCodeVersion", "version", "io.k8s.apimachinery.pkg.version.Info");
        for (Resource resource : resources) {
            String title = Operations.groupTitle(resource.group());
            String tag = title.substring(0, 1).toLowerCase(Locale.ROOT) + title.substring(1);
            String version = resource.version().substring(0, 1).toUpperCase(Locale.ROOT)
                    + resource.version().substring(1);
            tell(
                    paths,
                    "/" + resource.root() + "/",
                    "get" + title + version + "APIResources",
                    tag + "_" + resource.version(),
                    ModelNames.META + ".APIResourceList");
            if (!resource.group().isEmpty()) {
                tell(
                        paths,
                        "/apis/" + resource.group() + "/",
                        "get" + title + "APIGroup",
                        tag,
                        ModelNames.META + ".APIGroup");
            }
        }
        return paths;
    }

    private static void tell(Map<String, PathItem> paths, String path, String id, String tag, String answer) {
        Operation get = new Operation(
                "get",
                id,
                "what is available here",
                tag,
                List.of(),
                "",
                false,
                answer,
                List.of(200),
                "",
                new Definition.Gvk("", "", ""),
                false);
        paths.put(path, new PathItem(List.of(), List.of(get)));
    }

    private static ObjectNode operation(Operation operation) {
        ObjectNode json = object();
        json.put("description", operation.description());
        json.put("operationId", operation.id());
        json.putArray("tags").add(operation.tag());
        if (!operation.action().isEmpty()) {
            json.put("x-kubernetes-action", operation.action());
            json.set("x-kubernetes-group-version-kind", SchemaJson.gvk(operation.gvk()));
        }
        return json;
    }

    private static String reason(int code) {
        switch (code) {
            case 200:
                return "OK";
            case 201:
                return "Created";
            default:
                return "Accepted";
        }
    }

    private static void addAll(ArrayNode array, List<String> items) {
        items.forEach(array::add);
    }

    private final class V2 {
        final SchemaJson schemas = new SchemaJson(false, semantics);
        final Map<String, ObjectNode> shared = new TreeMap<>();
        private final Map<Parameter, ObjectNode> references = new HashMap<>();

        ObjectNode path(PathItem item) {
            ObjectNode json = object();
            for (Operation operation : item.operations()) {
                json.set(operation.method(), one(operation));
            }
            parameters(json, item.parameters());
            return json;
        }

        private void parameters(ObjectNode json, List<Parameter> parameters) {
            if (!parameters.isEmpty()) {
                ArrayNode list = json.withArray("parameters");
                parameters.forEach(parameter -> list.add(parameter(parameter)));
            }
        }

        /** Names of objects differ by kind and stand where they are used; everything else is shared. */
        private ObjectNode parameter(Parameter parameter) {
            if (parameter.name().equals("name")) {
                return json(parameter);
            }
            return references.computeIfAbsent(parameter, p -> {
                String name =
                        p.name() + "-" + Integer.toHexString(p.description().hashCode());
                shared.put(name, json(p));
                return object().put("$ref", "#/parameters/" + name);
            });
        }

        private ObjectNode json(Parameter parameter) {
            ObjectNode json = object().put("description", parameter.description())
                    .put("in", parameter.in() == In.PATH ? "path" : "query")
                    .put("name", parameter.name());
            if (parameter.required()) {
                json.put("required", true);
            }
            return json.put("type", parameter.type()).put("uniqueItems", true);
        }

        private ObjectNode one(Operation operation) {
            ObjectNode json = operation(operation);
            boolean patch = operation.action().equals("patch");
            if (operation.action().equals("connect")) {
                json.putArray("consumes").add("*/*");
                json.putArray("produces").add("*/*");
            } else {
                addAll(
                        json.putArray("consumes"),
                        patch ? PATCHES : operation.body().isEmpty() ? List.of("*/*") : TYPES);
                addAll(json.putArray("produces"), operation.answer().isEmpty() ? List.of("text/plain") : TYPES);
                if (operation.watchable()) {
                    addAll(json.withArray("produces"), STREAMS);
                }
            }
            json.putArray("schemes").add("https");
            if (!operation.body().isEmpty()) {
                ObjectNode body = object().put("in", "body").put("name", "body");
                if (operation.bodyRequired()) {
                    body.put("required", true);
                }
                body.set("schema", schemas.reference(operation.body()));
                json.withArray("parameters").add(body);
            }
            parameters(json, operation.parameters());
            ObjectNode responses = json.putObject("responses");
            for (int code : operation.codes()) {
                ObjectNode response = object().put("description", reason(code));
                response.set(
                        "schema",
                        operation.answer().isEmpty()
                                ? object().put("type", "string")
                                : schemas.reference(operation.answer()));
                responses.set(Integer.toString(code), response);
            }
            responses.putObject("401").put("description", "Unauthorized");
            return json;
        }
    }

    private final class V3 {
        final SchemaJson schemas = new SchemaJson(true, semantics);

        ObjectNode path(PathItem item) {
            ObjectNode json = object();
            for (Operation operation : item.operations()) {
                json.set(operation.method(), one(operation));
            }
            parameters(json, item.parameters());
            return json;
        }

        private void parameters(ObjectNode json, List<Parameter> parameters) {
            for (Parameter parameter : parameters) {
                ObjectNode one = object().put("description", parameter.description())
                        .put("in", parameter.in() == In.PATH ? "path" : "query")
                        .put("name", parameter.name());
                if (parameter.required()) {
                    one.put("required", true);
                }
                one.putObject("schema").put("type", parameter.type()).put("uniqueItems", true);
                json.withArray("parameters").add(one);
            }
        }

        private ObjectNode one(Operation operation) {
            ObjectNode json = operation(operation);
            parameters(json, operation.parameters());
            if (!operation.body().isEmpty()) {
                ObjectNode body = json.putObject("requestBody");
                ObjectNode content = body.putObject("content");
                for (String type : operation.action().equals("patch") ? PATCHES : List.of("*/*")) {
                    content.putObject(type).set("schema", schemas.reference(operation.body()));
                }
                if (operation.bodyRequired()) {
                    body.put("required", true);
                }
            }
            ObjectNode responses = json.putObject("responses");
            for (int code : operation.codes()) {
                ObjectNode response =
                        responses.putObject(Integer.toString(code)).put("description", reason(code));
                ObjectNode content = response.putObject("content");
                if (operation.answer().isEmpty()) {
                    String type = operation.action().equals("connect") ? "*/*" : "text/plain";
                    content.putObject(type).putObject("schema").put("type", "string");
                    continue;
                }
                for (String type : TYPES) {
                    content.putObject(type).set("schema", schemas.reference(operation.answer()));
                }
                if (operation.watchable()) {
                    for (String type : STREAMS) {
                        content.putObject(type).set("schema", schemas.reference(operation.answer()));
                    }
                }
            }
            responses.putObject("401").put("description", "Unauthorized");
            return json;
        }
    }
}
