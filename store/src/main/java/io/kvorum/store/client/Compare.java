package io.kvorum.store.client;

/**
 * One condition of a transaction. It must hold for each key of the range; where there is none, for a key whose version,
 * create and mod revision are 0.
 *
 * @param target which property is compared
 * @param relation how the property must relate to the given value
 * @param number the given value, unless the target is VALUE
 * @param value the given value if the target is VALUE, else empty
 */
public record Compare(KeyRange range, Target target, Relation relation, long number, ByteSequence value) {
    /** A condition on one key. */
    public Compare(ByteSequence key, Target target, Relation relation, long number, ByteSequence value) {
        this(KeyRange.single(key), target, relation, number, value);
    }

    /** The compared property. */
    public enum Target {
        VERSION,
        CREATE_REVISION,
        MOD_REVISION,
        VALUE,
        LEASE
    }

    /** The property stands on the left. */
    public enum Relation {
        EQUAL,
        NOT_EQUAL,
        GREATER,
        LESS
    }

    public static Compare modRevision(ByteSequence key, Relation relation, long revision) {
        return new Compare(key, Target.MOD_REVISION, relation, revision, ByteSequence.EMPTY);
    }

    /** Holds when the key does not exist. */
    public static Compare absent(ByteSequence key) {
        return new Compare(key, Target.CREATE_REVISION, Relation.EQUAL, 0, ByteSequence.EMPTY);
    }
}
