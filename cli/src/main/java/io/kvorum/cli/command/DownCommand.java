package io.kvorum.cli.command;

import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.launcher.PidFile;
import io.kvorum.faults.ControlSocket;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kvorum down}: stops every process of a cluster. */
@Command(name = "down", description = "Stop a cluster; its data stays, unless --purge.")
public final class DownCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Option(names = "--purge", description = "also delete all data of the cluster")
    boolean purge;

    @Override
    public Integer call() throws IOException, InterruptedException {
        ClusterFolder folder = cluster.folder();
        stop(cluster);
        if (purge && Files.exists(folder.root())) {
            deleteAll(folder.root());
            System.err.println("deleted " + folder.root());
        }
        return 0;
    }

    /** Stops every process of a cluster, if there are any. */
    static void stop(ClusterOption cluster) throws IOException, InterruptedException {
        ClusterFolder folder = cluster.folder();
        @Nullable
        ProcessHandle launcher = PidFile.read(folder.pidFile("launcher")).orElse(null);
        if (cluster.running()) {
            System.err.println("stopping cluster \"" + cluster.name + "\"");
            cluster.ask(ControlSocket.request("down"), TIMEOUT);
            if (launcher != null) {
                awaitExit(launcher);
            }
            System.err.println("cluster \"" + cluster.name + "\" is down");
        } else if (launcher != null) {
            // It holds the cluster but does not answer: without it every process ends by its lifeline.
            launcher.destroyForcibly();
            awaitExit(launcher);
            System.err.println("the launcher of \"" + cluster.name + "\" did not answer and was killed");
        } else {
            System.err.println("cluster \"" + cluster.name + "\" is not up");
        }
    }

    private static void awaitExit(ProcessHandle launcher) throws InterruptedException {
        try {
            launcher.onExit().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new CommandFailure("the launcher (pid " + launcher.pid() + ") does not end", 1);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    static void deleteAll(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
