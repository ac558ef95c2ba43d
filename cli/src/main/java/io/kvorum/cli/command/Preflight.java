package io.kvorum.cli.command;

import io.kvorum.cli.cluster.AddressPlan;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.CommandLine;
import io.kvorum.cli.cluster.Instance;
import io.kvorum.cli.cluster.Jvm;
import io.kvorum.cli.cluster.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What must hold before anything is started, so that nothing is left half-started. */
final class Preflight {
    private static final long NEEDED_BYTES = 200L << 20;

    private Preflight() {}

    /** The cluster's folder can be written and has room; what is refused here leaves nothing behind. */
    static void folder(ClusterFolder folder) {
        Path root = folder.root();
        Path there = root.toAbsolutePath();
        while (there.getParent() != null && !Files.exists(there)) {
            there = there.getParent();
        }
        long free = there.toFile().getUsableSpace();
        // A file system that says nothing of its space, or is read-only, may say 0: then the probe tells what is wrong.
        if (free > 0 && free < NEEDED_BYTES) {
            throw new CommandFailure(
                    root + " has only " + (free >> 20) + " MiB left, " + (NEEDED_BYTES >> 20)
                            + " are needed; free some or set KVORUM_HOME to another folder",
                    1);
        }
        boolean fresh = !Files.exists(root);
        try {
            Files.createDirectories(folder.run());
            Path probe = Files.createTempFile(root, "probe", null);
            try {
                Files.write(probe, new byte[4096]);
            } finally {
                Files.delete(probe);
            }
        } catch (IOException e) {
            if (fresh) {
                removeEmpty(folder.run(), root);
            }
            String remedy = free == 0 ? "free some space there, make it writable" : "make it writable";
            throw new CommandFailure(
                    "cannot write to " + root + " (" + e.getMessage() + "); " + remedy
                            + " or set KVORUM_HOME to another folder",
                    1);
        }
    }

    private static void removeEmpty(Path... folders) {
        for (Path folder : folders) {
            try {
                Files.deleteIfExists(folder);
            } catch (IOException e) {
                // Not empty or not ours to remove: then it stays, and the failure that is reported says more.
                return;
            }
        }
    }

    /** The numbers make sense together. */
    static void specification(ClusterSpec spec) {
        int stores = spec.count(Role.STORE);
        if (stores != 1 && stores != 3 && stores != 5) {
            throw new CommandFailure("--stores " + stores + ": choose 1, 3 or 5, so that a majority exists", 2);
        }
        for (Role role : Role.controlPlane()) {
            if (role != Role.STORE) {
                int least = role == Role.APISERVER ? 1 : 0;
                range("--" + role + "s", spec.count(role), least, AddressPlan.MOST_INSTANCES);
            }
        }
        nodes(spec.nodes(), 0);
        for (Role role : Role.values()) {
            // Fails on what the user cannot have meant.
            Jvm jvm = spec.jvm(role);
        }
        if (!spec.network().equals("loopback")) {
            throw new CommandFailure("--network \"" + spec.network() + "\" is not known; choose loopback", 2);
        }
        if (!spec.timers().equals("lab") && !spec.timers().equals("kubernetes")) {
            throw new CommandFailure("--timers \"" + spec.timers() + "\" is not known; choose lab or kubernetes", 2);
        }
        Set<String> known = new HashSet<>();
        for (Instance instance : Instance.of(spec.withWithout(List.of()))) {
            known.add(instance.name());
            known.add(instance.role().id());
        }
        for (String component : spec.without()) {
            if (!known.contains(component)) {
                throw new CommandFailure("--without \"" + component + "\" is no component; roles: " + Role.names(), 2);
            }
        }
    }

    /** A number of nodes as asked for with {@code --nodes}. */
    static void nodes(int count, int least) {
        range("--nodes", count, least, AddressPlan.MOST_NODES);
    }

    private static void range(String flag, int value, int least, int most) {
        if (value < least || value > most) {
            throw new CommandFailure(flag + " " + value + ": choose from " + least + " to " + most, 2);
        }
    }

    /** Every address exists and no port is taken. */
    static void addresses(ClusterSpec spec) {
        for (Instance instance : Instance.of(spec)) {
            for (int port : CommandLine.listeningPorts(instance.role(), spec)) {
                try (ServerSocket probe = new ServerSocket()) {
                    probe.setReuseAddress(true);
                    probe.bind(new InetSocketAddress(InetAddress.getByName(instance.address()), port));
                } catch (IOException e) {
                    throw new CommandFailure(reason(instance, port, e), 1);
                }
            }
        }
    }

    private static String reason(Instance instance, int port, IOException e) {
        String where = instance.address() + ":" + port;
        String message = String.valueOf(e.getMessage());
        if (message.contains("assign")) {
            return "the address " + instance.address() + " of " + instance.name()
                    + " does not exist here; add it, on macOS with: sudo ifconfig lo0 alias " + instance.address();
        }
        if (message.contains("ermission")) {
            return "no permission to listen on " + where + " for " + instance.name() + "; choose a port from 1024 up";
        }
        String remedy = port == AddressPlan.HAZELCAST_PORT || port == AddressPlan.BUS_PORT
                ? "stop the process that holds it"
                : "stop the process that holds it, or choose another with --apiserver-arg secure-port=PORT";
        return "port " + where + " of " + instance.name() + " is taken (" + message + "); " + remedy;
    }

    /** The lowest address index that no other cluster has and on which nobody listens; it is the cluster's from now on. */
    static int freeIndex(ClusterFolder folder) throws IOException {
        Set<Integer> used = new HashSet<>();
        if (Files.isDirectory(ClusterFolder.home())) {
            try (Stream<Path> clusters = Files.list(ClusterFolder.home())) {
                for (Path cluster : clusters.toList()) {
                    Path file = new ClusterFolder(cluster).spec();
                    if (Files.exists(file)) {
                        used.add(ClusterSpec.readIndex(file));
                    }
                }
            }
        }
        return AddressClaims.ofThisUser()
                .claim(folder, index -> !used.contains(index) && quiet(new AddressPlan(index)))
                .orElseThrow(() -> new CommandFailure(
                        "all 250 address ranges from 127.1.0.0/16 on are in use; take some clusters down with"
                                + " kvorum down --purge",
                        1));
    }

    private static boolean quiet(AddressPlan addresses) {
        for (Role role : List.of(Role.STORE, Role.APISERVER)) {
            int port = role == Role.STORE ? AddressPlan.HAZELCAST_PORT : AddressPlan.SECURE_PORT;
            try (ServerSocket probe = new ServerSocket()) {
                probe.setReuseAddress(true);
                probe.bind(new InetSocketAddress(InetAddress.getByName(addresses.address(role, 0)), port));
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}
