package io.kvorum.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A cluster of real processes, driven as a user drives it: by the {@code kvorum} script and kubectl. Its state is in a
 * folder of its own, so that test clusters do not meet.
 */
public final class TestCluster implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration COMMAND_LIMIT = Duration.ofMinutes(6);
    private static final Duration KUBECTL_LIMIT = Duration.ofSeconds(90);

    private final Path home;

    private TestCluster(Path home) {
        this.home = home;
    }

    /** A cluster that is not up; {@code home} becomes its {@code KVORUM_HOME}. */
    public static TestCluster in(Path home) {
        return new TestCluster(home.toAbsolutePath().normalize());
    }

    /** Starts a new cluster and waits until it is ready. */
    public static TestCluster up(Path home, String... flags) {
        TestCluster cluster = in(home);
        List<String> words = new ArrayList<>(List.of("up"));
        words.addAll(Arrays.asList(flags));
        cluster.kvorum(words.toArray(String[]::new)).ok();
        return cluster;
    }

    /** The script at the root of the source tree, or what the system property {@code kvorum.script} names. */
    public static Path script() {
        return Path.of(System.getProperty("kvorum.script", "../kvorum"))
                .toAbsolutePath()
                .normalize();
    }

    public Path home() {
        return home;
    }

    /** The folder of the cluster's state. */
    public Path folder() {
        return home.resolve("kvorum");
    }

    public Path kubeconfig() {
        return folder().resolve("kubeconfig");
    }

    /** The faults of the cluster, which must be up. */
    public Faults faults() {
        return Faults.of(folder());
    }

    /** Runs {@code ./kvorum} with these words. */
    public Run kvorum(String... words) {
        return kvorum(Map.of(), words);
    }

    public Run kvorum(Map<String, String> environment, String... words) {
        List<String> command = new ArrayList<>(List.of(script().toString()));
        command.addAll(Arrays.asList(words));
        Map<String, String> all = new HashMap<>(environment);
        all.put("KVORUM_HOME", home.toString());
        return Run.of(command, all, null, COMMAND_LIMIT);
    }

    /** Runs the default kubectl against this cluster. */
    public Run kubectl(String... words) {
        return kubectl(Kubectl.standard(), words);
    }

    public Run kubectl(Kubectl kubectl, String... words) {
        return kubectl(kubectl, Map.of(), words);
    }

    public Run kubectl(Kubectl kubectl, Map<String, String> environment, String... words) {
        List<String> command = new ArrayList<>(List.of(kubectl.program().toString()));
        command.addAll(Arrays.asList(words));
        Map<String, String> all = new HashMap<>(environment);
        all.put("KUBECONFIG", kubeconfig().toString());
        // Discovery is cached by host under HOME; clusters of different tests share addresses over time.
        all.put("HOME", home.toString());
        return Run.of(command, all, null, KUBECTL_LIMIT);
    }

    /** What kubectl prints for these words, without surrounding white space; it must succeed. */
    public String ask(String... words) {
        return kubectl(words).ok().stdout().strip();
    }

    /** {@code kubectl get ... -o json}. */
    public JsonNode json(String... words) {
        List<String> all = new ArrayList<>(Arrays.asList(words));
        all.addAll(List.of("-o", "json"));
        return parse(kubectl(all.toArray(String[]::new)).ok().stdout());
    }

    /** {@code kvorum status -o json}. */
    public JsonNode status() {
        return parse(kvorum("status", "-o", "json").ok().stdout());
    }

    /** One component of {@link #status}. */
    public JsonNode component(String name) {
        return components().stream()
                .filter(component -> component.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no component " + name));
    }

    public List<JsonNode> components() {
        return StreamSupport.stream(status().path("components").spliterator(), false)
                .toList();
    }

    /** Name of the instance that leads a role. */
    public String leader(String role) {
        return components().stream()
                .filter(component -> component.path("role").asText().equals(role)
                        && component.path("leader").asBoolean())
                .map(component -> component.path("name").asText())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no leader of " + role));
    }

    /** Sends SIGKILL to a component's process, past the launcher. */
    public void killNine(String component) {
        long pid = component(component).path("pid").asLong();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    /** Every process, the launcher included, that has this cluster's folder in its command line or environment. */
    public List<ProcessHandle> processes() {
        String mark = folder() + "/";
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> proc(process.pid(), "cmdline").contains(mark)
                        || proc(process.pid(), "cmdline").contains(folder() + "\0")
                        || proc(process.pid(), "environ").contains(mark))
                .toList();
    }

    /** The processes of containers: those with {@code KVORUM_ROOT} of this cluster. */
    public List<ProcessHandle> containerProcesses() {
        String mark = "KVORUM_ROOT=" + folder() + "/";
        return ProcessHandle.allProcesses()
                .filter(process -> proc(process.pid(), "environ").contains(mark))
                .toList();
    }

    private static String proc(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file), StandardCharsets.ISO_8859_1);
        } catch (IOException | UncheckedIOException e) {
            return "";
        }
    }

    /** The newest lines of every component's log, for a failure's message. */
    public String logs(int lines) {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(folder().resolve("logs"))) {
            for (Path file : files.sorted().toList()) {
                List<String> content = Files.readAllLines(file);
                all.append("== ").append(file.getFileName()).append('\n');
                content.subList(Math.max(0, content.size() - lines), content.size())
                        .forEach(line -> all.append(line).append('\n'));
            }
        } catch (IOException e) {
            all.append(e);
        }
        return all.toString();
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes the cluster down; its folder stays, so that its logs can be read after a failure. */
    @Override
    public void close() {
        kvorum("down").ok();
    }
}
