package io.kvorum.bus;

/** Nobody answered in time at an address. {@link #indeterminate()} tells whether the request may have been carried out. */
public final class BusUnavailableException extends RuntimeException {
    private final boolean indeterminate;

    public BusUnavailableException(String message, boolean indeterminate) {
        super(message, null, false, false);
        this.indeterminate = indeterminate;
    }

    /** True after a time-out; false when no instance was there to take the request. */
    public boolean indeterminate() {
        return indeterminate;
    }
}
