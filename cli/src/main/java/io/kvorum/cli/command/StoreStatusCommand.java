package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.AddressPlan;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.Instance;
import io.kvorum.cli.store.StoreMembers;
import io.kvorum.faults.ControlSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kvorum store status}: every member as it sees itself. */
@Command(name = "status", description = "Show every member: leader, term, revision, size; and the periodic backups.")
final class StoreStatusCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Mixin
    OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException {
        boolean json = output.json();
        ObjectNode backups = cluster.ask(ControlSocket.request("backup.status"), TIMEOUT);
        backups.remove("ok");
        ObjectNode status = new ObjectMapper().createObjectNode().put("name", cluster.name);
        ArrayNode members = status.putArray("members");
        StoreMembers store = StoreMembers.of(ClusterSpec.read(cluster.folder().spec()), cluster.folder());
        for (Instance member : store.instances()) {
            members.add(describe(store, member));
        }
        status.set("backups", backups);
        if (json) {
            OutputOption.print(status);
        } else {
            print(status);
        }
        return 0;
    }

    /** A member that does not answer is listed with the reason. */
    private static ObjectNode describe(StoreMembers store, Instance member) {
        ObjectNode found = new ObjectMapper()
                .createObjectNode()
                .put("name", member.name())
                .put("busEndpoint", member.address() + ":" + AddressPlan.BUS_PORT);
        try {
            ObjectNode said = store.status(member);
            found.put("leader", said.path("isLeader").asBoolean())
                    .put("leaderName", said.path("leader").textValue());
            for (String number :
                    List.of("term", "revision", "compactRevision", "keys", "commitIndex", "appliedIndex", "dbBytes")) {
                found.set(number, said.path(number));
            }
            found.set("clusterId", said.path("clusterId"));
            if (said.has("clientEndpoint")) {
                found.set("clientEndpoint", said.path("clientEndpoint"));
            }
        } catch (IOException e) {
            found.put("leader", false).put("problem", e.getMessage());
        }
        return found;
    }

    private static void print(JsonNode status) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NAME", "ENDPOINT", "LEADER", "TERM", "REVISION", "COMPACTED", "KEYS", "SIZE"));
        for (JsonNode member : status.path("members")) {
            boolean answers = !member.has("problem");
            rows.add(List.of(
                    member.path("name").asText(),
                    member.path(member.has("clientEndpoint") ? "clientEndpoint" : "busEndpoint")
                            .asText(),
                    member.path("leader").asBoolean() ? "yes" : "",
                    answers ? member.path("term").asText() : "-",
                    answers ? member.path("revision").asText() : "-",
                    answers ? member.path("compactRevision").asText() : "-",
                    answers ? member.path("keys").asText() : "-",
                    answers
                            ? (member.path("dbBytes").asLong() >> 10) + "Ki"
                            : member.path("problem").asText()));
        }
        OutputOption.table(rows);
        JsonNode backups = status.path("backups");
        if (backups.path("everySeconds").asLong() == 0) {
            System.out.println("periodic backups: none; kvorum up --backup-every 10m makes them");
            return;
        }
        System.out.println(
                "periodic backups: every " + backups.path("everySeconds").asText() + " s, the newest "
                        + backups.path("keep").asText() + " kept in "
                        + backups.path("folder").asText() + ", next at "
                        + backups.path("next").asText());
        if (backups.has("failure")) {
            System.out.println(
                    "the last backup failed at " + backups.path("failedAt").asText() + ": "
                            + backups.path("failure").asText());
        }
    }
}
