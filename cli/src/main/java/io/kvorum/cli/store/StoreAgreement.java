package io.kvorum.cli.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.Instance;
import io.kvorum.faults.ControlSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Checks a running store: the files of each member, and that all have the same content at the same revision. */
public final class StoreAgreement {
    private static final Duration TIMEOUT = Duration.ofSeconds(100);
    private static final int ATTEMPTS = 5;

    private final StoreMembers members;

    public StoreAgreement(StoreMembers members) {
        this.members = members;
    }

    /** Returns {@code {"members":[{"name","lastIndex","bytes","contentHash","problem"}],"compared","equal","ok"}}. */
    public ObjectNode check() {
        ObjectNode answer = new ObjectMapper().createObjectNode();
        ArrayNode list = answer.putArray("members");
        boolean well = true;
        Map<Instance, ObjectNode> answering = new LinkedHashMap<>();
        for (Instance member : members.instances()) {
            try {
                for (JsonNode found : members.ask(member, ControlSocket.request("store.check"), TIMEOUT)
                        .path("members")) {
                    list.add(found);
                    well &= !found.has("problem");
                    if (found.path("name").asText().equals(member.name())) {
                        answering.put(member, (ObjectNode) found);
                    }
                }
            } catch (IOException e) {
                well = false;
                list.addObject().put("name", member.name()).put("problem", e.getMessage());
            }
        }
        return compare(answer, answering, well);
    }

    private ObjectNode compare(ObjectNode answer, Map<Instance, ObjectNode> answering, boolean well) {
        if (answering.size() < 2) {
            String reason = members.instances().size() < 2
                    ? "one process holds all members"
                    : "fewer than two processes answer";
            return answer.put("compared", false)
                    .put("reason", reason)
                    .put("equal", true)
                    .put("ok", well);
        }
        String reason = "";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                Map<Instance, String> hashes = hashes(answering);
                answering.forEach((member, found) -> found.put("contentHash", hashes.get(member)));
                boolean equal = hashes.values().stream().distinct().count() == 1;
                return answer.put("compared", true).put("equal", equal).put("ok", well && equal);
            } catch (IOException e) {
                reason = String.valueOf(e.getMessage()); // compacted meanwhile, most likely: at a newer revision then
            }
        }
        return answer.put("compared", false)
                .put("reason", reason)
                .put("equal", true)
                .put("ok", false);
    }

    /** The hash of each at the newest revision that all have. */
    private Map<Instance, String> hashes(Map<Instance, ObjectNode> answering) throws IOException {
        long revision = Long.MAX_VALUE;
        for (Instance member : answering.keySet()) {
            revision =
                    Math.min(revision, members.status(member).path("revision").asLong());
        }
        Map<Instance, String> hashes = new LinkedHashMap<>();
        for (Instance member : answering.keySet()) {
            ObjectNode asked = ControlSocket.request("store.hash").put("revision", revision);
            hashes.put(
                    member,
                    members.ask(member, asked, TIMEOUT).path("contentHash").asText());
        }
        return hashes;
    }
}
