package io.kvorum.kubelet.runtime;

import java.util.List;

/**
 * A command to run in a container with its streams connected.
 *
 * @param command program and arguments; the program is looked up as the container's own was
 * @param stdin whether something will be written to it; else it reads an end of file
 * @param tty whether it runs on a terminal of its own, with one output
 */
public record ExecRequest(List<String> command, boolean stdin, boolean tty) {}
