package io.kvorum.apiserver.registry;

import io.kvorum.api.ResourceInfo;
import io.kvorum.api.selector.FieldSelector;
import io.kvorum.api.selector.LabelSelector;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.request.Query;
import org.jspecify.annotations.Nullable;

/** What a list or watch wants to see: a namespace, labels, fields. Decodes an object only if it must. */
record Selection(
        String namespace,
        LabelSelector labels,
        FieldSelector fields,
        @Nullable String name,
        boolean nameOnly) {

    /** Fails with 400 when a selector cannot be parsed or names an unsupported field. */
    static Selection of(ResourceInfo info, String namespace, String name, Query query) {
        LabelSelector labels = LabelSelector.parse(query.text("labelSelector"));
        FieldSelector fields = FieldSelector.parse(query.text("fieldSelector"), info);
        String wanted = name.isEmpty() ? fields.requiredValue("metadata.name").orElse(null) : name;
        boolean nameOnly = fields.isEverything()
                || (wanted != null && fields.requirements().size() == 1);
        return new Selection(namespace, labels, fields, wanted, nameOnly);
    }

    boolean everything() {
        return name == null && labels.isEverything() && fields.isEverything();
    }

    /** Whether selectors leave the number of matching objects unknown. */
    boolean selective() {
        return !everything();
    }

    boolean matches(@Nullable ObjectVersion version) {
        if (version == null || (!namespace.isEmpty() && !version.namespace().equals(namespace))) {
            return false;
        }
        if (name != null && !version.name().equals(name)) {
            return false;
        }
        return (labels.isEverything() || labels.matches(version.labels()))
                && (nameOnly || fields.matches(version.selectable()));
    }
}
