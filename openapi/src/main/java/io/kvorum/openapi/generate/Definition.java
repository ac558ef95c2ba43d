package io.kvorum.openapi.generate;

import java.util.List;

/**
 * A type as the documents show it.
 *
 * @param name {@code io.k8s.api.core.v1.Pod}
 * @param fields in alphabetical order
 * @param gvks of a kind: where it is served; empty for a part of one
 */
record Definition(String name, String description, List<Field> fields, List<Gvk> gvks) {
    record Field(String name, String description, boolean required, TypeRef type) {}

    record Gvk(String group, String version, String kind) {}

    String packageName() {
        return name.substring(0, name.lastIndexOf('.'));
    }

    String simpleName() {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
