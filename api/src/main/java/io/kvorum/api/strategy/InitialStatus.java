package io.kvorum.api.strategy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;

/** The status each kind is born with: upstream's zero value, in which fields that are never left out appear. */
final class InitialStatus {
    private InitialStatus() {}

    static ObjectNode of(ResourceInfo resource) {
        ObjectNode status = Tree.newObject();
        switch (resource.group() + "/" + resource.kind()) {
            case "/ReplicationController", "apps/ReplicaSet" -> status.put("replicas", 0);
            case "apps/StatefulSet" -> status.put("availableReplicas", 0).put("replicas", 0);
            case "apps/DaemonSet" ->
                status.put("currentNumberScheduled", 0)
                        .put("desiredNumberScheduled", 0)
                        .put("numberMisscheduled", 0)
                        .put("numberReady", 0);
            case "autoscaling/HorizontalPodAutoscaler" -> {
                if (resource.version().equals("v1")) {
                    status.put("currentReplicas", 0);
                } else {
                    status.putNull("currentMetrics");
                }
                status.put("desiredReplicas", 0);
            }
            case "policy/PodDisruptionBudget" ->
                status.put("currentHealthy", 0)
                        .put("desiredHealthy", 0)
                        .put("disruptionsAllowed", 0)
                        .put("expectedPods", 0);
            case "storage.k8s.io/VolumeAttachment" -> status.put("attached", false);
            case "gateway.networking.k8s.io/GatewayClass" -> waiting(status, "Accepted");
            case "gateway.networking.k8s.io/Gateway" -> waiting(status, "Accepted", "Programmed");
            case "gateway.networking.k8s.io/HTTPRoute" -> status.putArray("parents");
            case "/Service", "networking.k8s.io/Ingress" -> status.putObject("loadBalancer");
            case "/PersistentVolume", "/PersistentVolumeClaim", "/Pod" -> status.put("phase", "Pending");
            case "/Namespace" -> status.put("phase", "Active");
            case "apiextensions.k8s.io/CustomResourceDefinition" -> {
                status.putObject("acceptedNames").put("kind", "").put("plural", "");
                status.putNull("conditions");
                status.putArray("storedVersions");
            }
            default -> {
                // All fields may be left out.
            }
        }
        return status;
    }

    /** The conditions that wait for a controller, as the Gateway API's definitions default them. */
    private static void waiting(ObjectNode status, String... types) {
        for (String type : types) {
            Tree.ensureArray(status, "conditions")
                    .addObject()
                    .put("lastTransitionTime", "1970-01-01T00:00:00Z")
                    .put("message", "Waiting for controller")
                    .put("reason", "Pending")
                    .put("status", "Unknown")
                    .put("type", type);
        }
    }
}
