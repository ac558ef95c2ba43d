package io.kvorum.bench.etcd;

import java.io.IOException;
import picocli.CommandLine;

/** What the world refuses is told in a line; a stack trace stands for an error of the program. */
final class Failures {
    private Failures() {}

    /** The same command with exit code 1 and a message for an {@link IOException}. */
    static CommandLine told(CommandLine command) {
        return command.setExecutionExceptionHandler((failure, which, parsed) -> {
            if (!(failure instanceof IOException)) {
                throw failure;
            }
            System.err.println(which.getCommandName() + ": " + failure.getMessage());
            return 1;
        });
    }
}
