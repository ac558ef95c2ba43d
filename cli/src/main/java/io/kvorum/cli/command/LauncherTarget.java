package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.faults.ControlSocket;
import io.kvorum.faults.Fault;
import io.kvorum.faults.FaultException;
import io.kvorum.faults.Member;
import io.kvorum.faults.Topology;
import io.kvorum.faults.plan.PlanTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A cluster as a plan sees it, through its launcher. */
final class LauncherTarget implements PlanTarget {
    private final ClusterOption cluster;

    LauncherTarget(ClusterOption cluster) {
        this.cluster = cluster;
    }

    private ObjectNode ask(ObjectNode request) {
        try {
            return cluster.ask(request, FaultCommand.TIMEOUT);
        } catch (CommandFailure e) {
            throw new FaultException(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Injected inject(Fault fault, Duration duration) {
        ObjectNode request = ControlSocket.request("fault.add").put("forMillis", duration.toMillis());
        ArrayNode words = request.putArray("words");
        fault.words().forEach(words::add);
        ObjectNode reply = ask(request);
        return new Injected(reply.path("id").asText(), reply.path("resolved").asText());
    }

    @Override
    public void heal(String id) {
        ObjectNode unused = ask(ControlSocket.request("fault.heal").put("id", id));
    }

    private JsonNode members() {
        return ask(ControlSocket.request("fault.topology")).path("members");
    }

    @Override
    public Topology topology() {
        List<Member> members = new ArrayList<>();
        for (JsonNode member : members()) {
            members.add(new Member(
                    member.path("name").asText(),
                    member.path("role").asText(),
                    member.path("node").asText(),
                    member.path("address").asText(),
                    member.path("leader").asBoolean(),
                    member.path("process").asBoolean()));
        }
        return new Topology(members);
    }

    @Override
    public Set<String> ready() {
        Set<String> names = new HashSet<>();
        for (JsonNode member : members()) {
            if (member.path("ready").asBoolean()) {
                names.add(member.path("name").asText());
            }
        }
        return names;
    }

    @Override
    public List<String> active() {
        List<String> ids = new ArrayList<>();
        ask(ControlSocket.request("fault.list"))
                .path("faults")
                .forEach(fault -> ids.add(fault.path("id").asText()));
        return ids;
    }
}
