package io.kvorum.cli.command;

import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.CommandFailure;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kvorum logs}: what a component wrote. */
@Command(name = "logs", description = "Print the log of a component (or of the launcher).")
public final class LogsCommand implements Callable<Integer> {
    private static final long POLL_MILLIS = 200;

    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Parameters(paramLabel = "COMPONENT", description = "for example store-0 or kubelet-node-1")
    String component = "";

    @Option(
            names = {"-f", "--follow"},
            description = "go on printing what is added")
    boolean follow;

    @Override
    public Integer call() throws IOException, InterruptedException {
        ClusterFolder folder = cluster.folder();
        Path log = folder.log(component);
        if (!Files.exists(log)) {
            throw new CommandFailure("no log of \"" + component + "\"; there are: " + known(folder), 1);
        }
        byte[] buffer = new byte[64 << 10];
        long position = 0;
        do {
            // Opened anew each time: the file may have been rotated meanwhile.
            try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
                if (file.length() < position) {
                    position = 0;
                }
                file.seek(position);
                for (int read = file.read(buffer); read > 0; read = file.read(buffer)) {
                    System.out.write(buffer, 0, read);
                    position += read;
                }
                System.out.flush();
            }
            if (follow) {
                Thread.sleep(POLL_MILLIS);
            }
        } while (follow && !System.out.checkError());
        return 0;
    }

    private static String known(ClusterFolder folder) throws IOException {
        if (!Files.isDirectory(folder.logs())) {
            return "none; the cluster was never up";
        }
        try (Stream<Path> logs = Files.list(folder.logs())) {
            return logs.map(log -> log.getFileName().toString())
                    .filter(name -> name.endsWith(".log"))
                    .map(name -> name.substring(0, name.length() - 4))
                    .sorted()
                    .collect(Collectors.joining(", "));
        }
    }
}
