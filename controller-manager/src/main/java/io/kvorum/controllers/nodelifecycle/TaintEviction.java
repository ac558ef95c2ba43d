package io.kvorum.controllers.nodelifecycle;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import io.kvorum.controllers.loop.Timestamps;
import io.kvorum.controllers.pods.NodeFit;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Computes when a pod must leave a node with NoExecute taints. */
final class TaintEviction {
    private TaintEviction() {}

    /**
     * @param taints those of the pod's node
     * @param tolerations the pod's
     * @param boundAt when the pod came to the node; its time of tolerance does not begin before
     * @return null when it may stay; {@link Instant#EPOCH} when it must go at once
     */
    static @Nullable Instant deadline(List<Taint> taints, List<Toleration> tolerations, Instant boundAt) {
        Instant since = boundAt;
        @Nullable Long seconds = null;
        boolean tainted = false;
        for (Taint taint : taints) {
            if (!NodeTaints.NO_EXECUTE.equals(taint.getEffect())) {
                continue;
            }
            tainted = true;
            boolean tolerated = false;
            for (Toleration each : tolerations) {
                if (NodeFit.tolerates(each, taint)) {
                    tolerated = true;
                    if (each.getTolerationSeconds() != null) {
                        long limit = Math.max(0, each.getTolerationSeconds());
                        seconds = seconds == null ? limit : Math.min(seconds, limit);
                    }
                }
            }
            if (!tolerated) {
                return Instant.EPOCH;
            }
            Instant added = Timestamps.parse(taint.getTimeAdded());
            since = added.isAfter(since) ? added : since;
        }
        return !tainted || seconds == null ? null : since.plusSeconds(seconds);
    }

    /** When the pod came to its node, as far as it tells. */
    static Instant boundAt(Pod pod) {
        Instant created = Timestamps.parse(pod.getMetadata().getCreationTimestamp());
        Instant started = pod.getStatus() == null
                ? Instant.EPOCH
                : Timestamps.parse(pod.getStatus().getStartTime());
        return started.isAfter(created) ? started : created;
    }
}
