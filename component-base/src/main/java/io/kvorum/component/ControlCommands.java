package io.kvorum.component;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;

/**
 * The commands of the process's control socket, a Unix socket outside the faulted network. One request a connection: a
 * line of JSON {@code {"op":"..."}} answered by a line of JSON {@code {"ok":true,...}} or {@code {"ok":false,
 * "error":"..."}}. Built in: {@code status}, {@code shutdown}, {@code log-level}, {@code fault.set}, {@code
 * fault.clear}, {@code fault.list}, {@code fault.reset}, {@code clock.skew}.
 */
public interface ControlCommands {
    /** Adds a command; the future's object becomes the answer, its failure the error. Runs on an event loop context. */
    void register(String op, Command command);

    /** One command of the control socket. */
    @FunctionalInterface
    interface Command {
        Future<ObjectNode> run(ObjectNode request);
    }
}
