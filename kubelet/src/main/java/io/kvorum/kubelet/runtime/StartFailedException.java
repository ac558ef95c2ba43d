package io.kvorum.kubelet.runtime;

import java.io.IOException;

/** The container's program could not be started; the message is for the user. */
public final class StartFailedException extends IOException {
    public StartFailedException(String message) {
        super(message);
    }
}
