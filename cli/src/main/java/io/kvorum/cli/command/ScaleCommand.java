package io.kvorum.cli.command;

import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.Role;
import io.kvorum.faults.ControlSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code kvorum scale}: changes how many instances of a role there are. */
@Command(name = "scale", description = "Change the number of apiservers, schedulers, controller-managers or nodes.")
public final class ScaleCommand implements Callable<Integer> {
    private static final List<String> SCALED = Stream.concat(
                    Role.controlPlane().stream()
                            .filter(role -> role != Role.STORE)
                            .map(Role::id),
                    Stream.of("node"))
            .toList();

    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Parameters(index = "0", paramLabel = "COMPONENT", description = "apiserver, scheduler, controller-manager or node")
    String role = "";

    @Parameters(index = "1", paramLabel = "N", description = "how many")
    int count;

    @Override
    public Integer call() {
        String singular = role.endsWith("s") ? role.substring(0, role.length() - 1) : role;
        if (!SCALED.contains(singular)) {
            throw new CommandFailure(
                    "\"" + role + "\" cannot be scaled; choose one of " + String.join(", ", SCALED), 2);
        }
        cluster.ask(ControlSocket.request("scale").put("role", singular).put("count", count), Duration.ofSeconds(30));
        System.err.println("scaled " + singular + " to " + count);
        return 0;
    }
}
