package io.kvorum.cel;

/** An expression does not compile, or its evaluation ended in an error; the message is for its author. */
public final class CelProblem extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean cost;
    private final String issues;

    CelProblem(String message) {
        super(message);
        cost = false;
        issues = message;
    }

    CelProblem(String message, Throwable cause) {
        this(message, cause, false);
    }

    private CelProblem(String message, Throwable cause, boolean cost) {
        super(message, cause);
        this.cost = cost;
        issues = message;
    }

    private CelProblem(String message, String issues) {
        super(message);
        cost = false;
        this.issues = issues;
    }

    static CelProblem ofCompilation(String issues) {
        return new CelProblem("compilation failed: " + issues, issues);
    }

    static CelProblem tooExpensive(CostMeter.Exceeded cause) {
        return new CelProblem(String.valueOf(cause.getMessage()), cause, true);
    }

    /** Whether the evaluation was ended for what it cost. */
    public boolean isCost() {
        return cost;
    }

    /** The message as the compiler or the evaluation gave it, without what went wrong as a whole. */
    public String issues() {
        return issues;
    }

    /** Never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
