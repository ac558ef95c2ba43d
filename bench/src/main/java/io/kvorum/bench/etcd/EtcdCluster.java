package io.kvorum.bench.etcd;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.maintenance.StatusResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * etcd with its default settings, fsync and all, each member a process with a folder and a loopback address of its own.
 * Only what it logs is less: errors.
 */
final class EtcdCluster implements Contender {
    private static final int CLIENT_PORT = 2379;
    private static final int PEER_PORT = 2380;
    private static final long STATUS_SECONDS = 5;
    private static final long SIGNAL_SECONDS = 5;

    private final Path program;
    private final Path folder;
    private final List<String> addresses;
    private final @Nullable PeerLinks links;
    private final List<@Nullable Process> processes = new ArrayList<>();
    private final List<Integer> paused = new ArrayList<>();

    private EtcdCluster(Path program, Path folder, List<String> addresses, @Nullable PeerLinks links) {
        this.program = program;
        this.folder = folder;
        this.addresses = addresses;
        this.links = links;
    }

    /**
     * A cluster whose processes are not started yet.
     *
     * @param folder where data and logs go
     * @param network the first three bytes of its addresses, for example {@code 127.251.3}
     * @param partible whether members reach each other through links that can be cut; they cost some microseconds
     */
    static EtcdCluster of(Path program, Path folder, String network, int members, boolean partible) throws IOException {
        List<String> addresses = IntStream.range(0, members)
                .mapToObj(i -> network + "." + (i + 1))
                .toList();
        return new EtcdCluster(
                program, folder, addresses, partible ? PeerLinks.open(network, addresses, PEER_PORT) : null);
    }

    @Override
    public void start() throws IOException {
        for (int i = 0; i < addresses.size(); i++) {
            processes.add(null);
            startMember(i);
        }
    }

    private void startMember(int member) throws IOException {
        Path home = Files.createDirectories(folder.resolve("etcd-" + member));
        String client = "http://" + addresses.get(member) + ":" + CLIENT_PORT;
        List<String> command = List.of(
                program.toString(),
                "--name=etcd-" + member,
                "--data-dir=" + home.resolve("data"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=http://" + addresses.get(member) + ":" + PEER_PORT,
                "--initial-advertise-peer-urls=" + peerUrl(member),
                "--initial-cluster="
                        + IntStream.range(0, addresses.size())
                                .mapToObj(i -> "etcd-" + i + "=" + peerUrl(i))
                                .collect(Collectors.joining(",")),
                "--initial-cluster-token=" + folder.getFileName(),
                "--logger=zap",
                "--log-level=error");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(home.resolve("log").toFile()))
                .start();
        processes.set(member, process);
        if (links != null) {
            links.belongs(member, process.pid());
        }
    }

    private String peerUrl(int member) {
        String host = links == null ? addresses.get(member) : links.address(member);
        return "http://" + host + ":" + PEER_PORT;
    }

    @Override
    public Maker maker() {
        return Maker.ETCD;
    }

    @Override
    public List<String> endpoints() {
        return IntStream.range(0, addresses.size()).mapToObj(this::endpoint).toList();
    }

    private String endpoint(int member) {
        return "http://" + addresses.get(member) + ":" + CLIENT_PORT;
    }

    @Override
    public void strike(Blow blow) throws IOException {
        int leader = leader();
        switch (blow) {
            case KILL -> kill(leader);
            case PAUSE -> {
                signal(leader, "STOP");
                paused.add(leader);
            }
            case PARTITION -> {
                if (links == null) {
                    throw new IllegalStateException("this cluster was not started partible");
                }
                links.isolate(leader);
            }
        }
    }

    private int leader() throws IOException {
        for (int i = 0; i < addresses.size(); i++) {
            try (Client client = Connections.open(List.of(endpoint(i)))) {
                StatusResponse status = Connections.await(
                        client.getMaintenanceClient().statusMember(endpoint(i)), STATUS_SECONDS, TimeUnit.SECONDS);
                if (status.getLeader() == status.getHeader().getMemberId()) {
                    return i;
                }
            }
        }
        throw new IOException("no member of etcd says that it leads");
    }

    private void kill(int member) {
        Process process = processes.get(member);
        if (process != null) {
            ProcessLimits.kill(process);
            processes.set(member, null);
        }
    }

    private void signal(int member, String signal) throws IOException {
        Process target = processes.get(member);
        if (target == null) {
            throw new IOException("etcd-" + member + " does not run");
        }
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(target.pid()))
                .inheritIO()
                .start();
        try {
            if (!kill.waitFor(SIGNAL_SECONDS, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                ProcessLimits.kill(kill);
                throw new IOException("SIG" + signal + " to etcd-" + member + " failed");
            }
        } catch (InterruptedException e) {
            ProcessLimits.kill(kill);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void recover() throws IOException {
        if (links != null) {
            links.heal();
        }
        for (int member : paused) {
            signal(member, "CONT");
        }
        paused.clear();
        for (int i = 0; i < processes.size(); i++) {
            if (processes.get(i) == null) {
                startMember(i);
            }
        }
    }

    @Override
    public void killAll() {
        for (int i = 0; i < processes.size(); i++) {
            kill(i);
        }
    }

    @Override
    public long diskBytes() throws IOException {
        return Folders.bytes(folder);
    }

    @Override
    public List<Long> memoryBytes() throws IOException {
        List<Long> bytes = new ArrayList<>();
        for (Process process : processes) {
            if (process != null) {
                bytes.add(residentBytes(process.pid()));
            }
        }
        return bytes;
    }

    /** As proc(5) tells it: {@code VmRSS:  12345 kB}. */
    private static long residentBytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        return 0;
    }

    @Override
    public void close() {
        for (Process process : processes) {
            if (process != null) {
                // Also when it is stopped; it has nothing to save that matters.
                ProcessLimits.kill(process);
            }
        }
        if (links != null) {
            links.close();
        }
    }
}
