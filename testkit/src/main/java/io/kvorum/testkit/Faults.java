package io.kvorum.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.faults.ControlSocket;
import io.kvorum.faults.Fault;
import io.kvorum.faults.FaultSyntax;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The faults of a cluster, as {@code kvorum fault} makes them. Members are named as there: {@code store-0}, {@code
 * node-1}, {@code role:store}, {@code leader:store}, {@code pods:node-1}, {@code clients}; several with commas. A method
 * returns when the fault is in force in every process concerned.
 *
 * <p>Errors: {@link io.kvorum.faults.FaultException} for what cannot be meant, {@link UncheckedIOException} with the
 * launcher's message for what it refuses, such as a name that is not there.
 */
public final class Faults {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path socket;
    private final Duration duration;

    private Faults(Path socket, Duration duration) {
        this.socket = socket;
        this.duration = duration;
    }

    static Faults of(Path clusterFolder) {
        return new Faults(new ClusterFolder(clusterFolder).socket("launcher"), Duration.ZERO);
    }

    /** The same, but faults made through it heal by themselves after this time. */
    public Faults lasting(Duration time) {
        return new Faults(socket, time);
    }

    /** Any fault, in the words of the command line: {@code "delay store-0 apiserver-0 50ms --jitter 10ms"}. */
    public InjectedFault inject(String line) {
        return inject(FaultSyntax.parse(line));
    }

    private InjectedFault inject(Fault fault) {
        ObjectNode request = ControlSocket.request("fault.add").put("forMillis", duration.toMillis());
        ArrayNode words = request.putArray("words");
        fault.words().forEach(words::add);
        return new InjectedFault(this, ask(request));
    }

    private ObjectNode ask(ObjectNode request) {
        try {
            return ControlSocket.call(socket, request, LIMIT);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** Parts the groups from each other; a single one from all the rest. */
    public InjectedFault partition(String... groups) {
        return inject("partition " + String.join(" / ", groups));
    }

    /** Nothing that {@code from} sends reaches {@code to}; the other way works. */
    public InjectedFault cut(String from, String to) {
        return inject("cut " + from + " " + to);
    }

    /** Everything between the two takes longer, each way. */
    public InjectedFault delay(String one, String other, Duration delay) {
        return inject("delay " + one + " " + other + " " + FaultSyntax.text(delay));
    }

    /** @param jitter the delay varies by up to this, both ways */
    public InjectedFault delay(String one, String other, Duration delay, Duration jitter) {
        return inject(
                "delay " + one + " " + other + " " + FaultSyntax.text(delay) + " --jitter " + FaultSyntax.text(jitter));
    }

    /** @param rate for example {@code 1mbit} or {@code 64kB/s}, for each connection, each way */
    public InjectedFault rate(String one, String other, String rate) {
        return inject("rate " + one + " " + other + " " + rate);
    }

    /** @param percent of what is sent that meets a loss, above 0 and up to 100 */
    public InjectedFault loss(String one, String other, double percent) {
        return inject("loss " + one + " " + other + " " + percent + "%");
    }

    /** Ends the connections between the two with a TCP reset; with {@link #lasting} new ones too. */
    public InjectedFault reset(String one, String other) {
        return inject("reset " + one + " " + other);
    }

    /** New connections between the two are refused. */
    public InjectedFault refuse(String one, String other) {
        return inject("refuse " + one + " " + other);
    }

    /** {@code forgetful} drops its connections with {@code believer}, which is not told. */
    public InjectedFault halfOpen(String believer, String forgetful) {
        return inject("half-open " + believer + " " + forgetful);
    }

    /** SIGKILL, and kept down until healed. */
    public InjectedFault kill(String... members) {
        return inject("kill " + String.join(",", members));
    }

    /** SIGSTOP until healed. */
    public InjectedFault pause(String... members) {
        return inject("pause " + String.join(",", members));
    }

    /** SIGKILL, and started again at once. */
    public InjectedFault restart(String... members) {
        return inject("restart " + String.join(",", members));
    }

    /** Puts clocks forward, or back by a negative offset. */
    public InjectedFault skew(String members, Duration offset) {
        return inject(new Fault.Skew(List.of(members), offset));
    }

    /** Every write and every fsync of these store members takes longer. */
    public InjectedFault slowDisk(String members, Duration latency) {
        return inject("disk " + members + " --latency " + FaultSyntax.text(latency));
    }

    /** @param what {@code write}, {@code fsync}, {@code full} or {@code unsynced} */
    public InjectedFault failingDisk(String members, String what) {
        return inject("disk " + members + " --fail " + what);
    }

    /** The faults in force, as {@code kvorum fault list -o json} shows them. */
    public List<JsonNode> active() {
        List<JsonNode> active = new ArrayList<>();
        ask(ControlSocket.request("fault.list")).path("faults").forEach(active::add);
        return active;
    }

    /** Whether there is a launcher to ask; without one there is no cluster, and no fault. */
    boolean reachable() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends all faults. */
    public void heal() {
        ObjectNode unused = ask(ControlSocket.request("fault.heal"));
    }

    void heal(String id) {
        ObjectNode unused = ask(ControlSocket.request("fault.heal").put("id", id));
    }
}
