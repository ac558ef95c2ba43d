package io.kvorum.api.defaults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.custom.CustomObjects;

/**
 * Upstream's defaulting (observed of 1.36): puts what a decoded object leaves out, changing it in place. Nulls read as absent. Idempotent.
 * Fields set by admission (tolerations, priority) or at birth (status, uid, allocation) are not its business.
 */
public final class Defaults {
    private Defaults() {}

    public static void apply(ResourceInfo resource, ObjectNode object) {
        if (resource.custom() != null) {
            CustomObjects.setDefaults(resource.custom(), object);
            return;
        }
        Tree.dropNulls(object);
        Tree.ensureObject(object, "metadata");
        switch (resource.group()) {
            case "" -> CoreDefaults.apply(resource.kind(), object);
            case "apps" -> WorkloadDefaults.apps(resource.kind(), object);
            case "batch" -> WorkloadDefaults.batch(resource.kind(), object);
            case "autoscaling" -> AutoscalingDefaults.apply(resource, object);
            case "events.k8s.io" -> CoreDefaults.newEvent(object);
            case "discovery.k8s.io", "networking.k8s.io" -> NetworkDefaults.apply(resource.kind(), object);
            case "gateway.networking.k8s.io" -> GatewayDefaults.apply(resource.kind(), object);
            case "resource.k8s.io" -> DeviceDefaults.apply(resource.kind(), object);
            case "flowcontrol.apiserver.k8s.io" -> FlowDefaults.apply(resource.kind(), object);
            case "rbac.authorization.k8s.io",
                    "coordination.k8s.io",
                    "scheduling.k8s.io",
                    "storage.k8s.io",
                    "apiextensions.k8s.io",
                    "apiregistration.k8s.io",
                    "admissionregistration.k8s.io" -> ClusterDefaults.apply(resource.kind(), object);
            default -> {
                // policy, node, authentication: upstream has no defaults for them.
            }
        }
    }
}
