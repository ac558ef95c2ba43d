package io.kvorum.openapi.generate;

/** The type of a field: a scalar, a definition by name, a list or a map with string keys. */
sealed interface TypeRef {
    /** @param format empty for none */
    record Scalar(String type, String format) implements TypeRef {}

    record Named(String definition) implements TypeRef {}

    record ListOf(TypeRef items) implements TypeRef {}

    record MapOf(TypeRef values) implements TypeRef {}
}
