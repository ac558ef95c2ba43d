package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.schema.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The type of a value as far as it matters to who manages it. Implementations stand on a schema; types may be
 * recursive, so walk along an object.
 */
public interface FieldType {
    /** What is known of a value's shape. */
    enum Form {
        SCALAR,
        LIST,
        MAP,
        /** Nothing: objects are maps of fields, lists are written as a whole. */
        DEDUCED
    }

    /** Which JSON scalars a SCALAR takes. */
    enum Scalar {
        STRING,
        NUMERIC,
        BOOLEAN,
        ANY
    }

    /** The type of everything without a schema. */
    FieldType DEDUCED = () -> Form.DEDUCED;

    Form form();

    default Scalar scalar() {
        return Scalar.ANY;
    }

    /** Whether a map is written as a whole. */
    default boolean atomicMap() {
        return false;
    }

    /** How the items of a list are told apart. */
    default Schema.ListType listType() {
        return Schema.ListType.ATOMIC;
    }

    /** The fields that identify an item of a list of type MAP. */
    default List<String> keys() {
        return List.of();
    }

    /** The value a key has when an item leaves it out; null for none. */
    default @Nullable JsonNode keyDefault(String key) {
        return null;
    }

    /** A field the type of a map declares by name; null when it does not. */
    default @Nullable FieldType field(String name) {
        return null;
    }

    /** The type of a list's items, or of the fields of a map that are not declared; null where there may be none. */
    default @Nullable FieldType element() {
        return null;
    }

    /** The same for walks that must go on: what is not known is deduced. */
    default FieldType elementOrDeduced() {
        FieldType element = element();
        return element == null ? DEDUCED : element;
    }

    /** The type of the field of that name, declared or not. */
    default FieldType fieldOrDeduced(String name) {
        FieldType field = field(name);
        return field == null ? elementOrDeduced() : field;
    }
}
