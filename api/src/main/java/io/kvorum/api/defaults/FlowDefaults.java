package io.kvorum.api.defaults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;

/** Defaults of flow control. */
final class FlowDefaults {
    private FlowDefaults() {}

    static void apply(String kind, ObjectNode object) {
        ObjectNode spec = Tree.ensureObject(object, "spec");
        if (kind.equals("FlowSchema")) {
            if (Tree.number(spec, "matchingPrecedence") == 0) {
                spec.put("matchingPrecedence", 1000);
            }
            return;
        }
        if (kind.equals("PriorityLevelConfiguration")) {
            level(spec);
        }
    }

    private static void level(ObjectNode spec) {
        if (spec.get("exempt") instanceof ObjectNode exempt) {
            Tree.setDefault(exempt, "nominalConcurrencyShares", 0);
            Tree.setDefault(exempt, "lendablePercent", 0);
        }
        if (spec.get("limited") instanceof ObjectNode limited) {
            Tree.setDefault(limited, "nominalConcurrencyShares", 30);
            Tree.setDefault(limited, "lendablePercent", 0);
            if (Tree.at(limited, "limitResponse", "queuing") instanceof ObjectNode queuing) {
                zero(queuing, "queues", 64);
                zero(queuing, "handSize", 8);
                zero(queuing, "queueLengthLimit", 50);
            }
        }
    }

    private static void zero(ObjectNode node, String field, int value) {
        if (Tree.number(node, field) == 0) {
            node.put(field, value);
        }
    }
}
