package io.kvorum.cli.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.Role;
import io.kvorum.faults.ControlSocket;
import io.kvorum.labs.Lab;
import io.kvorum.labs.LabCluster;
import io.kvorum.labs.LabRun;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A local cluster as labs reach it: kubectl, the kvorum script beside the libraries, bash. */
final class LocalLabCluster implements LabCluster {
    private static final int TIMED_OUT = 124;
    private static final Duration STATUS_LIMIT = Duration.ofSeconds(10);

    private final String name;
    private final ClusterFolder folder;
    private final Path script;

    /** @param script the kvorum launcher script */
    LocalLabCluster(String name, ClusterFolder folder, Path script) {
        this.name = name;
        this.folder = folder;
        this.script = script;
    }

    @Override
    public Output kubectl(LabRun run, List<String> words, Duration limit) {
        List<String> command = new ArrayList<>(List.of(
                System.getenv().getOrDefault("KUBECTL", "kubectl"),
                "-n",
                run.lab().namespace()));
        command.addAll(words);
        return run(command, run.lab().folder(), Map.of(), limit);
    }

    @Override
    public Output kvorum(List<String> words, Duration limit) {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(words);
        return run(command, null, Map.of(), limit);
    }

    @Override
    public Output script(LabRun run, String file, List<String> arguments, Duration limit) {
        return run(bash(file, arguments), run.lab().folder(), variables(run.lab(), run.state()), limit);
    }

    /** Runs a script of a lab on this process's terminal, for as long as it takes; returns its exit code. */
    int onTerminal(Lab lab, Path state, String file, List<String> arguments) throws InterruptedException {
        if (!Files.isDirectory(state)) {
            throw new CommandFailure(
                    "lab " + lab.id() + " is not started; kvorum lab start " + lab.id() + " does that", 1);
        }
        if (!Files.isRegularFile(lab.folder().resolve(file))) {
            throw new CommandFailure("lab " + lab.id() + " has no file " + file, 1);
        }
        ProcessBuilder builder = new ProcessBuilder(bash(file, arguments))
                .inheritIO()
                .directory(lab.folder().toFile());
        builder.environment().putAll(variables(lab, state));
        addCluster(builder.environment());
        try {
            return builder.start().waitFor();
        } catch (IOException e) {
            throw new CommandFailure("cannot run bash: " + e.getMessage(), 1);
        }
    }

    private static List<String> bash(String file, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("bash", file));
        command.addAll(arguments);
        return command;
    }

    private static Map<String, String> variables(Lab lab, Path state) {
        return Map.of("LAB", lab.id(), "LAB_NAMESPACE", lab.namespace(), "LAB_STATE", state.toString());
    }

    private void addCluster(Map<String, String> environment) {
        environment.put("KUBECONFIG", folder.kubeconfig().toString());
        environment.put("KVORUM_HOME", ClusterFolder.home().toString());
        environment.put("KVORUM_CLUSTER", name);
        environment.put("PATH", script.getParent() + File.pathSeparator + environment.getOrDefault("PATH", ""));
    }

    @Override
    public Map<String, Integer> counts() {
        try {
            ClusterSpec spec = ClusterSpec.read(folder.spec());
            Map<String, Integer> counts = new HashMap<>();
            Role.controlPlane().forEach(role -> counts.put(role.id(), spec.count(role)));
            counts.put("node", spec.nodes());
            return counts;
        } catch (IOException e) {
            throw new CommandFailure("cannot read " + folder.spec() + ": " + e.getMessage(), 1);
        }
    }

    @Override
    public List<String> notReady() {
        ObjectNode status;
        try {
            status = ControlSocket.call(folder.socket("launcher"), ControlSocket.request("status"), STATUS_LIMIT);
        } catch (IOException e) {
            throw new CommandFailure("the launcher does not answer: " + e.getMessage(), 1);
        }
        List<String> missing = new ArrayList<>();
        for (JsonNode component : status.path("components")) {
            if (!component.path("ready").asBoolean()) {
                missing.add(component.path("name").asText());
            }
        }
        return missing;
    }

    /** Runs a command to its end or its limit; nothing of it is left behind. */
    private Output run(
            List<String> command, @Nullable Path workingFolder, Map<String, String> environment, Duration limit) {
        Process process = null;
        try {
            Path out = Files.createTempFile("kvorum-lab", ".out");
            Path err = Files.createTempFile("kvorum-lab", ".err");
            try {
                ProcessBuilder builder = new ProcessBuilder(command)
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
                if (workingFolder != null) {
                    builder.directory(workingFolder.toFile());
                }
                builder.environment().putAll(environment);
                addCluster(builder.environment());
                process = builder.start();
                boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
                if (!ended) {
                    end(process);
                }
                String errors = Files.readString(err);
                return ended
                        ? new Output(process.exitValue(), Files.readString(out), errors)
                        : new Output(
                                TIMED_OUT,
                                Files.readString(out),
                                errors + "\n" + command.get(0) + " was not done after " + limit.toSeconds() + " s");
            } finally {
                Files.deleteIfExists(out);
                Files.deleteIfExists(err);
            }
        } catch (IOException e) {
            throw new CommandFailure("cannot run " + command.get(0) + ": " + e.getMessage(), 1);
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", 1);
        }
    }

    private static void end(@Nullable Process process) {
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
