package io.kvorum.cli.command;

import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.faults.FaultException;
import io.kvorum.faults.FaultSyntax;
import java.time.Duration;

/** A duration on the command line. */
final class DurationArgument {
    private DurationArgument() {}

    static Duration parse(String option, String text) {
        try {
            return FaultSyntax.duration(text);
        } catch (FaultException e) {
            throw new CommandFailure(option + ": " + e.getMessage(), 2);
        }
    }
}
