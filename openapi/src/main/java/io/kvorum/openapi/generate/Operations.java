package io.kvorum.openapi.generate;

import io.kvorum.openapi.generate.Definition.Gvk;
import io.kvorum.openapi.generate.Parameter.In;
import io.kvorum.openapi.generate.Resources.Resource;
import io.kvorum.openapi.generate.Resources.Subresource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What can be done where: every path of the API with its operations, independent of the document's dialect. */
final class Operations {
    /**
     * @param method {@code get}, {@code put}, ...
     * @param body definition of the request's body; empty for none
     * @param answer definition of the answer; empty for plain text
     * @param codes of success
     * @param action of {@code x-kubernetes-action}
     */
    record Operation(
            String method,
            String id,
            String description,
            String tag,
            List<Parameter> parameters,
            String body,
            boolean bodyRequired,
            String answer,
            List<Integer> codes,
            String action,
            Gvk gvk,
            boolean watchable) {}

    /** A path with what its parts mean. */
    record PathItem(List<Parameter> parameters, List<Operation> operations) {}

    private final Resource resource;
    private final String groupVersion;
    private final String tag;
    private final Map<String, PathItem> paths = new TreeMap<>();

    private Operations(Resource resource) {
        this.resource = resource;
        String group = groupTitle(resource.group());
        String version = capital(resource.version());
        this.groupVersion = group + version;
        this.tag = group.substring(0, 1).toLowerCase(Locale.ROOT) + group.substring(1) + "_" + resource.version();
    }

    static Map<String, PathItem> of(Resource resource) {
        Operations operations = new Operations(resource);
        operations.collection();
        operations.item();
        resource.subresources().forEach(operations::subresource);
        return operations.paths;
    }

    /** {@code apps} to Apps, {@code rbac.authorization.k8s.io} to RbacAuthorization, the core group to Core. */
    static String groupTitle(String group) {
        if (group.isEmpty()) {
            return "Core";
        }
        StringBuilder title = new StringBuilder();
        for (String label : group.replaceFirst("\\.k8s\\.io$", "").split("\\.")) {
            title.append(capital(label));
        }
        return title.toString();
    }

    private static String capital(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    private String root(boolean inNamespace) {
        return "/" + resource.root() + (inNamespace ? "/namespaces/{namespace}/" : "/") + resource.name();
    }

    private String id(String verb, String rest) {
        return verb + groupVersion + (resource.namespaced() ? "Namespaced" : "") + rest;
    }

    private String definition() {
        return ModelNames.packageOf(resource.group(), resource.version()) + "." + resource.kind();
    }

    private Gvk gvk() {
        return new Gvk(resource.group(), resource.version(), resource.kind());
    }

    private List<Parameter> place(boolean named, boolean pretty) {
        List<Parameter> place = new ArrayList<>();
        if (named) {
            place.add(Parameter.required("name", In.PATH, "string", "name of the " + resource.kind()));
        }
        if (resource.namespaced()) {
            place.add(Parameters.NAMESPACE);
        }
        if (pretty) {
            place.add(Parameters.PRETTY);
        }
        return place;
    }

    private void add(String path, List<Parameter> place, Operation operation) {
        paths.computeIfAbsent(path, p -> new PathItem(place, new ArrayList<>()))
                .operations()
                .add(operation);
    }

    private Operation operation(
            String method,
            String id,
            String description,
            List<Parameter> parameters,
            String body,
            String answer,
            List<Integer> codes,
            String action) {
        boolean required = !body.isEmpty() && !method.equals("delete");
        return new Operation(
                method,
                id,
                description,
                tag,
                parameters,
                body,
                required,
                answer,
                codes,
                action,
                gvk(),
                action.equals("list"));
    }

    private void collection() {
        Set<String> verbs = resource.verbs();
        String path = root(resource.namespaced());
        List<Parameter> place = place(false, true);
        String kind = resource.kind();
        if (verbs.contains("list")) {
            Operation list = operation(
                    "get",
                    id("list", kind),
                    "list or watch objects of kind " + kind,
                    Parameters.LIST,
                    "",
                    definition() + "List",
                    List.of(200),
                    "list");
            add(path, place, list);
            if (resource.namespaced()) {
                add(
                        root(false),
                        List.of(Parameters.PRETTY),
                        operation(
                                "get",
                                "list" + groupVersion + kind + "ForAllNamespaces",
                                "list or watch objects of kind " + kind,
                                Parameters.LIST,
                                "",
                                definition() + "List",
                                List.of(200),
                                "list"));
            }
        }
        if (verbs.contains("create")) {
            add(
                    path,
                    place,
                    operation(
                            "post",
                            id("create", kind),
                            "create a " + kind,
                            Parameters.WRITE,
                            definition(),
                            definition(),
                            List.of(200, 201, 202),
                            "post"));
        }
        if (verbs.contains("deletecollection")) {
            List<Parameter> parameters = new ArrayList<>(Parameters.DELETE);
            Parameters.LIST.stream()
                    .filter(parameter -> !parameter.name().equals("watch")
                            && !parameter.name().equals("allowWatchBookmarks"))
                    .forEach(parameters::add);
            add(
                    path,
                    place,
                    operation(
                            "delete",
                            "delete" + groupVersion + "Collection" + (resource.namespaced() ? "Namespaced" : "") + kind,
                            "delete collection of " + kind,
                            parameters,
                            ModelNames.META + ".DeleteOptions",
                            ModelNames.META + ".Status",
                            List.of(200),
                            "deletecollection"));
        }
    }

    private void item() {
        Set<String> verbs = resource.verbs();
        String path = root(resource.namespaced()) + "/{name}";
        List<Parameter> place = place(true, true);
        String kind = resource.kind();
        if (verbs.contains("get")) {
            add(
                    path,
                    place,
                    operation(
                            "get",
                            id("read", kind),
                            "read the specified " + kind,
                            List.of(),
                            "",
                            definition(),
                            List.of(200),
                            "get"));
        }
        if (verbs.contains("update")) {
            add(
                    path,
                    place,
                    operation(
                            "put",
                            id("replace", kind),
                            "replace the specified " + kind,
                            Parameters.WRITE,
                            definition(),
                            definition(),
                            List.of(200, 201),
                            "put"));
        }
        if (verbs.contains("patch")) {
            add(
                    path,
                    place,
                    operation(
                            "patch",
                            id("patch", kind),
                            "partially update the specified " + kind,
                            Parameters.PATCH,
                            Models.PATCH,
                            definition(),
                            List.of(200, 201),
                            "patch"));
        }
        if (verbs.contains("delete")) {
            add(
                    path,
                    place,
                    operation(
                            "delete",
                            id("delete", kind),
                            "delete a " + kind,
                            Parameters.DELETE,
                            ModelNames.META + ".DeleteOptions",
                            ModelNames.META + ".Status",
                            List.of(200, 202),
                            "delete"));
        }
    }

    private void subresource(Subresource sub) {
        String path = root(resource.namespaced()) + "/{name}/" + sub.name();
        boolean connect = sub.kind().endsWith("Options");
        String kind = resource.kind() + capital(sub.name());
        Gvk gvk = new Gvk(sub.group(), sub.version(), sub.kind());
        if (connect) {
            connect(path, sub, gvk, false);
            if (sub.name().equals("proxy")) {
                connect(path + "/{path}", sub, gvk, true);
            }
            return;
        }
        String definition = ModelNames.packageOf(sub.group(), sub.version()) + "." + sub.kind();
        List<Parameter> place = place(true, true);
        String about = sub.name() + " of the specified " + resource.kind();
        boolean log = sub.name().equals("log");
        if (sub.verbs().contains("get")) {
            add(
                    path,
                    place,
                    new Operation(
                            "get",
                            id("read", kind),
                            "read " + about,
                            tag,
                            log ? Parameters.LOG : List.of(),
                            "",
                            false,
                            log ? "" : definition,
                            List.of(200),
                            "get",
                            gvk,
                            false));
        }
        if (sub.verbs().contains("create")) {
            add(
                    path,
                    place,
                    new Operation(
                            "post",
                            id("create", kind),
                            "create " + about,
                            tag,
                            Parameters.WRITE,
                            definition,
                            true,
                            definition,
                            List.of(200, 201, 202),
                            "post",
                            gvk,
                            false));
        }
        if (sub.verbs().contains("update")) {
            add(
                    path,
                    place,
                    new Operation(
                            "put",
                            id("replace", kind),
                            "replace " + about,
                            tag,
                            Parameters.WRITE,
                            definition,
                            true,
                            definition,
                            List.of(200, 201),
                            "put",
                            gvk,
                            false));
        }
        if (sub.verbs().contains("patch")) {
            add(
                    path,
                    place,
                    new Operation(
                            "patch",
                            id("patch", kind),
                            "partially update " + about,
                            tag,
                            Parameters.PATCH,
                            Models.PATCH,
                            true,
                            definition,
                            List.of(200, 201),
                            "patch",
                            gvk,
                            false));
        }
    }

    private void connect(String path, Subresource sub, Gvk gvk, boolean withPath) {
        List<Parameter> place = place(true, false);
        place.addAll(Parameters.connect(sub.kind()));
        if (withPath) {
            place.add(Parameter.required("path", In.PATH, "string", "path to the resource"));
        }
        Map<String, String> methods =
                Map.of("get", "get", "create", "post", "update", "put", "patch", "patch", "delete", "delete");
        for (String verb : List.of("get", "update", "create", "delete", "patch")) {
            if (sub.verbs().contains(verb)) {
                String method = methods.getOrDefault(verb, verb);
                String id = "connect" + groupVersion + capital(method) + (resource.namespaced() ? "Namespaced" : "")
                        + resource.kind() + capital(sub.name()) + (withPath ? "WithPath" : "");
                add(
                        path,
                        place,
                        new Operation(
                                method,
                                id,
                                "connect " + method.toUpperCase(Locale.ROOT) + " requests to " + sub.name() + " of "
                                        + resource.kind(),
                                tag,
                                List.of(),
                                "",
                                false,
                                "",
                                List.of(200),
                                "connect",
                                gvk,
                                false));
            }
        }
    }
}
