package io.kvorum.cli.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** Nodes that come, go, are ready or not, cordoned or not. */
final class NodeHistory extends ObjectHistory<NodeHistory.Node> {
    record Node(String lane, String ready, String why, boolean cordoned) {}

    @Override
    String path() {
        return "/api/v1/nodes";
    }

    @Override
    Node state(JsonNode object) {
        return new Node(
                lane("node", object),
                condition(object, "Ready"),
                condition(object, "Ready", "reason"),
                object.at("/spec/unschedulable").asBoolean());
    }

    @Override
    void changed(@Nullable Node before, Node now, Teller teller) {
        if (before == null) {
            teller.tell(event("node", "NodeAdded", now.lane, "added"));
        }
        if (!now.ready.equals(before == null ? "" : before.ready) && !now.ready.isEmpty()) {
            boolean ready = now.ready.equals("True");
            if (ready || before != null) {
                teller.tell(event(
                                "node",
                                ready ? "NodeReady" : "NodeNotReady",
                                now.lane,
                                ready ? "Ready" : "not Ready (" + now.ready + "): " + now.why)
                        .asWarning(!ready));
            }
        }
        boolean was = before != null && before.cordoned;
        if (now.cordoned != was) {
            teller.tell(event(
                    "node",
                    now.cordoned ? "NodeCordoned" : "NodeUncordoned",
                    now.lane,
                    now.cordoned ? "cordoned" : "uncordoned"));
        }
    }

    @Override
    void gone(Node last, Teller teller) {
        teller.tell(event("node", "NodeDeleted", last.lane, "deleted").asWarning(true));
    }
}
