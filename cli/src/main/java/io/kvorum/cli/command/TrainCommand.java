package io.kvorum.cli.command;

import io.kvorum.cli.launcher.ArchiveTraining;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code kvorum train}: makes the class-data archive; the launcher script calls it once before the first {@code up}. */
@Command(
        name = "train",
        hidden = true,
        description = "Make the class-data archive that lets every process start faster.")
public final class TrainCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException, InterruptedException {
        new ArchiveTraining(Path.of(System.getProperty("kvorum.lib"))).run();
        return 0;
    }
}
