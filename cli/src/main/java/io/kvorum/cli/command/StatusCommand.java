package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.Reasons;
import io.kvorum.faults.ControlSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kvorum status}: every process of a cluster. */
@Command(name = "status", description = "Show every process: role, pid, address, leader, ready, restarts, memory.")
public final class StatusCommand implements Callable<Integer> {
    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Mixin
    OutputOption output = new OutputOption();

    @Override
    public Integer call() {
        boolean json = output.json();
        ObjectNode status = cluster.ask(ControlSocket.request("status"), Duration.ofSeconds(10));
        status.remove("ok");
        if (json) {
            OutputOption.print(status);
            return 0;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(
                List.of("NAME", "ROLE", "PID", "ADDRESS", "STATE", "READY", "LEADER", "RESTARTS", "VERSION", "MEMORY"));
        long total = 0;
        for (JsonNode component : status.path("components")) {
            long memory = component.path("memoryBytes").asLong();
            total += memory;
            rows.add(List.of(
                    component.path("name").asText(),
                    component.path("role").asText(),
                    component.path("pid").asLong() == 0
                            ? "-"
                            : component.path("pid").asText(),
                    component.path("address").asText(),
                    component.path("state").asText(),
                    component.path("ready").asBoolean() ? "yes" : "no",
                    component.path("leader").asBoolean() ? "yes" : "",
                    component.path("restarts").asText(),
                    component.path("version").asText(),
                    (memory >> 20) + "Mi"));
        }
        OutputOption.table(rows);
        for (JsonNode component : status.path("components")) {
            String reasons = Reasons.of(component);
            if (!reasons.isEmpty()) {
                System.out.println(component.path("name").asText() + " is not ready: " + reasons);
            }
        }
        System.out.println("memory in all (proportional): " + (total >> 20) + "Mi");
        return 0;
    }
}
