package io.kvorum.cli.command;

import io.kvorum.cli.cluster.CommandFailure;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kvorum completion}: the completion script of a shell. */
@Command(name = "completion", description = "Print a completion script: source <(kvorum completion bash).")
public final class CompletionCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "SHELL", description = "bash (default) or zsh", defaultValue = "bash")
    String shell = "bash";

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw new CommandFailure("no completion for \"" + shell + "\"; choose bash or zsh", 2);
        }
        CommandLine root = spec.root().commandLine();
        System.out.print(AutoComplete.bash("kvorum", root));
        return 0;
    }
}
