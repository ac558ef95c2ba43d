package io.kvorum.kubelet.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;

/** A running command and its streams, which block. The outputs end when the command has ended. */
public interface ExecSession {
    OutputStream stdin();

    InputStream stdout();

    /** Empty from the start with a terminal. */
    InputStream stderr();

    /** The exit code; 128 plus the signal's number when a signal ended it. Never fails. */
    CompletableFuture<Integer> exit();

    /** Gives the terminal a size; does nothing without a terminal. */
    void resize(int columns, int rows) throws IOException;

    /** Nobody is there any more: ends the command's process group, asking first (SIGHUP). Does not wait. */
    void hangUp();
}
