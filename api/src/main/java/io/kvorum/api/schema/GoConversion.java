package io.kvorum.api.schema;

import com.fasterxml.jackson.core.JsonToken;

/** What upstream's conversion of untyped maps to its types says of a value that is of another kind. */
final class GoConversion {
    private GoConversion() {}

    /**
     * @param token the value's first
     * @param type what the field is
     * @param goType the name of that type in Go, for scalars
     */
    static String failure(JsonToken token, Schema type, String goType) {
        String kind = kind(token);
        switch (type.type()) {
            case OBJECT:
                return type.additionalProperties() != null
                        ? "cannot restore map from " + kind
                        : "cannot restore struct from: " + kind;
            case ARRAY:
                return "cannot restore slice from " + kind;
            case STRING:
                if (type.format().equals("byte")) {
                    return "cannot restore slice from " + kind;
                }
                // Go can make a string of an integer, a character's, and upstream forbids it.
                return token == JsonToken.VALUE_NUMBER_INT
                        ? "cannot convert int64 to " + goType
                        : "unrecognized type: string";
            case INTEGER:
                return token.isNumeric() ? "cannot convert " + kind + " to " + goType : "unrecognized type: " + goType;
            case NUMBER:
                return "unrecognized type: float64";
            case BOOLEAN:
            default:
                return "unrecognized type: " + goType;
        }
    }

    private static String kind(JsonToken token) {
        switch (token) {
            case START_OBJECT:
                return "map";
            case START_ARRAY:
                return "slice";
            case VALUE_STRING:
                return "string";
            case VALUE_TRUE:
            case VALUE_FALSE:
                return "bool";
            case VALUE_NUMBER_INT:
                return "int64";
            default:
                return "float64";
        }
    }
}
