package io.kvorum.component;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The commands of the process's control socket, a Unix socket outside the faulted network. One request a connection: a
 * line of JSON {@code {"op":"..."}} answered by a line of JSON {@code {"ok":true,...}} or {@code {"ok":false,
 * "error":"..."}}. Built in: {@code status}, {@code shutdown}, {@code log-level}, {@code fault.set}, {@code
 * fault.clear}, {@code fault.list}, {@code fault.reset}, {@code clock.skew}, {@code clock.clear}.
 */
public interface ControlCommands {
    /** Adds a command; the future's object becomes the answer, its failure the error. Runs on an event loop context. */
    void register(String op, Command command);

    /**
     * Adds a command whose answer is followed by bytes until the connection ends. {@link DownloadBody#writeTo} runs on a
     * thread of the connection and blocks while the client does not read; one that reads nothing for half a minute is
     * given up.
     */
    void registerDownload(String op, Download command);

    /** A command with a long answer; runs on an event loop context. */
    @FunctionalInterface
    interface Download {
        Future<DownloadBody> run(ObjectNode request);
    }

    /** A long answer. */
    interface DownloadBody {
        /** The line in front of the bytes. */
        ObjectNode answer();

        /** Writes the bytes; an exception cuts them off. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** One command of the control socket. */
    @FunctionalInterface
    interface Command {
        Future<ObjectNode> run(ObjectNode request);
    }
}
