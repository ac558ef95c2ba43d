package io.kvorum.component;

/** The command line or configuration is wrong; the message names the flag and the remedy. Ends the process with exit code 2. */
public final class UsageException extends RuntimeException {
    public UsageException(String message) {
        super(message, null, false, false);
    }
}
