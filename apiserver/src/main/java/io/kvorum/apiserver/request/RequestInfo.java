package io.kvorum.apiserver.request;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a request asks for, read from method, path and query alone.
 *
 * @param resourceRequest whether the path names a resource; all following fields are empty if not
 * @param verb {@code get list watch create update patch delete deletecollection}, empty for other methods; of a path
 *     that names no resource, the method in small letters
 * @param group empty for the core group
 * @param namespace empty for cluster-scoped resources and for all namespaces
 * @param name empty for collections
 * @param subresource empty for the resource itself
 * @param rest path segments after the subresource
 */
public record RequestInfo(
        boolean resourceRequest,
        String verb,
        String group,
        String version,
        String namespace,
        String resource,
        String name,
        String subresource,
        List<String> rest) {

    private static final Set<String> LONG_RUNNING = Set.of("log", "exec", "attach", "portforward", "proxy");

    public static RequestInfo parse(String method, String path, Query query) {
        List<String> parts = segments(path);
        String group = "";
        int at;
        if (parts.size() >= 3 && parts.get(0).equals("api")) {
            at = 2;
        } else if (parts.size() >= 4 && parts.get(0).equals("apis")) {
            group = parts.get(1);
            at = 3;
        } else {
            return nonResource(method);
        }
        String version = parts.get(at - 1);
        boolean watchPath = parts.get(at).equals("watch") && parts.size() > at + 1;
        if (watchPath) {
            at++;
        }
        String namespace = "";
        String resource = parts.get(at++);
        String name = "";
        String subresource = "";
        if (resource.equals("namespaces") && parts.size() > at) {
            namespace = parts.get(at++);
            boolean namespaceItself = parts.size() == at
                    || parts.get(at).equals("status")
                    || parts.get(at).equals("finalize");
            if (namespaceItself) {
                name = namespace;
                namespace = "";
            } else {
                resource = parts.get(at++);
                name = at < parts.size() ? parts.get(at++) : "";
            }
        } else if (at < parts.size()) {
            name = parts.get(at++);
        }
        if (at < parts.size()) {
            subresource = parts.get(at++);
        }
        List<String> rest = at < parts.size() ? List.copyOf(parts.subList(at, parts.size())) : List.of();
        String verb = verb(method, name.isEmpty(), subresource.isEmpty(), watchPath || query.flag("watch"));
        return new RequestInfo(true, verb, group, version, namespace, resource, name, subresource, rest);
    }

    /** Whether it takes as long as its user likes: such requests do not count as in flight. */
    public boolean longRunning() {
        return verb.equals("watch") || LONG_RUNNING.contains(subresource);
    }

    /** The same request with another verb. */
    public RequestInfo withVerb(String other) {
        return new RequestInfo(resourceRequest, other, group, version, namespace, resource, name, subresource, rest);
    }

    /** {@code v1} or {@code apps/v1}. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** The namespace that decides: of a namespace itself, its own. */
    public String authorizedNamespace() {
        boolean itself = namespace.isEmpty() && group.isEmpty() && resource.equals("namespaces");
        return itself ? name : namespace;
    }

    /**
     * The name that decides: of a list or watch narrowed to one name by its field selector, that name. Of no other verb, as
     * upstream: a creation is not narrowed by selectors, so it must not be allowed by one.
     */
    public String authorizedName(Query query) {
        boolean reads = verb.equals("list") || verb.equals("watch");
        if (!name.isEmpty() || !reads || !query.has("fieldSelector")) {
            return name;
        }
        for (String part : query.text("fieldSelector").split(",")) {
            String wanted = part.startsWith("metadata.name=") ? part.substring("metadata.name=".length()) : "";
            String value = wanted.startsWith("=") ? wanted.substring(1) : wanted;
            if (!value.isEmpty()) {
                return value;
            }
        }
        return "";
    }

    private static String verb(String method, boolean collection, boolean main, boolean watch) {
        return switch (method) {
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> collection ? "deletecollection" : "delete";
            case "GET", "HEAD" -> watch && main ? "watch" : collection ? "list" : "get";
            // A method that only sounds like a verb must not become one.
            default -> "";
        };
    }

    /** What is known of a request whose path cannot be parsed. */
    public static RequestInfo unknown(String method) {
        return nonResource(method);
    }

    private static RequestInfo nonResource(String method) {
        return new RequestInfo(false, method.toLowerCase(Locale.ROOT), "", "", "", "", "", "", List.of());
    }

    private static List<String> segments(String path) {
        List<String> parts = new ArrayList<>(8);
        for (String part : path.split("/")) {
            if (!part.isEmpty()) {
                parts.add(Escapes.inPath(part));
            }
        }
        return parts;
    }
}
