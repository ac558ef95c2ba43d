package io.kvorum.apiserver.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.ResourceInfo.Subresource;
import io.kvorum.api.Tree;
import io.kvorum.api.custom.Conditions;
import io.kvorum.api.custom.CustomType;
import io.kvorum.api.custom.RuleSet;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.ResourceCache;
import io.kvorum.apiserver.cache.WatchCache;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The built-in resources and those of the established definitions in the watch cache. Looked at anew whenever a
 * definition has changed; {@link #all} is another list then. Belongs to the API server's event loop.
 */
public final class CustomResources implements ResourceCatalog {
    static final String DEFINITIONS = "apiextensions.k8s.io/customresourcedefinitions";

    private static final List<String> VERBS =
            List.of("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch");
    private static final List<String> SUBRESOURCE_VERBS = List.of("get", "patch", "update");
    private static final Comparator<ResourceInfo> ORDER = Comparator.comparing(ResourceInfo::group)
            .thenComparing(ResourceInfo::version, VersionOrder.NEWEST_FIRST)
            .thenComparing(ResourceInfo::resource);

    private final ResourceCatalog builtins;
    private final WatchCache cache;
    private final RuleSet.Compiler compiler;
    private Map<String, Known> known = Map.of();
    private List<ResourceInfo> all;
    private final Map<String, ResourceInfo> byResource = new HashMap<>();
    private final Map<String, ResourceInfo> byKind = new HashMap<>();
    private long seenAt = -1;

    /** What became of one version of a definition. */
    private record Known(long revision, List<ResourceInfo> resources) {}

    public CustomResources(ResourceCatalog builtins, WatchCache cache, RuleSet.Compiler compiler) {
        this.builtins = builtins;
        this.cache = cache;
        this.compiler = compiler;
        this.all = builtins.all();
    }

    @Override
    public List<ResourceInfo> all() {
        refresh();
        return all;
    }

    @Override
    public Optional<ResourceInfo> byResource(String group, String version, String resource) {
        return builtins.byResource(group, version, resource).or(() -> {
            refresh();
            return Optional.ofNullable(byResource.get(group + "/" + version + "/" + resource));
        });
    }

    @Override
    public Optional<ResourceInfo> byKind(String group, String version, String kind) {
        return builtins.byKind(group, version, kind).or(() -> {
            refresh();
            return Optional.ofNullable(byKind.get(group + "/" + version + "/" + kind));
        });
    }

    /** The resources of definitions alone, groups in alphabetical order, the newest version first. */
    public List<ResourceInfo> custom() {
        refresh();
        return all.subList(builtins.all().size(), all.size());
    }

    /** Whether a built-in resource has the group and one of the names. */
    boolean builtin(String group, String plural, String kind) {
        return builtins.all().stream()
                .anyMatch(info -> info.group().equals(group)
                        && (info.resource().equals(plural) || info.kind().equals(kind)));
    }

    /** The version of a definition that objects are stored in, whether it is served or not. */
    ResourceInfo stored(ObjectNode definition) {
        JsonNode storage = Tree.objects(definition, "spec", "versions").stream()
                .filter(version -> Tree.flag(version, "storage"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("a definition without storage version"));
        return info(definition, storage);
    }

    private void refresh() {
        // While everything is read again, the state goes back in time; what was known stays until it is over.
        ResourceCache definitions = cache.of(DEFINITIONS);
        if (definitions.changedAt() == seenAt || !cache.synced()) {
            return;
        }
        seenAt = definitions.changedAt();
        Map<String, Known> next = new HashMap<>();
        List<ResourceInfo> custom = new ArrayList<>();
        for (ObjectVersion version : definitions.list("")) {
            Known before = known.get(version.path());
            Known now = before != null && before.revision == version.revision()
                    ? before
                    : new Known(version.revision(), resources(version.tree()));
            next.put(version.path(), now);
            custom.addAll(now.resources);
        }
        boolean same = next.equals(known);
        known = next;
        if (!same) {
            adopt(custom);
        }
    }

    private void adopt(List<ResourceInfo> custom) {
        byResource.clear();
        byKind.clear();
        custom.sort(ORDER);
        for (ResourceInfo info : custom) {
            byResource.put(info.apiVersion() + "/" + info.resource(), info);
            byKind.put(info.apiVersion() + "/" + info.kind(), info);
        }
        List<ResourceInfo> together = new ArrayList<>(builtins.all());
        together.addAll(custom);
        all = List.copyOf(together);
    }

    private List<ResourceInfo> resources(ObjectNode definition) {
        if (!Conditions.isTrue(definition, "Established")) {
            return List.of();
        }
        List<ResourceInfo> resources = new ArrayList<>();
        for (ObjectNode version : Tree.objects(definition, "spec", "versions")) {
            if (Tree.flag(version, "served")) {
                resources.add(info(definition, version));
            }
        }
        return List.copyOf(resources);
    }

    private ResourceInfo info(ObjectNode definition, JsonNode version) {
        CustomType type = CustomType.of(definition, version, compiler);
        JsonNode names = Tree.at(definition, "status", "acceptedNames");
        List<Subresource> subresources = new ArrayList<>();
        if (type.hasStatus()) {
            subresources.add(new Subresource("status", SUBRESOURCE_VERBS, "", "", type.kind()));
        }
        if (type.scale() != null) {
            subresources.add(new Subresource("scale", SUBRESOURCE_VERBS, "autoscaling", "v1", "Scale"));
        }
        return new ResourceInfo(
                type.group(),
                type.name(),
                Tree.text(definition, "spec", "names", "plural"),
                type.kind(),
                Tree.text(names, "singular"),
                type.namespaced(),
                List.copyOf(Tree.texts(names, "shortNames")),
                List.copyOf(Tree.texts(names, "categories")),
                VERBS,
                List.copyOf(subresources),
                type);
    }
}
