package io.kvorum.torture.history;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One condition of a transaction. A key that is not there has version, revisions and lease 0, and a comparison of its
 * value is false.
 *
 * @param number compared when {@code target} is not the value
 * @param value compared when it is
 */
public record Compare(String key, Target target, Relation relation, long number, String value) {
    public enum Target {
        VALUE,
        VERSION,
        CREATE,
        MOD,
        LEASE
    }

    public enum Relation {
        EQUAL("="),
        GREATER(">"),
        LESS("<"),
        NOT_EQUAL("!=");

        private final String sign;

        Relation(String sign) {
            this.sign = sign;
        }

        /** @param compared what {@code Comparable.compareTo} says of the stored against the wanted */
        boolean holds(int compared) {
            return switch (this) {
                case EQUAL -> compared == 0;
                case GREATER -> compared > 0;
                case LESS -> compared < 0;
                case NOT_EQUAL -> compared != 0;
            };
        }
    }

    public static Compare value(String key, Relation relation, String value) {
        return new Compare(key, Target.VALUE, relation, 0, value);
    }

    public static Compare version(String key, Relation relation, long version) {
        return new Compare(key, Target.VERSION, relation, version, "");
    }

    public static Compare create(String key, Relation relation, long revision) {
        return new Compare(key, Target.CREATE, relation, revision, "");
    }

    public static Compare mod(String key, Relation relation, long revision) {
        return new Compare(key, Target.MOD, relation, revision, "");
    }

    /** Whether it holds for the key as it is stored; null: it is not there. */
    public boolean holds(@Nullable KeyValue stored) {
        if (target == Target.VALUE) {
            return stored != null && relation.holds(stored.value().compareTo(value));
        }
        return relation.holds(Long.compare(stored == null ? 0 : number(stored), number));
    }

    private long number(KeyValue stored) {
        return switch (target) {
            case VERSION -> stored.version();
            case CREATE -> stored.createRevision();
            case MOD -> stored.modRevision();
            case LEASE -> stored.lease();
            case VALUE -> throw new IllegalStateException("a value is no number");
        };
    }

    @Override
    public String toString() {
        return target.name().toLowerCase(Locale.ROOT) + "(" + key + ")" + relation.sign
                + (target == Target.VALUE ? value : Long.toString(number));
    }
}
