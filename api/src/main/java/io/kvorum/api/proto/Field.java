package io.kvorum.api.proto;

/**
 * One field of a message.
 *
 * @param name in JSON
 * @param shape which shape the field's messages have; -1 where the type says it all
 */
record Field(int number, String name, Type type, int flags, int shape) {
    static final int REPEATED = 1;
    static final int MAP = 2;
    static final int KEEPS_ZERO = 4;

    /** What a value is; in the order of the generator's constants. */
    enum Type {
        STRING,
        BYTES,
        BOOL,
        INT32,
        INT64,
        DOUBLE,
        MESSAGE,
        /** A message whose fields stand among those of the object around it. */
        EMBEDDED,
        /** A message around a list of strings, which is all of it in JSON. */
        WRAPPED_LIST,
        QUANTITY,
        INT_OR_STRING,
        TIME,
        MICRO_TIME,
        /** A message around bytes that are JSON. */
        RAW,
        SCHEMA_OR_ARRAY,
        SCHEMA_OR_BOOL,
        SCHEMA_OR_STRINGS;

        boolean leadsToShape() {
            return this == MESSAGE || this == EMBEDDED || ordinal() >= SCHEMA_OR_ARRAY.ordinal();
        }
    }

    boolean repeated() {
        return (flags & REPEATED) != 0;
    }

    boolean map() {
        return (flags & MAP) != 0;
    }

    /** Whether a zero is a value: the field is a pointer in Go, or is always written. */
    boolean keepsZero() {
        return (flags & KEEPS_ZERO) != 0;
    }
}
