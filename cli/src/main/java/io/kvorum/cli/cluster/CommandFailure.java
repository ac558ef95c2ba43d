package io.kvorum.cli.cluster;

/** A command cannot do what it was asked; the message is one line with the remedy. */
public final class CommandFailure extends RuntimeException {
    private final int exitCode;

    public CommandFailure(String message, int exitCode) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    /** 1 failed, 2 usage. */
    public int exitCode() {
        return exitCode;
    }
}
