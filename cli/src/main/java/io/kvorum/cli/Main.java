package io.kvorum.cli;

import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.command.CompletionCommand;
import io.kvorum.cli.command.DownCommand;
import io.kvorum.cli.command.ExplainCommand;
import io.kvorum.cli.command.FaultCommand;
import io.kvorum.cli.command.ImageCommand;
import io.kvorum.cli.command.KubeconfigCommand;
import io.kvorum.cli.command.KubectlCommand;
import io.kvorum.cli.command.LogsCommand;
import io.kvorum.cli.command.NodeCommand;
import io.kvorum.cli.command.RestartCommand;
import io.kvorum.cli.command.ScaleCommand;
import io.kvorum.cli.command.StatusCommand;
import io.kvorum.cli.command.StoreCommand;
import io.kvorum.cli.command.TimelineCommand;
import io.kvorum.cli.command.TrafficCommand;
import io.kvorum.cli.command.TrainCommand;
import io.kvorum.cli.command.UpCommand;
import io.kvorum.cli.command.UpgradeCommand;
import io.kvorum.cli.lab.LabCommand;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The {@code kvorum} command. Exit codes: 0 done, 1 failed, 2 usage. */
@Command(
        name = "kvorum",
        description = "A Kubernetes made of plain processes.",
        version = "kvorum 0.1.0 (Kubernetes v1.36)",
        subcommands = {
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            KubeconfigCommand.class,
            KubectlCommand.class,
            LogsCommand.class,
            ImageCommand.class,
            RestartCommand.class,
            ScaleCommand.class,
            ExplainCommand.class,
            NodeCommand.class,
            UpgradeCommand.class,
            FaultCommand.class,
            TimelineCommand.class,
            TrafficCommand.class,
            LabCommand.class,
            StoreCommand.class,
            CompletionCommand.class,
            TrainCommand.class
        })
public final class Main {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version and exit.")
    private boolean version;

    private Main() {}

    private static int kubectl(List<String> words) {
        try {
            return KubectlCommand.run(words);
        } catch (CommandFailure failure) {
            System.err.println("kvorum: " + failure.getMessage());
            return failure.exitCode();
        } catch (IOException | InterruptedException failure) {
            System.err.println("kvorum: " + failure);
            return 1;
        }
    }

    private static CommandLine subcommand(CommandLine parent, String name) {
        return Objects.requireNonNull(parent.getSubcommands().get(name), name);
    }

    public static void main(String[] args) {
        CommandLine command = new CommandLine(new Main());
        // "-2m" is an offset there.
        subcommand(subcommand(command, "fault"), "skew").setUnmatchedOptionsArePositionalParams(true);
        command.setExecutionExceptionHandler((failure, line, result) -> {
            if (failure instanceof CommandFailure known) {
                System.err.println("kvorum: " + known.getMessage());
                return known.exitCode();
            }
            System.err.println("kvorum: " + failure);
            return 1;
        });
        command.setParameterExceptionHandler((failure, words) -> {
            System.err.println("kvorum: " + failure.getMessage() + "; see "
                    + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help");
            return 2;
        });
        if (args.length > 0 && args[0].equals("kubectl")) {
            System.exit(kubectl(List.of(args).subList(1, args.length)));
        }
        System.exit(command.execute(args));
    }
}
