package io.kvorum.kubelet.runtime;

import java.io.IOException;
import java.io.OutputStream;

/** Ways into running containers. Methods block. */
public interface ContainerStreams {
    /** Starts a command in the container's environment and working folder. Errors: {@link StartFailedException}. */
    ExecSession open(ContainerId id, ExecRequest request) throws IOException;

    /** Whether its main process runs, by the operating system's word, which comes before the node's. */
    boolean runs(ContainerId id);

    /**
     * Opens the standard input of a container that was started with one. Closing it leaves the container's end open for
     * others; a blocked write ends when it is closed by another thread.
     */
    OutputStream stdin(ContainerId id) throws IOException;

    /** Lets the container read an end of file, once it has read what was written. */
    void closeStdin(ContainerId id) throws IOException;

    /** Gives the container's terminal a size; does nothing without a terminal. */
    void resize(ContainerId id, int columns, int rows) throws IOException;
}
