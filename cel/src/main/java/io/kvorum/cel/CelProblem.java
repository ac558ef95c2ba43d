package io.kvorum.cel;

/** An expression does not compile, or its evaluation ended in an error; the message is for its author. */
public final class CelProblem extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean cost;

    CelProblem(String message) {
        super(message);
        cost = false;
    }

    CelProblem(String message, Throwable cause) {
        this(message, cause, false);
    }

    private CelProblem(String message, Throwable cause, boolean cost) {
        super(message, cause);
        this.cost = cost;
    }

    static CelProblem tooExpensive(CostMeter.Exceeded cause) {
        return new CelProblem(String.valueOf(cause.getMessage()), cause, true);
    }

    /** Whether the evaluation was ended for what it cost. */
    boolean isCost() {
        return cost;
    }

    /** Never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
