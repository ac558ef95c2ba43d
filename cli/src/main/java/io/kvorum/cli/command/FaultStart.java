package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.faults.ControlSocket;
import io.kvorum.faults.Fault;
import io.kvorum.faults.FaultException;
import io.kvorum.faults.FaultSyntax;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What all commands that start a fault share; the faults' grammar is {@link FaultSyntax}'s. */
abstract class FaultStart implements Callable<Integer> {
    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Mixin
    OutputOption output = new OutputOption();

    @Option(names = "--for", paramLabel = "DURATION", description = "heal by itself after this time, for example 30s")
    @Nullable
    String duration;

    /** The words of the fault, as {@link FaultSyntax} reads them. */
    abstract List<String> words();

    @Override
    public Integer call() {
        boolean json = output.json();
        Fault fault;
        try {
            fault = FaultSyntax.parse(words());
        } catch (FaultException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), 2);
        }
        ObjectNode request = ControlSocket.request("fault.add");
        ArrayNode array = request.putArray("words");
        words().forEach(array::add);
        if (duration != null) {
            request.put("forMillis", DurationArgument.parse("--for", duration).toMillis());
        }
        ObjectNode reply = cluster.ask(request, FaultCommand.TIMEOUT);
        reply.remove("ok");
        if (json) {
            OutputOption.print(reply);
            return 0;
        }
        String said =
                reply.path("id").asText() + ": " + reply.path("description").asText();
        if (duration != null) {
            System.err.println(said + " for " + duration);
        } else if (fault.momentary()) {
            System.err.println(said + ": done");
        } else {
            System.err.println(said + "; kvorum fault heal ends it");
        }
        return 0;
    }

    static List<String> line(String kind, List<String> more) {
        List<String> words = new ArrayList<>(List.of(kind));
        words.addAll(more);
        return words;
    }

    static List<String> line(String kind, List<String> more, @Nullable String... options) {
        List<String> words = line(kind, more);
        for (int i = 0; i < options.length; i += 2) {
            String value = options[i + 1];
            if (value != null) {
                words.add(String.valueOf(options[i]));
                words.add(value);
            }
        }
        return words;
    }

    /** {@code kvorum fault partition A,B / C,D}. */
    @Command(
            name = "partition",
            description = "Part groups from each other: A,B / C,D; one group is parted from the rest.")
    static final class Partition extends FaultStart {
        @Parameters(arity = "1..*", paramLabel = "GROUP", description = "names separated by commas; '/' between groups")
        List<String> groups = new ArrayList<>();

        @Override
        List<String> words() {
            return line("partition", groups);
        }
    }

    /** {@code kvorum fault cut A B}. */
    @Command(name = "cut", description = "Drop what A sends to B, one way: cut A B, or cut 'A -> B'.")
    static final class Cut extends FaultStart {
        @Parameters(arity = "1..*", paramLabel = "END", description = "sender and receiver")
        List<String> ends = new ArrayList<>();

        @Override
        List<String> words() {
            return line("cut", ends);
        }
    }

    /** {@code kvorum fault delay A B 50ms}. */
    @Command(
            name = "delay",
            description = "Make everything between A and B take longer, each way; 'A -> B' one way: delay A B 50ms.")
    static final class Delay extends FaultStart {
        @Parameters(arity = "2..*", paramLabel = "END.. DELAY", description = "the two ends, then for example 50ms")
        List<String> ends = new ArrayList<>();

        @Option(names = "--jitter", paramLabel = "DURATION", description = "vary the delay by so much either way")
        @Nullable
        String jitter;

        @Override
        List<String> words() {
            return line("delay", ends, "--jitter", jitter);
        }
    }

    /** {@code kvorum fault rate A B 1mbit}. */
    @Command(
            name = "rate",
            description = "Let no more pass on each connection between A and B: rate A B 1mbit; 'A -> B' one way.")
    static final class Rate extends FaultStart {
        @Parameters(
                arity = "2..*",
                paramLabel = "END.. RATE",
                description = "the two ends, then bits (200kbit, 1mbit) or bytes (64kB/s) a second")
        List<String> ends = new ArrayList<>();

        @Override
        List<String> words() {
            return line("rate", ends);
        }
    }

    /** {@code kvorum fault loss A B 10%}. */
    @Command(
            name = "loss",
            description = "Lose a share of what passes between A and B, which TCP makes up for after 200 ms and more:"
                    + " loss A B 10%%; 'A -> B' one way.")
    static final class Loss extends FaultStart {
        @Parameters(arity = "2..*", paramLabel = "END.. SHARE", description = "the two ends, then for example 10%%")
        List<String> ends = new ArrayList<>();

        @Override
        List<String> words() {
            return line("loss", ends);
        }
    }

    /** {@code kvorum fault reset A B}. */
    @Command(
            name = "reset",
            description = "End the connections between A and B with a TCP reset; with --for new ones too, as long.")
    static final class Reset extends FaultStart {
        @Parameters(arity = "1..*", paramLabel = "END", description = "the two ends")
        List<String> ends = new ArrayList<>();

        @Override
        List<String> words() {
            return line("reset", ends);
        }
    }

    /** {@code kvorum fault refuse A B}. */
    @Command(
            name = "refuse",
            description = "Refuse new connections between A and B ('A -> B': those that A opens); old ones stay.")
    static final class Refuse extends FaultStart {
        @Parameters(arity = "1..*", paramLabel = "END", description = "the two ends")
        List<String> ends = new ArrayList<>();

        @Override
        List<String> words() {
            return line("refuse", ends);
        }
    }

    /** {@code kvorum fault half-open A B}. */
    @Command(
            name = "half-open",
            description = "B forgets its connections with A, and A is not told: A goes on believing in them.")
    static final class HalfOpen extends FaultStart {
        @Parameters(arity = "1..*", paramLabel = "END", description = "who believes, who forgot")
        List<String> ends = new ArrayList<>();

        @Override
        List<String> words() {
            return line("half-open", ends);
        }
    }

    /** {@code kvorum fault kill C}. */
    @Command(name = "kill", description = "Kill processes (SIGKILL) and keep them down until healed.")
    static final class Kill extends FaultStart {
        @Parameters(arity = "1..*", paramLabel = "COMPONENT")
        List<String> components = new ArrayList<>();

        @Override
        List<String> words() {
            return line("kill", components);
        }
    }

    /** {@code kvorum fault pause C}. */
    @Command(name = "pause", description = "Stop processes (SIGSTOP) until healed or resumed.")
    static final class Pause extends FaultStart {
        @Parameters(arity = "1..*", paramLabel = "COMPONENT")
        List<String> components = new ArrayList<>();

        @Override
        List<String> words() {
            return line("pause", components);
        }
    }

    /** {@code kvorum fault restart C}. */
    @Command(
            name = "restart",
            description = "Kill processes (SIGKILL) and start them again at once; for an orderly one: kvorum restart.")
    static final class Restart extends FaultStart {
        @Parameters(arity = "1..*", paramLabel = "COMPONENT")
        List<String> components = new ArrayList<>();

        @Override
        List<String> words() {
            return line("restart", components);
        }
    }

    /** {@code kvorum fault skew C +30s}. */
    @Command(name = "skew", description = "Put the clocks of components forward or back: skew C +30s, skew C -2m.")
    static final class Skew extends FaultStart {
        @Parameters(
                arity = "2..*",
                paramLabel = "COMPONENT.. OFFSET",
                description = "whose clocks, then for example +30s or -2m")
        List<String> components = new ArrayList<>();

        @Override
        List<String> words() {
            return line("skew", components);
        }
    }

    /** {@code kvorum fault disk C}. */
    @Command(name = "disk", description = "Make the disks of store members slow or fail: disk store-1 --latency 50ms.")
    static final class Disk extends FaultStart {
        @Parameters(arity = "1..*", paramLabel = "COMPONENT")
        List<String> components = new ArrayList<>();

        @Option(names = "--latency", paramLabel = "DURATION", description = "added to every write and every fsync")
        @Nullable
        String latency;

        @Option(
                names = "--fail",
                paramLabel = "WHAT",
                description =
                        "write, fsync, full (no space is left), or unsynced (what is not fsynced is lost by a kill)")
        @Nullable
        String fail;

        @Option(
                names = "--probability",
                paramLabel = "SHARE",
                description = "how much of it fails, for example 10%% or 0.1 (default: all)")
        @Nullable
        String probability;

        @Override
        List<String> words() {
            return line("disk", components, "--latency", latency, "--fail", fail, "--probability", probability);
        }
    }
}
