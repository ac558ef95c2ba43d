package io.kvorum.cli.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What the user asked a cluster to be; kept as {@code cluster.json} in its folder so that the next {@code up} starts the
 * same again.
 *
 * @param index 1 to 250, tells clusters on one machine apart: all addresses are in 127.index.0.0/16
 * @param timers {@code lab} or {@code kubernetes}
 * @param counts how many instances of each control-plane role there are, by the role's id; what is missing has its default
 * @param without components that are not started, by name or role
 * @param arguments extra {@code key=value} flags by role
 * @param backups how often the store is backed up
 */
public record ClusterSpec(
        String name,
        int index,
        String network,
        String timers,
        Map<String, Integer> counts,
        int nodes,
        List<String> without,
        Map<String, List<String>> arguments,
        BackupPolicy backups) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    public ClusterSpec {
        Map<String, Integer> complete = new TreeMap<>(counts);
        Role.controlPlane().forEach(role -> complete.putIfAbsent(role.id(), role.defaultCount()));
        counts = Collections.unmodifiableMap(complete);
        without = List.copyOf(without);
        arguments = Map.copyOf(arguments);
        backups = Objects.requireNonNullElse(backups, BackupPolicy.NONE); // a cluster.json of before there were any
    }

    public static ClusterSpec defaults(String name, int index) {
        return new ClusterSpec(name, index, "loopback", "lab", Map.of(), 2, List.of(), Map.of(), BackupPolicy.NONE);
    }

    /** How many instances of a role there are; nodes count for what is on nodes. */
    public int count(Role role) {
        if (role == Role.BALANCER) {
            return count(Role.APISERVER) > 1 ? 1 : 0;
        }
        return role.onNode() ? nodes : counts.getOrDefault(role.id(), role.defaultCount());
    }

    /** The same with another number of instances of a control-plane role. */
    public ClusterSpec withCount(Role role, int count) {
        if (!Role.controlPlane().contains(role)) {
            throw new IllegalArgumentException(role + " has no count of its own");
        }
        Map<String, Integer> next = new TreeMap<>(counts);
        next.put(role.id(), count);
        return new ClusterSpec(name, index, network, timers, next, nodes, without, arguments, backups);
    }

    public ClusterSpec withNodes(int next) {
        return new ClusterSpec(name, index, network, timers, counts, next, without, arguments, backups);
    }

    public ClusterSpec withNetwork(String next) {
        return new ClusterSpec(name, index, next, timers, counts, nodes, without, arguments, backups);
    }

    public ClusterSpec withTimers(String next) {
        return new ClusterSpec(name, index, network, next, counts, nodes, without, arguments, backups);
    }

    public ClusterSpec withWithout(List<String> next) {
        return new ClusterSpec(name, index, network, timers, counts, nodes, next, arguments, backups);
    }

    /** The same with other extra flags of a role. */
    public ClusterSpec withArguments(Role role, List<String> flags) {
        Map<String, List<String>> next = new HashMap<>(arguments);
        next.put(role.id(), List.copyOf(flags));
        return new ClusterSpec(name, index, network, timers, counts, nodes, without, next, backups);
    }

    public ClusterSpec withBackups(BackupPolicy next) {
        return new ClusterSpec(name, index, network, timers, counts, nodes, without, arguments, next);
    }

    /** Extra flags of a role. */
    public List<String> arguments(Role role) {
        return arguments.getOrDefault(role.id(), List.of());
    }

    /** The API servers' port, which the user may have moved. */
    public int securePort() {
        String flag = "secure-port=";
        return arguments(Role.APISERVER).stream()
                .filter(argument -> argument.startsWith(flag))
                .reduce((first, last) -> last)
                .map(argument -> Integer.parseInt(argument.substring(flag.length())))
                .orElse(AddressPlan.SECURE_PORT);
    }

    /** Where clients find the API: at the balancer, or at the only API server. */
    public String server() {
        AddressPlan addresses = new AddressPlan(index);
        boolean balanced = Instance.of(this).stream().anyMatch(instance -> instance.role() == Role.BALANCER);
        Role front = balanced ? Role.BALANCER : Role.APISERVER;
        return "https://" + addresses.address(front, 0) + ":" + securePort();
    }

    /** Reads {@code cluster.json}. */
    public static ClusterSpec read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), ClusterSpec.class);
    }

    /** The index in a {@code cluster.json}, also one written by another version; 0 when it has none. */
    public static int readIndex(Path file) throws IOException {
        return JSON.readTree(file.toFile()).path("index").asInt();
    }

    /** Writes {@code cluster.json} by atomic rename. */
    public void write(Path file) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".tmp");
        Files.write(next, JSON.writeValueAsBytes(this));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
