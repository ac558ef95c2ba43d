package io.kvorum.faults.plan;

/** A plan that cannot be run; the message names file, line and field and says what is wrong. */
public final class PlanException extends RuntimeException {
    PlanException(String message) {
        super(message, null, false, false);
    }
}
