package io.kvorum.apiserver.discovery;

import io.kvorum.api.ResourceInfo;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which paths of OpenAPI documents are served, {@code /apis/apps/v1/namespaces/{namespace}/deployments/{name}}, and which
 * documents, {@code apis/apps/v1}.
 */
public final class ServedPaths implements Predicate<String> {
    private final Set<String> served = new HashSet<>();

    public ServedPaths(Collection<ResourceInfo> builtin, Predicate<ResourceInfo> enabled) {
        for (ResourceInfo info : builtin) {
            if (enabled.test(info)) {
                String group = info.group().isEmpty() ? "api" : "apis/" + info.group();
                String version = group + "/" + info.version();
                served.addAll(List.of(group, version, version + "/" + info.resource()));
            }
        }
    }

    /** Paths that are none of a group are served. */
    @Override
    public boolean test(String path) {
        List<String> parts =
                Stream.of(path.split("/")).filter(part -> !part.isEmpty()).toList();
        boolean core = !parts.isEmpty() && parts.get(0).equals("api");
        int version = core ? 1 : 2;
        if (!core && (parts.size() < 2 || !parts.get(0).equals("apis"))) {
            return true;
        }
        if (parts.size() <= version + 1) {
            // The core group itself is there without its version, too.
            return core && parts.size() == 1 || served.contains(String.join("/", parts));
        }
        int at = version + 1;
        if (parts.get(at).equals("watch") && parts.size() > at + 1) {
            at++;
        }
        boolean inNamespace = parts.get(at).equals("namespaces")
                && parts.size() > at + 2
                && !parts.get(at + 2).equals("status")
                && !parts.get(at + 2).equals("finalize");
        String resource = parts.get(inNamespace ? at + 2 : at);
        return served.contains(String.join("/", parts.subList(0, version + 1)) + "/" + resource);
    }
}
