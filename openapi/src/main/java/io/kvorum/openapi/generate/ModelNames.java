package io.kvorum.openapi.generate;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the Java models' class names and upstream's definition names belong together. */
final class ModelNames {
    static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1";

    private static final String MODELS = "io.kubernetes.client.openapi.models.";
    /** {@code V1Pod}; {@code CoreV1Event} where several groups have a type of one name. */
    private static final Pattern CLASS = Pattern.compile("([A-Z][a-z]+)??V(\\d+(?:(?:alpha|beta)\\d+)?)([A-Z].*)");

    private static final Set<String> META_TYPES = Set.of(
            "APIGroup",
            "APIGroupList",
            "APIResource",
            "APIResourceList",
            "APIVersions",
            "Condition",
            "DeleteOptions",
            "FieldSelectorRequirement",
            "GroupResource",
            "GroupVersionForDiscovery",
            "GroupVersionKind",
            "LabelSelector",
            "LabelSelectorRequirement",
            "ListMeta",
            "ManagedFieldsEntry",
            "ObjectMeta",
            "OwnerReference",
            "Preconditions",
            "ServerAddressByClientCIDR",
            "ShardInfo",
            "Status",
            "StatusCause",
            "StatusDetails",
            "WatchEvent");

    /** Types of the core group that no kind of the core group uses. */
    private static final Set<String> CORE_TYPES = Set.of("TopologySelectorTerm", "TopologySelectorLabelRequirement");

    private ModelNames() {}

    /** {@code io.k8s.api.apps.v1}. */
    static String packageOf(String group, String version) {
        switch (group) {
            case "":
                return "io.k8s.api.core." + version;
            case "apiextensions.k8s.io":
                return "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions." + version;
            case "apiregistration.k8s.io":
                return "io.k8s.kube-aggregator.pkg.apis.apiregistration." + version;
            case GatewayModels.GROUP:
                return GatewayModels.PACKAGE + version;
            default:
                return "io.k8s.api." + firstLabel(group) + "." + version;
        }
    }

    static String firstLabel(String group) {
        int dot = group.indexOf('.');
        return dot < 0 ? group : group.substring(0, dot);
    }

    /** The model of a kind or of its list. */
    static Optional<Class<?>> kind(String group, String version, String kind) {
        String label = group.isEmpty() ? "core" : firstLabel(group);
        String prefix = label.substring(0, 1).toUpperCase(Locale.ROOT) + label.substring(1);
        String v = version.substring(0, 1).toUpperCase(Locale.ROOT) + version.substring(1);
        Optional<Class<?>> own = model(prefix + v + kind);
        return own.isPresent() ? own : model(v + kind);
    }

    static Class<?> meta(String kind) {
        return model("V1" + kind).orElseThrow(() -> new IllegalStateException("no model of " + kind));
    }

    static Optional<Class<?>> model(String simpleName) {
        try {
            return Optional.of(Class.forName(MODELS + simpleName));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    /**
     * The definition a class is shown as.
     *
     * @param group of the kind that uses it; core where several do and core is one of them
     */
    static String definition(Class<?> model, String group) {
        Matcher name = CLASS.matcher(model.getSimpleName());
        if (!name.matches()) {
            throw new IllegalStateException("model " + model.getSimpleName() + " has a name of another form");
        }
        String type = name.group(3);
        String version = "v" + name.group(2);
        if (name.group(1) == null && version.equals("v1") && META_TYPES.contains(type)) {
            return META + "." + type;
        }
        if (CORE_TYPES.contains(type)) {
            return packageOf("", version) + "." + type;
        }
        return packageOf(group, version) + "." + type;
    }
}
