package io.kvorum.cli.command;

import io.kvorum.faults.ControlSocket;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code kvorum restart}: stops and starts a component orderly. */
@Command(name = "restart", description = "Restart a component, a node, or a role (role:store).")
public final class RestartCommand implements Callable<Integer> {
    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Parameters(paramLabel = "COMPONENT", description = "for example store-0, node-1 or role:apiserver")
    String component = "";

    @Override
    public Integer call() {
        cluster.ask(ControlSocket.request("restart").put("component", component), Duration.ofSeconds(30))
                .path("components")
                .forEach(name -> System.err.println("restarted " + name.asText()));
        return 0;
    }
}
