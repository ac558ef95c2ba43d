package io.kvorum.api.strategy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.QosClass;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import org.jspecify.annotations.Nullable;

/** Pods are born pending with their quality of service, and are given time to end. */
final class PodStrategy extends GenericStrategy {
    PodStrategy(ResourceInfo resource) {
        super(resource);
    }

    @Override
    public void prepareForCreate(ObjectNode pod) {
        super.prepareForCreate(pod);
        MatchLabelKeys.apply(pod);
    }

    @Override
    ObjectNode initialStatus(ObjectNode pod) {
        ObjectNode status = super.initialStatus(pod);
        if (!Tree.items(pod, "spec", "schedulingGates").isEmpty()) {
            ObjectNode condition = Tree.ensureArray(status, "conditions").addObject();
            condition.put("type", "PodScheduled");
            condition.put("status", "False");
            condition.putNull("lastProbeTime");
            condition.putNull("lastTransitionTime");
            condition.put("reason", "SchedulingGated");
            condition.put("message", "Scheduling is blocked due to non-empty scheduling gates");
        }
        status.put("qosClass", QosClass.of(pod));
        return status;
    }

    @Override
    public void prepareStatusUpdate(ObjectNode old, ObjectNode next) {
        super.prepareStatusUpdate(old, next);
        String qosClass = Tree.text(old, "status", "qosClass");
        if (!qosClass.isEmpty() && next.path("status") instanceof ObjectNode status) {
            // The class is fixed at birth; a writer of status may leave it out.
            Tree.setDefaultIfEmpty(status, "qosClass", qosClass);
        }
    }

    @Override
    public void preparePartUpdate(String subresource, ObjectNode old, ObjectNode next) {
        if (subresource.equals("resize")) {
            PodParts.resize(old, next);
        } else {
            PodParts.ephemeralContainers(old, next);
        }
        PodParts.count(old, next);
    }

    @Override
    public long deletionGraceSeconds(ObjectNode pod, @Nullable Long requested) {
        String phase = Tree.text(pod, "status", "phase");
        boolean ended = phase.equals("Failed") || phase.equals("Succeeded");
        if (Tree.text(pod, "spec", "nodeName").isEmpty() || ended) {
            // No kubelet has anything left to stop.
            return 0;
        }
        long grace = requested != null ? requested : Tree.number(pod, "spec", "terminationGracePeriodSeconds");
        return grace < 0 ? 1 : grace;
    }
}
