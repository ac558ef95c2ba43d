package io.kvorum.faults;

/** A fault that cannot be understood or carried out; the message names what is wrong and the remedy. */
public final class FaultException extends RuntimeException {
    public FaultException(String message) {
        super(message, null, false, false);
    }
}
