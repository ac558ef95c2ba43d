package io.kvorum.bench.etcd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.testkit.InjectedFault;
import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Kvorum's store alone, as {@code kvorum up} starts it, with its face for clients of etcd. */
final class KvorumStore implements Contender {
    private static final int CLIENT_PORT = 2379;

    private final TestCluster cluster;
    private final int members;
    private final List<String> arguments;
    private List<String> endpoints = List.of();
    private @Nullable InjectedFault fault;
    private boolean closed;

    /**
     * One that is not up yet.
     *
     * @param home its {@code KVORUM_HOME}
     * @param members processes; a single one holds three members of the Raft group
     * @param arguments more words for {@code kvorum up}
     */
    KvorumStore(Path home, int members, List<String> arguments) {
        this.cluster = TestCluster.in(home);
        this.members = members;
        this.arguments = List.copyOf(arguments);
    }

    @Override
    public void start() throws IOException {
        List<String> words = new ArrayList<>(List.of(
                "up",
                "--stores=" + members,
                "--nodes=0",
                "--without=apiserver,scheduler,controller-manager",
                "--store-arg=listen-client=" + CLIENT_PORT));
        words.addAll(arguments);
        Run up = cluster.kvorum(words.toArray(String[]::new));
        if (up.exitCode() != 0) {
            throw new IOException("the store does not start: " + up);
        }
        endpoints = readEndpoints();
    }

    private List<String> readEndpoints() throws IOException {
        JsonNode status = new ObjectMapper()
                .readTree(cluster.kvorum("store", "status", "-o", "json").ok().stdout());
        List<String> found = new ArrayList<>();
        for (JsonNode member : status.path("members")) {
            String endpoint = member.path("clientEndpoint").asText();
            if (!endpoint.startsWith("http://")) {
                throw new IOException("a member has no endpoint for clients of etcd: " + member);
            }
            found.add(endpoint);
        }
        if (found.isEmpty()) {
            throw new IOException("the store has no members: " + status);
        }
        return List.copyOf(found);
    }

    @Override
    public Maker maker() {
        return Maker.KVORUM;
    }

    @Override
    public List<String> endpoints() {
        return endpoints;
    }

    @Override
    public void strike(Blow blow) {
        String leader = cluster.leader("store");
        fault = switch (blow) {
            case KILL -> cluster.faults().kill(leader);
            case PAUSE -> cluster.faults().pause(leader);
            case PARTITION -> cluster.faults().partition(leader, others(leader));
        };
    }

    private String others(String member) {
        return IntStream.range(0, members)
                .mapToObj(i -> "store-" + i)
                .filter(name -> !name.equals(member))
                .collect(Collectors.joining(","));
    }

    @Override
    public void recover() {
        if (fault != null) {
            fault.heal();
            fault = null;
        }
    }

    @Override
    public void killAll() {
        fault = cluster.faults().kill("role:store");
    }

    @Override
    public long diskBytes() throws IOException {
        return Folders.bytes(cluster.folder().resolve("data"));
    }

    @Override
    public List<Long> memoryBytes() {
        return cluster.components().stream()
                .map(component -> component.path("memoryBytes").asLong())
                .toList();
    }

    /** Takes the cluster down; what does not go by itself is killed, so that nothing is left. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Run down = cluster.kvorum("down");
        if (down.exitCode() != 0) {
            Progress.say("kvorum down failed, killing what is left: " + down);
        }
        for (ProcessHandle left : cluster.processes()) {
            left.destroyForcibly();
            left.onExit().join();
        }
    }
}
