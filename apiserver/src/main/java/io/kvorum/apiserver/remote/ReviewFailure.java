package io.kvorum.apiserver.remote;

/** A webhook did not answer, or not with an answer. */
final class ReviewFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean transitory;
    private final boolean late;

    /**
     * @param transitory whether it may answer when it is asked again in a moment
     * @param late whether it is one only because it took too long
     */
    ReviewFailure(String message, boolean transitory, boolean late) {
        super(message, null, false, false);
        this.transitory = transitory;
        this.late = late;
    }

    /** Of how it came out for those who count. */
    ReviewClient.Result result() {
        return late ? ReviewClient.Result.TIMEOUT : ReviewClient.Result.ERROR;
    }

    boolean isTransitory() {
        return transitory;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
