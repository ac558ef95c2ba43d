package io.kvorum.api;

import io.kvorum.api.custom.CustomType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One resource the API serves.
 *
 * @param group empty for the core group
 * @param resource plural, as in paths
 * @param namespaced whether its objects live in namespaces
 * @param verbs of the resource itself, as discovery lists them
 * @param subresources see {@link Subresource}
 * @param custom what a CustomResourceDefinition says of the objects; null for a built-in resource
 */
public record ResourceInfo(
        String group,
        String version,
        String resource,
        String kind,
        String singular,
        boolean namespaced,
        List<String> shortNames,
        List<String> categories,
        List<String> verbs,
        List<Subresource> subresources,
        @Nullable CustomType custom) {

    /** A built-in resource. */
    public ResourceInfo(
            String group,
            String version,
            String resource,
            String kind,
            String singular,
            boolean namespaced,
            List<String> shortNames,
            List<String> categories,
            List<String> verbs,
            List<Subresource> subresources) {
        this(group, version, resource, kind, singular, namespaced, shortNames, categories, verbs, subresources, null);
    }

    /** Whether it has a subresource of that name. */
    public boolean hasSubresource(String name) {
        return subresources.stream().anyMatch(each -> each.name().equals(name));
    }

    /** A subresource such as {@code status} or {@code scale}, with the kind it speaks. Group and version are empty when they are the resource's own. */
    public record Subresource(String name, List<String> verbs, String group, String version, String kind) {}

    /** {@code v1} or {@code apps/v1}. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** The kind of its lists. */
    public String listKind() {
        return custom == null ? kind + "List" : custom.listKind();
    }

    /** {@code pods} or {@code deployments.apps}. */
    public String groupResource() {
        return group.isEmpty() ? resource : resource + "." + group;
    }
}
