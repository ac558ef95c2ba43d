package io.kvorum.cli.cluster;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the user asked a cluster to be; kept as {@code cluster.json} in its folder so that the next {@code up} starts the
 * same again.
 *
 * @param index 1 to 250, tells clusters on one machine apart: all addresses are in 127.index.0.0/16
 * @param timers {@code lab} or {@code kubernetes}
 * @param counts how many instances of each control-plane role there are, by the role's id; what is missing has its default
 * @param groups the nodes; at least one group, which may be empty
 * @param without components that are not started, by name or role
 * @param arguments extra {@code key=value} flags by role
 * @param backups how often the store is backed up
 * @param release of the control plane
 * @param pinned releases of single components that differ, by name, while an upgrade is on its way
 */
public record ClusterSpec(
        String name,
        int index,
        String network,
        String timers,
        Map<String, Integer> counts,
        List<NodeGroup> groups,
        List<String> without,
        Map<String, List<String>> arguments,
        BackupPolicy backups,
        Release release,
        Map<String, Release> pinned) {
    /** Files that other versions of this command wrote are read as far as they are understood. */
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private static final List<NodeGroup> TWO_NODES =
            List.of(new NodeGroup(NodeGroup.DEFAULT, Release.BUILT_IN, List.of()).resized(2, Set.of()));

    public ClusterSpec {
        Map<String, Integer> complete = new TreeMap<>(Objects.requireNonNullElse(counts, Map.of()));
        Role.controlPlane().forEach(role -> complete.putIfAbsent(role.id(), role.defaultCount()));
        counts = Collections.unmodifiableMap(complete);
        groups = List.copyOf(Objects.requireNonNullElse(groups, TWO_NODES));
        without = List.copyOf(Objects.requireNonNullElse(without, List.of()));
        arguments = Map.copyOf(Objects.requireNonNullElse(arguments, Map.of()));
        backups = Objects.requireNonNullElse(backups, BackupPolicy.NONE); // a cluster.json of before there were any
        release = Objects.requireNonNullElse(release, Release.BUILT_IN);
        pinned = Map.copyOf(Objects.requireNonNullElse(pinned, Map.of()));
    }

    public static ClusterSpec defaults(String name, int index) {
        return new ClusterSpec(
                name,
                index,
                "loopback",
                "lab",
                Map.of(),
                TWO_NODES,
                List.of(),
                Map.of(),
                BackupPolicy.NONE,
                Release.BUILT_IN,
                Map.of());
    }

    /** How many instances of a role there are; nodes count for what is on nodes. */
    public int count(Role role) {
        if (role == Role.BALANCER) {
            return count(Role.APISERVER) > 1 ? 1 : 0;
        }
        return role.onNode() ? nodes() : counts.getOrDefault(role.id(), role.defaultCount());
    }

    /** How many nodes there are in all groups. */
    public int nodes() {
        return groups.stream().mapToInt(group -> group.members().size()).sum();
    }

    /** The nodes of all groups. */
    public List<NodeGroup.Member> members() {
        return groups.stream().flatMap(group -> group.members().stream()).toList();
    }

    public Optional<NodeGroup> group(String group) {
        return groups.stream().filter(each -> each.name().equals(group)).findFirst();
    }

    public Optional<NodeGroup> groupOf(String node) {
        return groups.stream()
                .filter(each ->
                        each.members().stream().anyMatch(member -> member.node().equals(node)))
                .findFirst();
    }

    /** What an instance is started from. */
    public Release release(Instance instance) {
        Release own = pinned.get(instance.name());
        if (own != null) {
            return own;
        }
        return instance.node().isEmpty()
                ? release
                : groupOf(instance.node()).map(NodeGroup::release).orElse(release);
    }

    /** The same with another number of instances of a control-plane role. */
    public ClusterSpec withCount(Role role, int count) {
        if (!Role.controlPlane().contains(role)) {
            throw new IllegalArgumentException(role + " has no count of its own");
        }
        Map<String, Integer> next = new TreeMap<>(counts);
        next.put(role.id(), count);
        return new ClusterSpec(
                name, index, network, timers, next, groups, without, arguments, backups, release, pinned);
    }

    /** The same with {@code next} nodes in the first group. */
    public ClusterSpec withNodes(int next) {
        return withGroup(groups.get(0).name(), groups.get(0).release(), next);
    }

    /** The same with a group of that many nodes: an existing one is resized and keeps its release. */
    public ClusterSpec withGroup(String group, Release ofNew, int size) {
        Set<Integer> taken =
                members().stream().map(NodeGroup.Member::slot).collect(Collectors.toCollection(TreeSet::new));
        NodeGroup next = group(group)
                .orElseGet(() -> new NodeGroup(group, ofNew, List.of()))
                .resized(size, taken);
        return replaced(next);
    }

    private ClusterSpec replaced(NodeGroup next) {
        List<NodeGroup> all = new ArrayList<>(groups);
        all.replaceAll(each -> each.name().equals(next.name()) ? next : each);
        if (group(next.name()).isEmpty()) {
            all.add(next);
        }
        return withGroups(all);
    }

    private ClusterSpec withGroups(List<NodeGroup> next) {
        return new ClusterSpec(
                name, index, network, timers, counts, next, without, arguments, backups, release, pinned);
    }

    /** The same without a group. */
    public ClusterSpec withoutGroup(String group) {
        return withGroups(
                groups.stream().filter(each -> !each.name().equals(group)).toList());
    }

    /** The same without a node; its group stays, even if it is empty then. */
    public ClusterSpec withoutNode(String node) {
        return groupOf(node).map(group -> replaced(group.without(node))).orElse(this);
    }

    public ClusterSpec withNetwork(String next) {
        return new ClusterSpec(name, index, next, timers, counts, groups, without, arguments, backups, release, pinned);
    }

    public ClusterSpec withTimers(String next) {
        return new ClusterSpec(
                name, index, network, next, counts, groups, without, arguments, backups, release, pinned);
    }

    public ClusterSpec withWithout(List<String> next) {
        return new ClusterSpec(name, index, network, timers, counts, groups, next, arguments, backups, release, pinned);
    }

    /** The same with other extra flags of a role. */
    public ClusterSpec withArguments(Role role, List<String> flags) {
        Map<String, List<String>> next = new HashMap<>(arguments);
        next.put(role.id(), List.copyOf(flags));
        return new ClusterSpec(name, index, network, timers, counts, groups, without, next, backups, release, pinned);
    }

    public ClusterSpec withBackups(BackupPolicy next) {
        return new ClusterSpec(name, index, network, timers, counts, groups, without, arguments, next, release, pinned);
    }

    /** The same with one component at a release of its own. */
    public ClusterSpec withPinned(String component, Release of) {
        Map<String, Release> next = new HashMap<>(pinned);
        next.put(component, of);
        return new ClusterSpec(
                name, index, network, timers, counts, groups, without, arguments, backups, release, next);
    }

    /** The same with the whole control plane at a release. */
    public ClusterSpec withRelease(Release of) {
        return new ClusterSpec(name, index, network, timers, counts, groups, without, arguments, backups, of, Map.of());
    }

    /** Extra flags of a role. */
    public List<String> arguments(Role role) {
        return arguments.getOrDefault(role.id(), List.of());
    }

    /** The API servers' port, which the user may have moved. */
    public int securePort() {
        return lastArgument(Role.APISERVER, "secure-port=")
                .map(Integer::parseInt)
                .orElse(AddressPlan.SECURE_PORT);
    }

    /**
     * How the JVMs of a role run, which the user may have set.
     *
     * @throws CommandFailure when what the user wrote is no size, compiler or collector
     */
    public Jvm jvm(Role role) {
        int heapMegabytes = lastArgument(role, HeapSize.ARGUMENT)
                .map(size -> HeapSize.megabytes(role, size))
                .orElse(role.heapMegabytes());
        return new Jvm(
                heapMegabytes,
                lastArgument(role, Compiler.ARGUMENT)
                        .map(text -> Compiler.of(role, text))
                        .orElse(Compiler.usual(role)),
                lastArgument(role, Collector.ARGUMENT)
                        .map(text -> Collector.of(role, text))
                        .orElse(Collector.usual(heapMegabytes)));
    }

    private Optional<String> lastArgument(Role role, String flag) {
        return arguments(role).stream()
                .filter(argument -> argument.startsWith(flag))
                .reduce((first, last) -> last)
                .map(argument -> argument.substring(flag.length()));
    }

    /** Where clients find the API: at the balancer, or at the only API server. */
    public String server() {
        AddressPlan addresses = new AddressPlan(index);
        boolean balanced = Instance.of(this).stream().anyMatch(instance -> instance.role() == Role.BALANCER);
        String front = balanced ? addresses.address(Role.BALANCER, 0) : listening(addresses.address(Role.APISERVER, 0));
        return "https://" + front + ":" + securePort();
    }

    /** {@code host:port} of every API server, also of those behind a balancer. */
    public List<String> apiServers() {
        return Instance.of(this).stream()
                .filter(instance -> instance.role() == Role.APISERVER)
                .map(instance -> listening(instance.address()) + ":" + securePort())
                .toList();
    }

    /** Where an API server listens: at the address the user binds it to, else, also when that is any, at its own. */
    private String listening(String own) {
        return lastArgument(Role.APISERVER, "bind-address=")
                .filter(bound -> !bound.equals("0.0.0.0"))
                .orElse(own);
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
