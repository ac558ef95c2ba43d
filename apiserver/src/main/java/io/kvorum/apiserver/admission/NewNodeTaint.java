package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.vertx.core.Future;

/**
 * A new node takes no pods until the node lifecycle controller has seen it, whose conditions then say which taints it has;
 * upstream's plugin TaintNodesByCondition.
 */
public final class NewNodeTaint implements Admission {
    private static final String KEY = "node.kubernetes.io/not-ready";
    private static final String EFFECT = "NoSchedule";

    @Override
    public Future<Void> mutate(Attempt attempt) {
        ObjectNode node = attempt.object();
        boolean creation = attempt.operation() == Operation.CREATE
                && attempt.info().group().isEmpty()
                && attempt.info().resource().equals("nodes")
                && attempt.subresource().isEmpty();
        if (node != null && creation) {
            taint(Tree.ensureObject(node, "spec"));
        }
        return Future.succeededFuture();
    }

    private static void taint(ObjectNode spec) {
        for (JsonNode taint : Tree.items(spec, "taints")) {
            if (Tree.text(taint, "key").equals(KEY)
                    && Tree.text(taint, "effect").equals(EFFECT)) {
                return;
            }
        }
        Tree.ensureArray(spec, "taints").addObject().put("key", KEY).put("effect", EFFECT);
    }
}
