package io.kvorum.api.schema;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The type of a value: of a whole object, of a field, of a list's items. A field's schema carries what is said at the
 * field (list type, merge key, patch strategy) and leads to the structure of the type it names; types may be recursive,
 * so walk along an object, not along the schema.
 */
public final class Schema {
    /** What a value looks like on the wire. */
    public enum Type {
        STRING,
        /** Format int32 or int64. */
        INTEGER,
        NUMBER,
        BOOLEAN,
        /** A struct when {@link Schema#properties} is not empty, else a map of {@link Schema#additionalProperties}. */
        OBJECT,
        ARRAY,
        /** A 32-bit integer or a string such as {@code 25%}. */
        INT_OR_STRING,
        /** A number with a unit such as {@code 100m}; a string, on input also a number. */
        QUANTITY,
        /** Any JSON value, kept as it is. */
        ANY
    }

    /** How the items of a list are told apart when two writers meet. */
    public enum ListType {
        ATOMIC,
        SET,
        MAP
    }

    private final Type type;
    private final String format;
    private final String definition;
    private final Map<String, Schema> properties;
    private final List<String> required;
    private final @Nullable Schema items;
    private final @Nullable Schema additionalProperties;
    private final FieldTraits traits;
    private final @Nullable String reference;
    private final Function<String, Schema> resolver;
    private volatile @Nullable Schema target;

    /** What is said at a field rather than at its type. */
    record FieldTraits(
            ListType listType,
            List<String> mapKeys,
            boolean atomicMap,
            boolean granularMap,
            List<String> patchStrategies,
            @Nullable String patchMergeKey,
            boolean keepsZero) {
        static final FieldTraits NONE =
                new FieldTraits(ListType.ATOMIC, List.of(), false, false, List.of(), null, false);
    }

    private Schema(
            Type type,
            String format,
            String definition,
            Map<String, Schema> properties,
            List<String> required,
            @Nullable Schema items,
            @Nullable Schema additionalProperties,
            FieldTraits traits,
            @Nullable String reference,
            Function<String, Schema> resolver) {
        this.type = type;
        this.format = format;
        this.definition = definition;
        this.properties = properties;
        this.required = required;
        this.items = items;
        this.additionalProperties = additionalProperties;
        this.traits = traits;
        this.reference = reference;
        this.resolver = resolver;
    }

    static Schema scalar(Type type, String format, FieldTraits traits) {
        return new Schema(type, format, "", Map.of(), List.of(), null, null, traits, null, Schema::unresolvable);
    }

    static Schema array(Schema items, FieldTraits traits) {
        return new Schema(Type.ARRAY, "", "", Map.of(), List.of(), items, null, traits, null, Schema::unresolvable);
    }

    static Schema map(Schema values, FieldTraits traits) {
        return new Schema(Type.OBJECT, "", "", Map.of(), List.of(), null, values, traits, null, Schema::unresolvable);
    }

    static Schema struct(String definition, Map<String, Schema> properties, List<String> required, FieldTraits traits) {
        return new Schema(
                Type.OBJECT, "", definition, properties, required, null, null, traits, null, Schema::unresolvable);
    }

    static Schema reference(String definition, FieldTraits traits, Function<String, Schema> resolver) {
        return new Schema(Type.OBJECT, "", definition, Map.of(), List.of(), null, null, traits, definition, resolver);
    }

    private static Schema unresolvable(String definition) {
        throw new IllegalStateException("not a reference: " + definition);
    }

    private Schema structure() {
        if (reference == null) {
            return this;
        }
        Schema resolved = target;
        if (resolved == null) {
            resolved = resolver.apply(reference);
            target = resolved;
        }
        return resolved;
    }

    public Type type() {
        return structure().type;
    }

    /** {@code int32}, {@code int64}, {@code double}, {@code byte} (base64), {@code date-time}, {@code micro-time}; empty for none. */
    public String format() {
        return structure().format;
    }

    /** The name upstream's OpenAPI document gives the type, {@code io.k8s.api.core.v1.PodSpec}; empty for one without a name. */
    public String definition() {
        return definition;
    }

    /** The fields of a struct by their JSON names, in alphabetical order; empty for everything else. */
    public Map<String, Schema> properties() {
        return structure().properties;
    }

    public @Nullable Schema property(String name) {
        return structure().properties.get(name);
    }

    /** Names of the fields a struct must have. */
    public List<String> required() {
        return structure().required;
    }

    /** The type of a list's items; null for everything else. */
    public @Nullable Schema items() {
        return structure().items;
    }

    /** The type of a map's values; null for everything else. */
    public @Nullable Schema additionalProperties() {
        return structure().additionalProperties;
    }

    /** Whether the value is an object with named fields. */
    public boolean struct() {
        return type() == Type.OBJECT && additionalProperties() == null;
    }

    /** Atomic where nothing is said. */
    public ListType listType() {
        return traits.listType();
    }

    /** The fields that identify an item of a list of type MAP. */
    public List<String> mapKeys() {
        return traits.mapKeys();
    }

    /** Whether a map or struct is written as a whole. */
    public boolean atomicMap() {
        return !traits.granularMap()
                && (traits.atomicMap() || structure().traits.atomicMap());
    }

    /** {@code merge}, {@code replace}, {@code retainKeys}: of strategic merge patch; empty where nothing is said. */
    public List<String> patchStrategies() {
        return traits.patchStrategies();
    }

    /** The item field strategic merge patch compares; null for lists of scalars and for lists that are replaced. */
    public @Nullable String patchMergeKey() {
        return traits.patchMergeKey();
    }

    /**
     * Whether a zero (0, false, the empty string) is a value of the field and differs from its absence: upstream's Go
     * type has a pointer there. Zeros of other fields that need not be there are left out.
     */
    public boolean keepsZero() {
        return traits.keepsZero();
    }

    /** Last part of the definition, as Go names the type: {@code PodSpec}. */
    String goName() {
        return definition.substring(definition.lastIndexOf('.') + 1);
    }

    @Override
    public String toString() {
        return definition.isEmpty() ? type().toString() : definition;
    }
}
