package io.kvorum.cli.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/**
 * What the user asked a cluster to be; kept as {@code cluster.json} in its folder so that the next {@code up} starts the
 * same again.
 *
 * @param index 1 to 250, tells clusters on one machine apart: all addresses are in 127.index.0.0/16
 * @param timers {@code lab} or {@code kubernetes}
 * @param without components that are not started, by name or role
 * @param arguments extra {@code key=value} flags by role
 */
public record ClusterSpec(
        String name,
        int index,
        String network,
        String timers,
        int stores,
        int apiservers,
        int schedulers,
        int controllerManagers,
        int nodes,
        List<String> without,
        Map<String, List<String>> arguments) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    public static ClusterSpec defaults(String name, int index) {
        return new ClusterSpec(name, index, "loopback", "lab", 3, 1, 1, 1, 2, List.of(), Map.of());
    }

    /** How many instances of a role there are; nodes count for kubelet and kube-proxy. */
    public int count(String role) {
        return switch (role) {
            case "store" -> stores;
            case "apiserver" -> apiservers;
            case "scheduler" -> schedulers;
            case "controller-manager" -> controllerManagers;
            case "node", "kubelet", "kube-proxy" -> nodes;
            default -> throw new IllegalArgumentException("no such role: " + role);
        };
    }

    public ClusterSpec withCount(String role, int count) {
        return new ClusterSpec(
                name,
                index,
                network,
                timers,
                role.equals("store") ? count : stores,
                role.equals("apiserver") ? count : apiservers,
                role.equals("scheduler") ? count : schedulers,
                role.equals("controller-manager") ? count : controllerManagers,
                role.equals("node") ? count : nodes,
                without,
                arguments);
    }

    /** The API servers' port, which the user may have moved. */
    public int securePort() {
        String flag = "secure-port=";
        return arguments.getOrDefault("apiserver", List.of()).stream()
                .filter(argument -> argument.startsWith(flag))
                .reduce((first, last) -> last)
                .map(argument -> Integer.parseInt(argument.substring(flag.length())))
                .orElse(AddressPlan.SECURE_PORT);
    }

    /** Reads {@code cluster.json}. */
    public static ClusterSpec read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), ClusterSpec.class);
    }

    /** Writes {@code cluster.json} by atomic rename. */
    public void write(Path file) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".tmp");
        Files.write(next, JSON.writeValueAsBytes(this));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
