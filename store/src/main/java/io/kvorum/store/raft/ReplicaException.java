package io.kvorum.store.raft;

/** Why a member did not carry a request out. */
public abstract sealed class ReplicaException extends RuntimeException {
    private ReplicaException(String message) {
        super(message, null, false, false);
    }

    /** Not done: another member leads, or none does. */
    public static final class NotLeader extends ReplicaException {
        public NotLeader() {
            super("this member does not lead");
        }
    }

    /** Not done: too much is under way, or a new leader has not settled yet. Try again soon. */
    public static final class Busy extends ReplicaException {
        public Busy() {
            super("the leader cannot take the request now");
        }
    }

    /** Perhaps done: leadership was lost on the way. */
    public static final class Uncertain extends ReplicaException {
        public Uncertain(String message) {
            super(message);
        }
    }
}
