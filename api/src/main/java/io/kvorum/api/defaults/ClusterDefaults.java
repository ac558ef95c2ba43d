package io.kvorum.api.defaults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.Locale;

/** Defaults of the groups that configure the cluster: rbac, coordination, scheduling, storage, extension. */
final class ClusterDefaults {
    private static final String RBAC = "rbac.authorization.k8s.io";

    private ClusterDefaults() {}

    static void apply(String kind, ObjectNode object) {
        switch (kind) {
            case "RoleBinding", "ClusterRoleBinding" -> binding(object);
            case "Role", "ClusterRole" -> {
                if (!object.has("rules")) {
                    object.putNull("rules");
                }
            }
            case "Lease" -> Tree.ensureObject(object, "spec");
            case "PriorityClass" -> Tree.setDefault(object, "preemptionPolicy", "PreemptLowerPriority");
            case "StorageClass" -> {
                Tree.setDefault(object, "reclaimPolicy", "Delete");
                Tree.setDefault(object, "volumeBindingMode", "Immediate");
            }
            case "CSIDriver" -> csiDriver(Tree.ensureObject(object, "spec"));
            case "CustomResourceDefinition" -> definition(Tree.ensureObject(object, "spec"));
            case "APIService" -> {
                if (Tree.at(object, "spec", "service") instanceof ObjectNode service) {
                    Tree.setDefault(service, "port", 443);
                }
            }
            case "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration" ->
                webhooks(object, kind.startsWith("Mutating"));
            case "ValidatingAdmissionPolicy", "MutatingAdmissionPolicy" -> {
                ObjectNode spec = Tree.ensureObject(object, "spec");
                Tree.setDefault(spec, "failurePolicy", "Fail");
                if (spec.get("matchConstraints") instanceof ObjectNode constraints) {
                    matchResources(constraints);
                }
            }
            case "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicyBinding" -> {
                if (Tree.at(object, "spec", "matchResources") instanceof ObjectNode constraints) {
                    matchResources(constraints);
                }
            }
            default -> {
                // No defaults.
            }
        }
    }

    private static void binding(ObjectNode binding) {
        ObjectNode role = Tree.ensureObject(binding, "roleRef");
        Tree.setDefaultIfEmpty(role, "apiGroup", RBAC);
        for (ObjectNode subject : Tree.objects(binding, "subjects")) {
            String kind = Tree.text(subject, "kind");
            if (kind.equals("User") || kind.equals("Group")) {
                Tree.setDefaultIfEmpty(subject, "apiGroup", RBAC);
            }
            PodDefaults.dropEmpty(subject, "apiGroup", "namespace");
        }
    }

    private static void csiDriver(ObjectNode spec) {
        Tree.setDefault(spec, "attachRequired", true);
        Tree.setDefault(spec, "podInfoOnMount", false);
        Tree.setDefault(spec, "storageCapacity", false);
        Tree.setDefault(spec, "fsGroupPolicy", "ReadWriteOnceWithFSType");
        if (Tree.items(spec, "volumeLifecycleModes").isEmpty()) {
            spec.putArray("volumeLifecycleModes").add("Persistent");
        }
        Tree.setDefault(spec, "requiresRepublish", false);
        Tree.setDefault(spec, "seLinuxMount", false);
    }

    private static void definition(ObjectNode spec) {
        Tree.setDefaultIfEmpty(Tree.ensureObject(spec, "conversion"), "strategy", "None");
        if (Tree.at(spec, "conversion", "webhook", "clientConfig", "service") instanceof ObjectNode service) {
            Tree.setDefault(service, "port", 443);
        }
        ObjectNode names = Tree.ensureObject(spec, "names");
        String kind = Tree.text(names, "kind");
        if (!kind.isEmpty()) {
            Tree.setDefaultIfEmpty(names, "singular", kind.toLowerCase(Locale.ROOT));
            Tree.setDefaultIfEmpty(names, "listKind", kind + "List");
        }
    }

    private static void webhooks(ObjectNode configuration, boolean mutating) {
        for (ObjectNode webhook : Tree.objects(configuration, "webhooks")) {
            Tree.setDefault(webhook, "failurePolicy", "Fail");
            Tree.setDefault(webhook, "matchPolicy", "Equivalent");
            Tree.ensureObject(webhook, "namespaceSelector");
            Tree.ensureObject(webhook, "objectSelector");
            Tree.setDefault(webhook, "timeoutSeconds", 10);
            if (mutating) {
                Tree.setDefault(webhook, "reinvocationPolicy", "Never");
            }
            for (ObjectNode rule : Tree.objects(webhook, "rules")) {
                Tree.setDefault(rule, "scope", "*");
            }
            if (Tree.at(webhook, "clientConfig", "service") instanceof ObjectNode service) {
                Tree.setDefault(service, "port", 443);
            }
        }
    }

    private static void matchResources(ObjectNode constraints) {
        Tree.setDefault(constraints, "matchPolicy", "Equivalent");
        Tree.ensureObject(constraints, "namespaceSelector");
        Tree.ensureObject(constraints, "objectSelector");
        for (String list : List.of("resourceRules", "excludeResourceRules")) {
            for (ObjectNode rule : Tree.objects(constraints, list)) {
                Tree.setDefault(rule, "scope", "*");
            }
        }
    }
}
