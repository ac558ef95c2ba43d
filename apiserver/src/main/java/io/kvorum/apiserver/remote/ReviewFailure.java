package io.kvorum.apiserver.remote;

/** A webhook did not answer, or not with an answer. */
final class ReviewFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean transitory;

    /** @param transitory whether it may answer when it is asked again in a moment */
    ReviewFailure(String message, boolean transitory) {
        super(message, null, false, false);
        this.transitory = transitory;
    }

    boolean isTransitory() {
        return transitory;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
