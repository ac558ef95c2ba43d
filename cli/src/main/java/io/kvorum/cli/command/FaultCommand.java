package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.faults.ControlSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kvorum fault}: breaks the network and the processes of a cluster on purpose. */
@Command(
        name = "fault",
        description = {
            "Break the cluster on purpose, and heal it.",
            "Members are named by component (store-0), node (node-1), role (role:store) or leader (leader:store)."
        },
        subcommands = {
            FaultCommand.Partition.class,
            FaultCommand.Cut.class,
            FaultCommand.Delay.class,
            FaultCommand.Kill.class,
            FaultCommand.Pause.class,
            FaultCommand.Resume.class,
            FaultCommand.Heal.class,
            FaultCommand.ListFaults.class
        })
public final class FaultCommand {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    /** What all commands that start a fault share. */
    abstract static class Start implements Callable<Integer> {
        @Mixin
        ClusterOption cluster = new ClusterOption();

        @Mixin
        OutputOption output = new OutputOption();

        @Option(
                names = "--for",
                paramLabel = "DURATION",
                description = "heal by itself after this time, for example 30s")
        @Nullable
        String duration;

        int start(String kind, List<String> words, ObjectNode request) {
            boolean json = output.json();
            ArrayNode array = request.put("kind", kind).putArray("words");
            words.forEach(array::add);
            if (duration != null) {
                request.put(
                        "forMillis", DurationArgument.parse("--for", duration).toMillis());
            }
            ObjectNode reply = cluster.ask(request, TIMEOUT);
            reply.remove("ok");
            if (json) {
                OutputOption.print(reply);
            } else {
                System.err.println(reply.path("id").asText() + ": "
                        + reply.path("description").asText()
                        + (duration == null ? "; kvorum fault heal ends it" : " for " + duration));
            }
            return 0;
        }
    }

    /** {@code kvorum fault partition A,B / C,D}. */
    @Command(
            name = "partition",
            description = "Part groups from each other: A,B / C,D; one group is parted from the rest.")
    static final class Partition extends Start {
        @Parameters(arity = "1..*", paramLabel = "GROUP", description = "names separated by commas; '/' between groups")
        List<String> groups = new ArrayList<>();

        @Override
        public Integer call() {
            return start("partition", groups, ControlSocket.request("fault.add"));
        }
    }

    /** {@code kvorum fault cut A B}. */
    @Command(name = "cut", description = "Drop what A sends to B, one way: cut A B, or cut 'A -> B'.")
    static final class Cut extends Start {
        @Parameters(arity = "1..3", paramLabel = "END", description = "sender and receiver")
        List<String> ends = new ArrayList<>();

        @Override
        public Integer call() {
            return start("cut", ends, ControlSocket.request("fault.add"));
        }
    }

    /** {@code kvorum fault delay A B 50ms}. */
    @Command(name = "delay", description = "Make everything between A and B take longer, each way.")
    static final class Delay extends Start {
        @Parameters(index = "0", paramLabel = "A")
        String one = "";

        @Parameters(index = "1", paramLabel = "B")
        String other = "";

        @Parameters(index = "2", paramLabel = "DELAY", description = "for example 50ms")
        String delay = "";

        @Option(names = "--jitter", paramLabel = "DURATION", description = "vary the delay by so much either way")
        String jitter = "0ms";

        @Override
        public Integer call() {
            return start(
                    "delay",
                    List.of(one, other),
                    ControlSocket.request("fault.add")
                            .put(
                                    "delayMillis",
                                    DurationArgument.parse("DELAY", delay).toMillis())
                            .put(
                                    "jitterMillis",
                                    DurationArgument.parse("--jitter", jitter).toMillis()));
        }
    }

    /** {@code kvorum fault kill C}. */
    @Command(name = "kill", description = "Kill processes (SIGKILL) and keep them down until healed.")
    static final class Kill extends Start {
        @Parameters(arity = "1..*", paramLabel = "COMPONENT")
        List<String> components = new ArrayList<>();

        @Override
        public Integer call() {
            return start("kill", components, ControlSocket.request("fault.add"));
        }
    }

    /** {@code kvorum fault pause C}. */
    @Command(name = "pause", description = "Stop processes (SIGSTOP) until healed or resumed.")
    static final class Pause extends Start {
        @Parameters(arity = "1..*", paramLabel = "COMPONENT")
        List<String> components = new ArrayList<>();

        @Override
        public Integer call() {
            return start("pause", components, ControlSocket.request("fault.add"));
        }
    }

    /** {@code kvorum fault resume C}. */
    @Command(name = "resume", description = "Let paused or killed processes run again.")
    static final class Resume implements Callable<Integer> {
        @Mixin
        ClusterOption cluster = new ClusterOption();

        @Parameters(arity = "1..*", paramLabel = "COMPONENT")
        List<String> components = new ArrayList<>();

        @Override
        public Integer call() {
            ObjectNode request = ControlSocket.request("fault.resume");
            ArrayNode words = request.putArray("words");
            components.forEach(words::add);
            cluster.ask(request, TIMEOUT)
                    .path("components")
                    .forEach(name -> System.err.println("resumed " + name.asText()));
            return 0;
        }
    }

    /** {@code kvorum fault heal}. */
    @Command(name = "heal", description = "End all faults, or one.")
    static final class Heal implements Callable<Integer> {
        @Mixin
        ClusterOption cluster = new ClusterOption();

        @Parameters(arity = "0..1", paramLabel = "ID", description = "as kvorum fault list shows it; all if left out")
        @Nullable
        String id;

        @Override
        public Integer call() {
            ObjectNode request = ControlSocket.request("fault.heal");
            if (id != null) {
                request.put("id", id);
            }
            cluster.ask(request, Duration.ofSeconds(30));
            System.err.println(id == null ? "healed" : "healed " + id);
            return 0;
        }
    }

    /** {@code kvorum fault list}. */
    @Command(name = "list", description = "Show the active faults.")
    static final class ListFaults implements Callable<Integer> {
        @Mixin
        ClusterOption cluster = new ClusterOption();

        @Mixin
        OutputOption output = new OutputOption();

        @Override
        public Integer call() {
            boolean json = output.json();
            JsonNode faults =
                    cluster.ask(ControlSocket.request("fault.list"), TIMEOUT).path("faults");
            if (json) {
                OutputOption.print(faults);
                return 0;
            }
            if (faults.isEmpty()) {
                System.err.println("no faults");
                return 0;
            }
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("ID", "FAULT", "ENDS IN"));
            for (JsonNode fault : faults) {
                long remaining = fault.path("remainingMillis").asLong();
                rows.add(List.of(
                        fault.path("id").asText(),
                        fault.path("description").asText(),
                        remaining == 0 ? "-" : String.format("%.1fs", remaining / 1000.0)));
            }
            OutputOption.table(rows);
            return 0;
        }
    }
}
