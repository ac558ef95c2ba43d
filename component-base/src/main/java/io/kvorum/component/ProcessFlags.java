package io.kvorum.component;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The flags that every process has. */
final class ProcessFlags {
    private static final Duration SHORTEST_SILENCE = Duration.ofSeconds(1);

    final Supplier<Boolean> help;
    final Supplier<String> name;
    final Supplier<String> clusterName;
    final Supplier<String> address;
    final Supplier<List<String>> join;
    final Supplier<Integer> joinBusPort;
    final Supplier<Integer> gridPort;
    final Supplier<Integer> busPort;
    final Supplier<Integer> healthPort;
    final Supplier<Duration> maxNoHeartbeat;
    final Supplier<Duration> memberHold;
    final Supplier<String> version;
    final Supplier<Path> dataDir;
    final Supplier<@Nullable Path> timeline;
    final Supplier<@Nullable Path> controlSocket;
    final Supplier<String> logFormat;
    final Supplier<String> logLevel;
    final Supplier<Integer> verbosity;
    final Supplier<String> lifeline;
    final Supplier<Boolean> faults;
    final Supplier<@Nullable Path> busCredential;

    ProcessFlags(Flags flags, Component component) {
        help = flags.bool("help", false, "Prints the flags and ends.");
        flags.optionalPath("config", "File of name=value lines; the command line overrides it.");
        name = flags.text("name", component.role() + "-0", "Name of this instance, unique in the cluster.");
        clusterName = flags.text("cluster-name", "kvorum", "Name of the cluster; only equal names join.");
        address = flags.text(
                "address", "127.0.0.1", "The component's own IP address, to listen on and to dial out from.");
        join = flags.list("join", List.of(), "host:port of the members to join: stores first, then API servers.");
        joinBusPort = flags.integer("join-bus-port", 7100, "Port of the event bus of the members to join.");
        gridPort = flags.integer(
                "hazelcast-port", 5701, "Port of the grid on the component's address; only stores are members of it.");
        busPort = flags.integer("bus-port", 7100, "Port of the event bus on the component's address.");
        healthPort = flags.integer(
                "health-port",
                component.defaultHealthPort(),
                "Port of /healthz, /livez, /readyz and /metrics on the component's address; 0 picks a free one.");
        maxNoHeartbeat = flags.duration(
                "max-no-heartbeat", Duration.ofSeconds(5), "A member that is silent for this long is taken for dead.");
        memberHold = flags.duration(
                "member-hold",
                Duration.ofMinutes(5),
                "How long a vanished instance is still tried when no other serves its role.");
        timeline = flags.optionalPath("timeline-file", "JSON lines file to append elections to, for kvorum timeline.");
        version = flags.text(
                "kubernetes-version",
                KubernetesVersion.BUILT_IN.toString(),
                "The version this process reports, for telling the processes of an upgrade apart.");
        dataDir = flags.path("data-dir", Path.of("data"), "Folder for what must outlive the process.");
        controlSocket = flags.optionalPath("control-socket", "Unix socket for status, faults and shutdown.");
        logFormat = flags.text("log-format", "text", "text or json.");
        logLevel = flags.text("log-level", "info", "error, warn, info, debug or trace.");
        verbosity = flags.integer("v", 0, "Kubernetes' verbosity: 4 and more is debug, 8 and more trace.");
        lifeline = flags.text("lifeline", "none", "stdin: end when standard input closes; none.");
        busCredential = flags.optionalPath(
                "bus-credential-file",
                "File by which this instance proves on the bus who it is, and knows others; who answers needs one.");
        faults = flags.bool("faults", true, "Whether fault rules can be set in this process.");
    }

    /** Checks what a type cannot say. */
    void check() {
        oneOf("log-format", logFormat.get(), "text", "json");
        oneOf("lifeline", lifeline.get(), "stdin", "none");
        port("hazelcast-port", gridPort.get());
        port("bus-port", busPort.get());
        port("join-bus-port", joinBusPort.get());
        port("health-port", healthPort.get());
        if (name.get().isEmpty() || name.get().indexOf('/') >= 0 || name.get().indexOf('@') >= 0) {
            throw new UsageException("--name: \"" + name.get() + "\" must not be empty nor contain / or @");
        }
        if (!address.get().matches("[0-9.]+|[0-9a-fA-F:]+")) {
            throw new UsageException("--address: \"" + address.get() + "\" is not an IP address");
        }
        if (maxNoHeartbeat.get().compareTo(SHORTEST_SILENCE) < 0) {
            throw new UsageException("--max-no-heartbeat: must be at least 1s");
        }
        try {
            KubernetesVersion.parse(version.get());
        } catch (IllegalArgumentException e) {
            throw new UsageException("--kubernetes-version: " + e.getMessage());
        }
        for (String member : join.get()) {
            if (!member.matches(".+:\\d+")) {
                throw new UsageException("--join: \"" + member + "\" must be host:port");
            }
        }
    }

    private static void oneOf(String flag, String value, String... allowed) {
        if (!List.of(allowed).contains(value)) {
            throw new UsageException("--" + flag + ": \"" + value + "\" must be " + String.join(" or ", allowed));
        }
    }

    private static void port(String flag, int port) {
        if (port < 0 || port > 65_535) {
            throw new UsageException("--" + flag + ": " + port + " is not a port");
        }
    }

    /** The log level that --log-level and -v ask for together. */
    String level() {
        int v = verbosity.get();
        return v >= 8 ? "trace" : v >= 4 ? "debug" : logLevel.get();
    }
}
