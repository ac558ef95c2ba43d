package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.vertx.core.Future;
import java.time.Duration;

/** Pods outlive a node that is not ready or unreachable for a while, unless they say otherwise. */
public final class DefaultTolerationSeconds extends PodAdmission {
    private final Duration notReady;
    private final Duration unreachable;

    public DefaultTolerationSeconds(Duration notReady, Duration unreachable) {
        this.notReady = notReady;
        this.unreachable = unreachable;
    }

    @Override
    Future<Void> mutatePod(Attempt attempt, ObjectNode pod) {
        complete(pod);
        return Future.succeededFuture();
    }

    @Override
    void updatePod(ObjectNode old, ObjectNode pod) {
        complete(pod);
    }

    private void complete(ObjectNode pod) {
        ObjectNode spec = Tree.ensureObject(pod, "spec");
        addUnlessTolerated(spec, "node.kubernetes.io/not-ready", notReady);
        addUnlessTolerated(spec, "node.kubernetes.io/unreachable", unreachable);
    }

    private static void addUnlessTolerated(ObjectNode spec, String key, Duration seconds) {
        for (JsonNode toleration : Tree.items(spec, "tolerations")) {
            String itsKey = Tree.text(toleration, "key");
            String effect = Tree.text(toleration, "effect");
            if ((itsKey.isEmpty() || itsKey.equals(key)) && (effect.isEmpty() || effect.equals("NoExecute"))) {
                return;
            }
        }
        ObjectNode added = Tree.ensureArray(spec, "tolerations").addObject();
        added.put("key", key);
        added.put("operator", "Exists");
        added.put("effect", "NoExecute");
        added.put("tolerationSeconds", seconds.toSeconds());
    }
}
