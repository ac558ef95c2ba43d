package io.kvorum.cli.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.Jvm;
import io.kvorum.cli.pki.CertificateAuthority;
import io.kvorum.faults.ControlSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A launcher as the command that starts it sees it: a detached process of its own session. */
public final class LauncherProcess {
    private static final int HEAP_MEGABYTES = 96;
    private static final Duration DOWN_TIMEOUT = Duration.ofSeconds(60);

    private final ClusterFolder folder;
    private final Process process;

    private LauncherProcess(ClusterFolder folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /** Starts the launcher of a cluster whose specification has been written. */
    public static LauncherProcess start(ClusterFolder folder, ClusterSpec spec, Path lib)
            throws IOException, InterruptedException {
        Files.createDirectories(folder.logs());
        // What the components need; the administrator's key takes its time, and the launcher starts meanwhile.
        CertificateAuthority authority = ClusterCertificates.issueServers(spec, folder);
        List<String> command = new ArrayList<>();
        // A session of its own, so that Ctrl-C at the terminal does not end the cluster.
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid");
        } else {
            command.addAll(List.of("perl", "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV"));
        }
        command.addAll(JavaCommand.here(lib)
                .of(
                        "launcher",
                        Launcher.class.getName(),
                        Jvm.small(HEAP_MEGABYTES),
                        List.of(folder.root().toString(), lib.toString())));
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.log("launcher").toFile()))
                .start();
        LauncherProcess launcher = new LauncherProcess(folder, process);
        try {
            ClusterCertificates.issueAdministrator(authority, spec, folder);
        } catch (IOException e) {
            launcher.takeDown();
            throw e;
        }
        return launcher;
    }

    /** Fails if the launcher has ended. */
    public void check() {
        if (!process.isAlive()) {
            throw new CommandFailure(
                    "the launcher ended with exit code " + process.exitValue() + "; see " + folder.log("launcher"), 1);
        }
    }

    /** Stops what was started, by force if the launcher does not answer. */
    public void takeDown() throws InterruptedException {
        try {
            ControlSocket.call(folder.socket("launcher"), ControlSocket.request("down"), DOWN_TIMEOUT);
        } catch (IOException e) {
            process.destroy();
        }
        if (!process.waitFor(DOWN_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }

    /** The last line in the log of the component that failed to start, for the failure's message. */
    public static String lastError(ClusterFolder folder, JsonNode status) {
        Path log = folder.log(status.path("failedComponent").asText());
        if (!Files.exists(log)) {
            return "";
        }
        try {
            return Files.readAllLines(log).stream()
                    .filter(line -> !line.isBlank())
                    .reduce((first, last) -> last)
                    .map(line -> ": " + line.strip())
                    .orElse("");
        } catch (IOException e) {
            return " (and its log cannot be read: " + e.getMessage() + ")";
        }
    }
}
