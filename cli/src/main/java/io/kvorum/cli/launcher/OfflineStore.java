package io.kvorum.cli.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.Jvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The store's own tool for backups and for members that do not run, as a process: only the store knows what its files
 * look like.
 */
public final class OfflineStore {
    private static final String TOOL = "io.kvorum.store.server.StoreTool";
    private static final int HEAP_MEGABYTES = 768;
    private static final long MINUTES = 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JavaCommand java;

    private OfflineStore(JavaCommand java) {
        this.java = java;
    }

    /** @param lib folder with every jar */
    public static OfflineStore here(Path lib) {
        return new OfflineStore(JavaCommand.here(lib));
    }

    /**
     * The answer of the tool.
     *
     * @param problem what it said was wrong, empty when it was done
     */
    public record Answer(ObjectNode body, String problem) {}

    /** Reads a backup and checks everything in it; what is wrong is a {@link CommandFailure}. */
    public ObjectNode checkBackup(Path file) throws IOException, InterruptedException {
        return done(run(List.of("check-backup", file.toString())));
    }

    /** Makes the data folders of all processes of a store, which must be empty or not there. */
    public ObjectNode restore(Path file, String cluster, int processes, long bump, List<Path> folders)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(
                List.of("restore", file.toString(), cluster, Integer.toString(processes), Long.toString(bump)));
        folders.forEach(folder -> arguments.add(folder.toString()));
        return done(run(arguments));
    }

    /** Reads the data folders of all processes and compares the members. */
    public ObjectNode checkData(int processes, List<Path> folders) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("check-data", Integer.toString(processes)));
        folders.forEach(folder -> arguments.add(folder.toString()));
        Answer answer = run(arguments);
        return answer.body().isEmpty() ? done(answer) : answer.body();
    }

    private static ObjectNode done(Answer answer) {
        if (!answer.problem().isEmpty()) {
            throw new CommandFailure(answer.problem(), 1);
        }
        return answer.body();
    }

    private Answer run(List<String> arguments) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("kvorum-store-tool", ".err");
        Path output = Files.createTempFile("kvorum-store-tool", ".out");
        try {
            Process process = new ProcessBuilder(java.of("store-tool", TOOL, Jvm.small(HEAP_MEGABYTES), arguments))
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
                throw new IOException("the store's tool did not end within " + MINUTES + " minutes");
            }
            String text = Files.readString(output, StandardCharsets.UTF_8).strip();
            JsonNode body = text.isEmpty() ? JSON.createObjectNode() : JSON.readTree(text);
            String problem = Files.readString(errors, StandardCharsets.UTF_8).strip();
            if (process.exitValue() != 0
                    && problem.isEmpty()
                    && !(body instanceof ObjectNode object && !object.isEmpty())) {
                problem = "the store's tool ended with exit code " + process.exitValue();
            }
            return new Answer((ObjectNode) body, process.exitValue() == 0 ? "" : problem);
        } finally {
            Files.deleteIfExists(errors);
            Files.deleteIfExists(output);
        }
    }
}
