package io.kvorum.api.custom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.kvorum.api.Tree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The structure a version of a custom resource has, read from its {@code openAPIV3Schema}: which fields there are, of
 * what type and with which defaults. What values are allowed in them is in {@link ValueSchema}. Immutable.
 */
public final class StructuralSchema {
    private static final StructuralSchema ANYTHING = new StructuralSchema(MissingNode.getInstance(), true);

    private final JsonNode source;
    private final String type;
    private final boolean nullable;
    private final boolean preserveUnknown;
    private final boolean embedded;
    private final boolean intOrString;
    private final Map<String, StructuralSchema> properties = new LinkedHashMap<>();
    private final @Nullable StructuralSchema items;
    private final @Nullable StructuralSchema additional;
    private final boolean additionalAllowed;
    private final @Nullable JsonNode defaultValue;
    private final boolean defaults;

    private StructuralSchema(JsonNode source, boolean preserveUnknown) {
        this.source = source;
        this.type = Tree.text(source, "type");
        this.nullable = Tree.flag(source, "nullable");
        this.preserveUnknown = preserveUnknown;
        this.embedded = Tree.flag(source, "x-kubernetes-embedded-resource");
        this.intOrString = Tree.flag(source, "x-kubernetes-int-or-string");
        source.path("properties").properties().forEach(entry -> properties.put(entry.getKey(), of(entry.getValue())));
        JsonNode itemsSource = source.path("items");
        this.items = itemsSource.isObject() ? of(itemsSource) : null;
        JsonNode more = source.path("additionalProperties");
        this.additional = more.isObject() ? of(more) : null;
        this.additionalAllowed = more.isObject() || more.asBoolean(false);
        this.defaultValue = source.hasNonNull("default") ? source.get("default") : null;
        this.defaults = defaultValue != null
                || (items != null && items.defaults)
                || (additional != null && additional.defaults)
                || properties.values().stream().anyMatch(StructuralSchema::hasDefaults);
    }

    /** @param source a {@code JSONSchemaProps} that has passed the rules for structural schemas */
    public static StructuralSchema of(JsonNode source) {
        return new StructuralSchema(source, Tree.flag(source, "x-kubernetes-preserve-unknown-fields"));
    }

    /** The schema that keeps every field. */
    public static StructuralSchema anything() {
        return ANYTHING;
    }

    /** The {@code JSONSchemaProps} this was read from; missing for a resource without a schema. Not to be written to. */
    public JsonNode source() {
        return source;
    }

    /** {@code object}, {@code array}, {@code string}, {@code integer}, {@code number}, {@code boolean}; empty for any. */
    public String type() {
        return type;
    }

    public String format() {
        return Tree.text(source, "format");
    }

    public boolean nullable() {
        return nullable;
    }

    public boolean preserveUnknown() {
        return preserveUnknown;
    }

    /** Whether the value is an object of its own, with apiVersion, kind and metadata. */
    public boolean embedded() {
        return embedded;
    }

    public boolean intOrString() {
        return intOrString;
    }

    public Map<String, StructuralSchema> properties() {
        return properties;
    }

    public @Nullable StructuralSchema property(String name) {
        return properties.get(name);
    }

    public @Nullable StructuralSchema items() {
        return items;
    }

    /** The schema of the values of fields without a name in the schema; null where nothing is said of them. */
    public @Nullable StructuralSchema additional() {
        return additional;
    }

    /** Whether other fields than the properties may be there. */
    public boolean additionalAllowed() {
        return additionalAllowed;
    }

    /** Not to be written to. */
    public @Nullable JsonNode defaultValue() {
        return defaultValue;
    }

    /** Whether this or anything below has a default. */
    public boolean hasDefaults() {
        return defaults;
    }

    /** {@code atomic}, {@code set} or {@code map}; empty where nothing is said, which means atomic. */
    public String listType() {
        return Tree.text(source, "x-kubernetes-list-type");
    }

    public List<String> mapKeys() {
        return Tree.texts(source, "x-kubernetes-list-map-keys");
    }

    /** {@code atomic} or {@code granular}; empty where nothing is said, which means granular. */
    public String mapType() {
        return Tree.text(source, "x-kubernetes-map-type");
    }
}
