package io.kvorum.torture.history;

import java.util.List;
import java.util.stream.Collectors;

/** A request to the store. */
public sealed interface Call {
    Kind kind();

    /** Whether it could have to do with keys of {@code range}. */
    boolean touches(KeyRange range);

    /** Whether {@code reply} is of the kind that answers this call. */
    boolean answeredBy(Reply reply);

    /** What is called; its names are those of the file format. */
    enum Kind {
        PUT("put"),
        DELETE("delete"),
        RANGE("range"),
        TXN("txn"),
        COMPACT("compact"),
        LEASE_GRANT("grant"),
        LEASE_KEEP_ALIVE("keep-alive"),
        LEASE_REVOKE("revoke"),
        LEASE_TIME_TO_LIVE("time-to-live");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /** A call that may also stand in a transaction. */
    sealed interface Step extends Call {}

    /**
     * @param value not written to this key by any other put of the history: it is what tells writes apart
     * @param lease 0 for none
     * @param prevKv whether the answer is to carry the key as it was before
     */
    record Put(String key, String value, long lease, boolean prevKv) implements Step {
        @Override
        public Kind kind() {
            return Kind.PUT;
        }

        @Override
        public boolean touches(KeyRange range) {
            return range.contains(key);
        }

        @Override
        public boolean answeredBy(Reply reply) {
            return reply instanceof Reply.Put;
        }

        @Override
        public String toString() {
            return "put " + key + "=" + value + (lease == 0 ? "" : " lease " + lease);
        }
    }

    /** @param prevKv whether the answer is to carry the deleted keys as they were */
    record Delete(KeyRange keys, boolean prevKv) implements Step {
        @Override
        public Kind kind() {
            return Kind.DELETE;
        }

        @Override
        public boolean touches(KeyRange range) {
            return keys.overlaps(range);
        }

        @Override
        public boolean answeredBy(Reply reply) {
            return reply instanceof Reply.Delete;
        }

        @Override
        public String toString() {
            return "delete " + keys;
        }
    }

    /**
     * @param revision 0 for the newest
     * @param serializable whether any member may answer from what it has
     * @param limit 0 for none
     */
    record Range(KeyRange keys, long revision, boolean serializable, long limit, boolean countOnly) implements Step {
        @Override
        public Kind kind() {
            return Kind.RANGE;
        }

        @Override
        public boolean touches(KeyRange range) {
            return keys.overlaps(range);
        }

        @Override
        public boolean answeredBy(Reply reply) {
            return reply instanceof Reply.Range;
        }

        @Override
        public String toString() {
            return (serializable ? "serializable " : "")
                    + (countOnly ? "count " : "get ")
                    + keys
                    + (revision == 0 ? "" : " @" + revision)
                    + (limit == 0 ? "" : " limit " + limit);
        }
    }

    /**
     * A transaction: {@code success} when all of {@code compares} hold, else {@code failure}, at one revision. As etcd
     * has it, no key is written twice in one list.
     */
    record Txn(List<Compare> compares, List<Step> success, List<Step> failure) implements Call {
        public Txn {
            compares = List.copyOf(compares);
            success = List.copyOf(success);
            failure = List.copyOf(failure);
        }

        @Override
        public Kind kind() {
            return Kind.TXN;
        }

        public List<Step> branch(boolean succeeded) {
            return succeeded ? success : failure;
        }

        @Override
        public boolean touches(KeyRange range) {
            return success.stream().anyMatch(step -> step.touches(range))
                    || failure.stream().anyMatch(step -> step.touches(range))
                    || compares.stream().anyMatch(compare -> range.contains(compare.key()));
        }

        @Override
        public boolean answeredBy(Reply reply) {
            return reply instanceof Reply.Txn txn && fits(branch(txn.succeeded()), txn.replies());
        }

        private static boolean fits(List<Step> steps, List<Reply> replies) {
            if (steps.size() != replies.size()) {
                return false;
            }
            for (int i = 0; i < steps.size(); i++) {
                if (!steps.get(i).answeredBy(replies.get(i))) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String toString() {
            return "txn " + (compares.isEmpty() ? "" : "if " + joined(compares, " and ") + " then ")
                    + joined(success, ", ") + (failure.isEmpty() ? "" : " else " + joined(failure, ", "));
        }

        private static String joined(List<?> parts, String by) {
            return parts.isEmpty()
                    ? "nothing"
                    : parts.stream().map(Object::toString).collect(Collectors.joining(by));
        }
    }

    /** Forgets what was before {@code revision}; what was at it stays readable. */
    record Compact(long revision) implements Call {
        @Override
        public Kind kind() {
            return Kind.COMPACT;
        }

        @Override
        public boolean touches(KeyRange range) {
            return false;
        }

        @Override
        public boolean answeredBy(Reply reply) {
            return reply instanceof Reply.Compact;
        }

        @Override
        public String toString() {
            return "compact @" + revision;
        }
    }

    /** @param lease chosen by the client, used for one grant only */
    record LeaseGrant(long lease, long ttlSeconds) implements Call {
        @Override
        public Kind kind() {
            return Kind.LEASE_GRANT;
        }

        @Override
        public boolean touches(KeyRange range) {
            return false;
        }

        @Override
        public boolean answeredBy(Reply reply) {
            return reply instanceof Reply.LeaseGrant;
        }

        @Override
        public String toString() {
            return "grant lease " + lease + " for " + ttlSeconds + "s";
        }
    }

    record LeaseKeepAlive(long lease) implements Call {
        @Override
        public Kind kind() {
            return Kind.LEASE_KEEP_ALIVE;
        }

        @Override
        public boolean touches(KeyRange range) {
            return false;
        }

        @Override
        public boolean answeredBy(Reply reply) {
            return reply instanceof Reply.LeaseKeepAlive;
        }

        @Override
        public String toString() {
            return "keep lease " + lease + " alive";
        }
    }

    record LeaseRevoke(long lease) implements Call {
        @Override
        public Kind kind() {
            return Kind.LEASE_REVOKE;
        }

        @Override
        public boolean touches(KeyRange range) {
            return false;
        }

        @Override
        public boolean answeredBy(Reply reply) {
            return reply instanceof Reply.LeaseRevoke;
        }

        @Override
        public String toString() {
            return "revoke lease " + lease;
        }
    }

    record LeaseTimeToLive(long lease, boolean keys) implements Call {
        @Override
        public Kind kind() {
            return Kind.LEASE_TIME_TO_LIVE;
        }

        @Override
        public boolean touches(KeyRange range) {
            return false;
        }

        @Override
        public boolean answeredBy(Reply reply) {
            return reply instanceof Reply.LeaseTimeToLive;
        }

        @Override
        public String toString() {
            return "time to live of lease " + lease;
        }
    }
}
