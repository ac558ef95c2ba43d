package io.kvorum.bus;

/** Nobody answered in time at an address. {@link #indeterminate()} tells whether the request may have been carried out. */
public final class BusUnavailableException extends RuntimeException {
    /** Why no answer came. */
    enum Reason {
        /** No instance was there to take the request. */
        NOBODY,
        /** The time-out passed. */
        TIMEOUT,
        /** The instance left the cluster, or its connection broke, before it answered. */
        LOST
    }

    private final Reason reason;

    public BusUnavailableException(String message, boolean indeterminate) {
        this(message, indeterminate ? Reason.LOST : Reason.NOBODY);
    }

    BusUnavailableException(String message, Reason reason) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** False when no instance was there to take the request; true after a time-out or a lost instance. */
    public boolean indeterminate() {
        return reason != Reason.NOBODY;
    }

    Reason reason() {
        return reason;
    }
}
