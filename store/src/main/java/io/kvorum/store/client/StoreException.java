package io.kvorum.store.client;

/** Why the store did not do what was asked. The subclasses say what the caller may do. */
public abstract sealed class StoreException extends RuntimeException {
    private StoreException(String message) {
        super(message, null, false, false);
    }

    /** The revision asked for has been compacted away: read the newest instead. */
    public static final class Compacted extends StoreException {
        private final long compactRevision;

        public Compacted(long compactRevision) {
            super("required revision has been compacted; oldest available is " + compactRevision);
            this.compactRevision = compactRevision;
        }

        public long compactRevision() {
            return compactRevision;
        }
    }

    /** The revision asked for has not been written yet. */
    public static final class FutureRevision extends StoreException {
        public FutureRevision(long asked, long current) {
            super("required revision " + asked + " is a future revision; current is " + current);
        }
    }

    /** Not done; retry with backoff. */
    public static final class Unavailable extends StoreException {
        public Unavailable(String message) {
            super(message);
        }
    }

    /** Perhaps done: the leader was lost or the time ran out on the way. Read before repeating. */
    public static final class Indeterminate extends StoreException {
        public Indeterminate(String message) {
            super(message);
        }
    }

    /** Refused for what it is (too large, unknown lease, malformed); repeating it will not help. */
    public static final class Refused extends StoreException {
        private final Refusal reason;

        public Refused(Refusal reason, String message) {
            super(message);
            this.reason = reason;
        }

        public Refusal reason() {
            return reason;
        }
    }
}
