package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.faults.ControlSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code kvorum fault}: breaks the network, the processes, the clocks and the disks of a cluster on purpose. */
@Command(
        name = "fault",
        description = {
            "Break the cluster on purpose, and heal it.",
            "Members are named by component (store-0), node (node-1), role (role:store), leader (leader:store), a"
                    + " node's pods (pods:node-1) or clients (kubectl and all else on this machine); several with commas."
        },
        subcommands = {
            FaultStart.Partition.class,
            FaultStart.Cut.class,
            FaultStart.Delay.class,
            FaultStart.Rate.class,
            FaultStart.Loss.class,
            FaultStart.Reset.class,
            FaultStart.Refuse.class,
            FaultStart.HalfOpen.class,
            FaultStart.Kill.class,
            FaultStart.Pause.class,
            FaultStart.Restart.class,
            FaultStart.Skew.class,
            FaultStart.Disk.class,
            FaultRunCommand.class,
            FaultCommand.Resume.class,
            FaultCommand.Heal.class,
            FaultCommand.ListFaults.class
        })
public final class FaultCommand {
    static final Duration TIMEOUT = Duration.ofSeconds(15);

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
    @Command(name = "heal", description = "End all faults, or one; nothing happens to what has ended already.")
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
            int healed =
                    cluster.ask(request, Duration.ofSeconds(30)).path("healed").asInt();
            if (id != null) {
                System.err.println(healed == 0 ? id + " has ended already" : "healed " + id);
            } else {
                System.err.println(
                        healed == 0
                                ? "no faults to heal"
                                : healed == 1 ? "healed 1 fault" : "healed " + healed + " faults");
            }
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
            rows.add(List.of("ID", "FAULT", "AGE", "ENDS IN"));
            for (JsonNode fault : faults) {
                long remaining = fault.path("remainingMillis").asLong();
                long age =
                        System.currentTimeMillis() - fault.path("sinceMillis").asLong();
                rows.add(List.of(
                        fault.path("id").asText(),
                        fault.path("description").asText(),
                        seconds(age),
                        remaining == 0 ? "-" : seconds(remaining)));
            }
            OutputOption.table(rows);
            return 0;
        }

        private static String seconds(long millis) {
            return String.format(Locale.ROOT, "%.1fs", millis / 1000.0);
        }
    }
}
