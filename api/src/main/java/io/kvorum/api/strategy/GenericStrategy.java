package io.kvorum.api.strategy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What most resources do; the special ones override parts. */
class GenericStrategy implements Strategy {
    /** Kinds whose objects carry a generation, as observed of 1.36. */
    private static final Set<String> WITH_GENERATION = Set.of(
            "/Pod",
            "/ReplicationController",
            "/PodTemplate",
            "apps/Deployment",
            "apps/ReplicaSet",
            "apps/StatefulSet",
            "apps/DaemonSet",
            "batch/Job",
            "batch/CronJob",
            "policy/PodDisruptionBudget",
            "networking.k8s.io/Ingress",
            "networking.k8s.io/NetworkPolicy",
            "networking.k8s.io/IngressClass",
            "gateway.networking.k8s.io/GatewayClass",
            "gateway.networking.k8s.io/Gateway",
            "gateway.networking.k8s.io/HTTPRoute",
            "gateway.networking.k8s.io/ReferenceGrant",
            "scheduling.k8s.io/PriorityClass",
            "resource.k8s.io/DeviceClass",
            "resource.k8s.io/ResourceSlice",
            "discovery.k8s.io/EndpointSlice",
            "flowcontrol.apiserver.k8s.io/FlowSchema",
            "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration",
            "apiextensions.k8s.io/CustomResourceDefinition",
            "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
            "admissionregistration.k8s.io/MutatingWebhookConfiguration",
            "admissionregistration.k8s.io/ValidatingAdmissionPolicy",
            "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
            "admissionregistration.k8s.io/MutatingAdmissionPolicy",
            "admissionregistration.k8s.io/MutatingAdmissionPolicyBinding");

    private static final Set<String> CREATE_ON_UPDATE = Set.of(
            "/Endpoints",
            "/LimitRange",
            "/Event",
            "coordination.k8s.io/Lease",
            "events.k8s.io/Event",
            "/Service",
            "node.k8s.io/RuntimeClass",
            "rbac.authorization.k8s.io/Role",
            "rbac.authorization.k8s.io/RoleBinding",
            "rbac.authorization.k8s.io/ClusterRole",
            "rbac.authorization.k8s.io/ClusterRoleBinding");

    private static final Set<String> NO_UNCONDITIONAL_UPDATE = Set.of(
            "coordination.k8s.io/Lease",
            "networking.k8s.io/IPAddress",
            "gateway.networking.k8s.io/GatewayClass",
            "gateway.networking.k8s.io/Gateway",
            "gateway.networking.k8s.io/HTTPRoute",
            "gateway.networking.k8s.io/ReferenceGrant",
            "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
            "admissionregistration.k8s.io/MutatingWebhookConfiguration",
            "admissionregistration.k8s.io/ValidatingAdmissionPolicy",
            "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
            "apiextensions.k8s.io/CustomResourceDefinition",
            "apiregistration.k8s.io/APIService");

    /** Fields beside metadata and status that do not count as content. */
    private static final Set<String> ENVELOPE = Set.of("apiVersion", "kind", "metadata", "status");

    final ResourceInfo resource;
    private final String key;

    GenericStrategy(ResourceInfo resource) {
        this.resource = resource;
        this.key = resource.group() + "/" + resource.kind();
    }

    boolean hasStatus() {
        return resource.subresources().stream()
                .anyMatch(subresource -> subresource.name().equals("status"));
    }

    @Override
    public void prepareForCreate(ObjectNode object) {
        if (hasStatus()) {
            object.set("status", initialStatus(object));
        }
        if (hasGeneration()) {
            Tree.ensureObject(object, "metadata").put("generation", 1);
        } else {
            Tree.ensureObject(object, "metadata").remove("generation");
        }
    }

    /** The status of a new object. */
    ObjectNode initialStatus(ObjectNode object) {
        return InitialStatus.of(resource);
    }

    @Override
    public void prepareForUpdate(ObjectNode old, ObjectNode next) {
        if (hasStatus()) {
            copyField(old, next, "status");
        }
        if (!hasGeneration()) {
            copyMeta(old, next, "generation");
            return;
        }
        long generation = Tree.number(old, "metadata", "generation");
        ObjectNode metadata = Tree.ensureObject(next, "metadata");
        if (contentDiffers(old, next)) {
            metadata.put("generation", generation + 1);
        } else if (generation != 0) {
            metadata.put("generation", generation);
        }
    }

    /** Whether anything differs that the generation counts: all but metadata and status. */
    boolean contentDiffers(ObjectNode old, ObjectNode next) {
        for (ObjectNode side : List.of(old, next)) {
            for (Map.Entry<String, JsonNode> entry : side.properties()) {
                String field = entry.getKey();
                if (!ENVELOPE.contains(field) && !Tree.semanticallyEqual(old.get(field), next.get(field))) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public void prepareStatusUpdate(ObjectNode old, ObjectNode next) {
        List<String> fields = new ArrayList<>();
        next.fieldNames().forEachRemaining(fields::add);
        old.fieldNames().forEachRemaining(fields::add);
        for (String field : fields) {
            if (!ENVELOPE.contains(field)) {
                copyField(old, next, field);
            }
        }
        // Upstream keeps deletion, owners and the generation from a status writer; labels differ from kind to kind.
        for (String field : List.of(
                "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "ownerReferences", "finalizers")) {
            copyMeta(old, next, field);
        }
        if (statusUpdateKeepsLabels()) {
            copyMeta(old, next, "labels");
        }
    }

    /** Whether a status update leaves the labels as they are. */
    boolean statusUpdateKeepsLabels() {
        return resource.group().equals("apps");
    }

    @Override
    public void canonicalize(ObjectNode object) {
        Tree.dropNulls(Tree.object(object, "metadata"));
        Tree.dropNulls(Tree.object(object, "spec"));
    }

    @Override
    public boolean hasGeneration() {
        return WITH_GENERATION.contains(key);
    }

    @Override
    public boolean allowCreateOnUpdate() {
        return CREATE_ON_UPDATE.contains(key);
    }

    @Override
    public boolean allowUnconditionalUpdate() {
        return !NO_UNCONDITIONAL_UPDATE.contains(key);
    }

    @Override
    public long deletionGraceSeconds(ObjectNode object, @Nullable Long requested) {
        return 0;
    }

    static void copyField(ObjectNode from, ObjectNode to, String field) {
        JsonNode value = from.get(field);
        if (value == null) {
            to.remove(field);
        } else {
            to.set(field, value.deepCopy());
        }
    }

    static void copyMeta(ObjectNode from, ObjectNode to, String field) {
        copyField(Tree.object(from, "metadata"), Tree.ensureObject(to, "metadata"), field);
    }
}
