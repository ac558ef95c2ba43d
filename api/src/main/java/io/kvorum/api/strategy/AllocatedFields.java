package io.kvorum.api.strategy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ServicePorts;
import io.kvorum.api.Tree;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What an update of a Service that does not name its addresses and ports means by that: to keep what was allocated. */
final class AllocatedFields {
    private static final String ADDRESS = "clusterIP";
    private static final String ADDRESSES = "clusterIPs";
    private static final String NODE_PORT = "nodePort";
    private static final String HEALTH_PORT = "healthCheckNodePort";

    private AllocatedFields() {}

    /**
     * @param before the spec as it is
     * @param after the spec wanted; changed in place
     */
    static void carryOver(ObjectNode before, ObjectNode after) {
        if (hasAddress(before) && hasAddress(after)) {
            keepAddresses(before, after);
        }
        if (ServicePorts.onNodes(before) && ServicePorts.onNodes(after)) {
            keepNodePorts(before, after);
        }
        if (ServicePorts.forHealthChecks(before)
                && ServicePorts.forHealthChecks(after)
                && Tree.number(after, HEALTH_PORT) == 0) {
            copyHealthPort(before, after);
        }
        agree(before, after);
    }

    private static boolean hasAddress(ObjectNode spec) {
        return !Tree.text(spec, "type").equals("ExternalName");
    }

    private static void copyHealthPort(ObjectNode before, ObjectNode after) {
        if (Tree.number(before, HEALTH_PORT) != 0) {
            after.set(HEALTH_PORT, before.get(HEALTH_PORT));
        }
    }

    /** Takes away the port of health checks where it means nothing any more, unless the update names another. */
    static void dropHealthPort(ObjectNode before, ObjectNode after) {
        if (ServicePorts.forHealthChecks(before)
                && !ServicePorts.forHealthChecks(after)
                && Tree.number(before, HEALTH_PORT) == Tree.number(after, HEALTH_PORT)) {
            after.remove(HEALTH_PORT);
        }
    }

    private static void keepAddresses(ObjectNode before, ObjectNode after) {
        if (Tree.text(after, ADDRESS).isEmpty() && before.hasNonNull(ADDRESS)) {
            after.set(ADDRESS, before.get(ADDRESS));
        }
        boolean same = Tree.text(after, ADDRESS).equals(Tree.text(before, ADDRESS));
        if (same && Tree.items(after, ADDRESSES).isEmpty() && before.hasNonNull(ADDRESSES)) {
            after.set(ADDRESSES, before.get(ADDRESSES).deepCopy());
        }
    }

    /** By the names of the ports, of which one may be empty; a number that is named for another port is not given twice. */
    private static void keepNodePorts(ObjectNode before, ObjectNode after) {
        Set<Long> taken = nodePorts(after);
        taken.retainAll(nodePorts(before));
        Map<String, Long> known = new HashMap<>();
        for (JsonNode port : Tree.items(before, "ports")) {
            known.put(Tree.text(port, "name"), Tree.number(port, NODE_PORT));
        }
        for (ObjectNode port : Tree.objects(after, "ports")) {
            long old = known.getOrDefault(Tree.text(port, "name"), 0L);
            if (Tree.number(port, NODE_PORT) == 0 && old != 0 && !taken.contains(old)) {
                port.put(NODE_PORT, old);
            }
        }
    }

    private static Set<Long> nodePorts(ObjectNode spec) {
        Set<Long> numbers = new HashSet<>();
        for (JsonNode port : Tree.items(spec, "ports")) {
            if (Tree.number(port, NODE_PORT) != 0) {
                numbers.add(Tree.number(port, NODE_PORT));
            }
        }
        return numbers;
    }

    /** A client that knows of one address only, and changes or clears it, speaks for the list of addresses too. */
    private static void agree(ObjectNode before, ObjectNode after) {
        String old = Tree.text(before, ADDRESS);
        String wanted = Tree.text(after, ADDRESS);
        List<String> list = Tree.texts(after, ADDRESSES);
        if (old.equals(wanted)) {
            if (list.isEmpty() && before.hasNonNull(ADDRESSES)) {
                after.set(ADDRESSES, before.get(ADDRESSES).deepCopy());
            }
        } else if (list.equals(Tree.texts(before, ADDRESSES))) {
            after.remove(ADDRESSES);
            if (!wanted.isEmpty()) {
                Tree.ensureArray(after, ADDRESSES).add(wanted);
            }
        }
    }
}
