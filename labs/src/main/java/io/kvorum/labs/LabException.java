package io.kvorum.labs;

/** A lab that cannot be read, started, graded or reset; the message says what to do about it. */
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LabException(String message) {
        super(message);
    }

    LabException(String message, Throwable cause) {
        super(message, cause);
    }
}
