package io.kvorum.cluster;

import io.kvorum.testkit.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The real etcdctl against some endpoints. */
record Etcdctl(Path program, List<String> endpoints) {
    private static final Map<String, String> API = Map.of("ETCDCTL_API", "3");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** The program that {@code ETCDCTL} names, else the first on the PATH. Missing is an error: these tests must not pass by skipping. */
    static Etcdctl at(List<String> endpoints) {
        String named = System.getenv("ETCDCTL");
        if (named != null && !named.isEmpty()) {
            return new Etcdctl(Path.of(named), endpoints);
        }
        for (String folder : System.getenv("PATH").split(":")) {
            Path program = Path.of(folder, "etcdctl");
            if (Files.isExecutable(program)) {
                return new Etcdctl(program, endpoints);
            }
        }
        throw new IllegalStateException(
                "etcdctl was found neither in ETCDCTL nor on the PATH; on Debian: apt-get install" + " etcd-client");
    }

    private List<String> command(String... words) {
        List<String> command =
                new ArrayList<>(List.of(program.toString(), "--endpoints=" + String.join(",", endpoints)));
        command.addAll(Arrays.asList(words));
        return command;
    }

    Run run(String... words) {
        return Run.of(command(words), API, null, LIMIT);
    }

    /** What it prints for these words, without surrounding white space; it must succeed. */
    String ask(String... words) {
        return run(words).ok().stdout().strip();
    }

    /** As {@link #ask}, with something to read. */
    String tell(String input, String... words) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "printf %s \"$0\" | \"$@\"", input));
        command.addAll(command(words));
        return Run.of(command, API, null, LIMIT).ok().stdout().strip();
    }

    /** Starts it and leaves it running; what it prints goes to {@code output}, its input is a pipe. */
    Process start(Path output, String... words) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command(words)).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(API);
        return builder.start();
    }
}
