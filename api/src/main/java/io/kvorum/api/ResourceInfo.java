package io.kvorum.api;

import java.util.List;

/**
 * One resource the API serves.
 *
 * @param group empty for the core group
 * @param resource plural, as in paths
 * @param namespaced whether its objects live in namespaces
 * @param verbs of the resource itself, as discovery lists them
 * @param subresources see {@link Subresource}
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
        List<Subresource> subresources) {

    /** A subresource such as {@code status} or {@code scale}, with the kind it speaks. Group and version are empty when they are the resource's own. */
    public record Subresource(String name, List<String> verbs, String group, String version, String kind) {}

    /** {@code v1} or {@code apps/v1}. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** {@code pods} or {@code deployments.apps}. */
    public String groupResource() {
        return group.isEmpty() ? resource : resource + "." + group;
    }
}
