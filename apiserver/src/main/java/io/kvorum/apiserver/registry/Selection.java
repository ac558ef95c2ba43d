package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.selector.FieldSelector;
import io.kvorum.api.selector.LabelSelector;
import io.kvorum.apiserver.cache.Interest;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.ResourceCache;
import io.kvorum.apiserver.request.Query;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a list or watch wants to see: a namespace, labels, fields. Decodes an object only if it must.
 *
 * @param name the only name that can match
 * @param node the only node on which pods can match
 * @param known whether the fields ask for no more than these two
 */
record Selection(
        String namespace,
        LabelSelector labels,
        FieldSelector fields,
        boolean namespaced,
        @Nullable String name,
        @Nullable String node,
        boolean known) {

    /** Fails with 400 when a selector cannot be parsed or names an unsupported field. */
    static Selection of(ResourceInfo info, String namespace, String name, Query query) {
        LabelSelector labels = LabelSelector.parse(query.text("labelSelector"));
        FieldSelector fields = FieldSelector.parse(query.text("fieldSelector"), info);
        String wanted = name.isEmpty() ? fields.requiredValue("metadata.name").orElse(null) : name;
        String node = info.group().isEmpty() && info.resource().equals("pods")
                ? fields.requiredValue("spec.nodeName").orElse(null)
                : null;
        boolean known = fields.requirements().stream()
                .allMatch(each -> each.equal()
                        && each.value()
                                .equals(
                                        switch (each.field()) {
                                            case "metadata.name" -> wanted;
                                            case "spec.nodeName" -> node;
                                            default -> null;
                                        }));
        return new Selection(namespace, labels, fields, info.namespaced(), wanted, node, known);
    }

    /** What has to be told to a watcher with this selection. */
    Interest interest() {
        String path = path();
        if (path != null) {
            return new Interest(Interest.In.OBJECT, path);
        }
        if (node != null) {
            return new Interest(Interest.In.NODE, node);
        }
        return namespace.isEmpty() ? Interest.EVERYTHING : new Interest(Interest.In.NAMESPACE, namespace);
    }

    /** Where in a cache that which matches is, in key order; more may be there. {@code after}: empty, or a path before it. */
    Collection<ObjectVersion> candidates(ResourceCache objects, String after) {
        String path = path();
        if (path != null) {
            ObjectVersion only = objects.get(path);
            return only == null || path.compareTo(after) <= 0 ? List.of() : List.of(only);
        }
        return node == null ? objects.listAfter(namespace, after) : objects.onNodeAfter(node, namespace, after);
    }

    /** The path of the only object that can match; null when there is more than one. */
    private @Nullable String path() {
        if (name == null || (namespaced && namespace.isEmpty())) {
            return null;
        }
        return namespaced ? namespace + "/" + name : name;
    }

    boolean everything() {
        return name == null && labels.isEverything() && fields.isEverything();
    }

    /** Whether selectors leave the number of matching objects unknown. */
    boolean selective() {
        return !everything();
    }

    boolean picksLabels() {
        return !labels.isEverything();
    }

    /** Whether fields decide that do not only say where an object is. */
    boolean picksFields() {
        return !known;
    }

    /** Whether an object is where this selection looks. */
    boolean covers(@Nullable ObjectVersion version) {
        if (version == null || (!namespace.isEmpty() && !version.namespace().equals(namespace))) {
            return false;
        }
        if (name != null && !version.name().equals(name)) {
            return false;
        }
        return node == null || version.node().equals(node);
    }

    /** Whether an object, as it is shown, has what this selection looks for in it. */
    boolean chooses(JsonNode shown) {
        return labels.matches(Tree.map(shown, "metadata", "labels")) && (known || fields.matches(shown));
    }

    boolean matches(@Nullable ObjectVersion version) {
        return version != null
                && covers(version)
                && (labels.isEverything() || labels.matches(version.labels()))
                && (known || fields.matches(version.selectable()));
    }
}
