package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of Node, Namespace, LimitRange and Event. */
final class ClusterValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");

    private ClusterValidation() {}

    static final KindValidation NAMESPACE = (namespace, options, errors) -> {
        List<String> finalizers = Tree.texts(namespace, "spec", "finalizers");
        for (int i = 0; i < finalizers.size(); i++) {
            String name = finalizers.get(i);
            FieldPath at = SPEC.child("finalizers");
            errors.invalidEach(at, name, ObjectNames.qualifiedName(name));
            if (!name.contains("/") && !name.equals("kubernetes")) {
                errors.invalid(at, name, "name is neither a standard finalizer name nor is it fully qualified");
            }
        }
    };

    static final KindValidation NODE = new KindValidation() {
        @Override
        public void create(ObjectNode node, ValidationOptions options, FieldErrors errors) {
            JsonNode spec = node.path("spec");
            SchedulingValidation.taints(Tree.items(spec, "taints"), SPEC.child("taints"), errors);
            cidrs(spec, errors);
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            ObjectNode before = Tree.object(old, "spec").deepCopy();
            ObjectNode after = Tree.object(next, "spec").deepCopy();
            if (!Tree.items(before, "podCIDRs").isEmpty()) {
                if (!Tree.semanticallyEqual(before.get("podCIDRs"), after.get("podCIDRs"))) {
                    errors.forbidden(
                            SPEC.child("podCIDRs"), "node updates may not change podCIDR except from \"\" to valid");
                }
            } else {
                cidrs(after, errors);
            }
            if (!Tree.text(before, "providerID").isEmpty()
                    && !Tree.text(before, "providerID").equals(Tree.text(after, "providerID"))) {
                errors.forbidden(
                        SPEC.child("providerID"), "node updates may not change providerID except from \"\" to valid");
            }
            SchedulingValidation.taints(Tree.items(after, "taints"), SPEC.child("taints"), errors);
            for (String mutable :
                    List.of("taints", "unschedulable", "podCIDR", "podCIDRs", "providerID", "configSource")) {
                before.remove(mutable);
                after.remove(mutable);
            }
            if (!Tree.semanticallyEqual(before, after)) {
                errors.forbidden(
                        SPEC,
                        "node updates may only change labels, taints, or capacity (or configSource, if the"
                                + " DynamicKubeletConfig feature gate is enabled)");
            }
        }

        @Override
        public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            FieldPath status = FieldPath.of("status");
            for (String list : List.of("capacity", "allocatable")) {
                ResourceListValidation.amounts(Tree.at(next, "status", list), status.child(list), errors);
            }
            Set<String> seen = new HashSet<>();
            List<JsonNode> addresses = Tree.items(next, "status", "addresses");
            for (int i = 0; i < addresses.size(); i++) {
                if (!seen.add(addresses.get(i).toString())) {
                    errors.duplicate(status.child("addresses").index(i), addresses.get(i));
                }
            }
        }
    };

    private static void cidrs(JsonNode spec, FieldErrors errors) {
        List<String> cidrs = Tree.texts(spec, "podCIDRs");
        for (int i = 0; i < cidrs.size(); i++) {
            if (!Rules.isBlock(cidrs.get(i))) {
                errors.invalid(
                        SPEC.child("podCIDRs").index(i),
                        cidrs.get(i),
                        "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
            }
        }
    }

    static final KindValidation QUOTA = new QuotaValidation();

    static final KindValidation LIMIT_RANGE = (range, options, errors) -> {
        Set<String> types = new HashSet<>();
        List<JsonNode> limits = Tree.items(range, "spec", "limits");
        for (int i = 0; i < limits.size(); i++) {
            JsonNode limit = limits.get(i);
            FieldPath at = SPEC.child("limits").index(i);
            String type = Tree.text(limit, "type");
            if (!List.of("Pod", "Container", "PersistentVolumeClaim").contains(type)) {
                errors.invalidEach(at.child("type"), type, ObjectNames.qualifiedName(type));
            }
            if (!types.add(type)) {
                errors.duplicate(at.child("type"), type);
            }
            if (type.equals("Pod")) {
                for (String list : List.of("default", "defaultRequest")) {
                    if (!limit.path(list).isEmpty()) {
                        errors.forbidden(at.child(list), "may not be specified when `type` is 'Pod'");
                    }
                }
            }
            ordered(limit, at, "min", "max", "min value %s is greater than max value %s", errors);
            ordered(
                    limit,
                    at,
                    "defaultRequest",
                    "default",
                    "default request value %s is greater than default limit value %s",
                    errors);
        }
    };

    private static void ordered(
            JsonNode limit, FieldPath at, String low, String high, String message, FieldErrors errors) {
        for (Map.Entry<String, JsonNode> entry : limit.path(low).properties()) {
            FieldPath path = at.child(low).key(entry.getKey());
            Quantity least = Rules.quantity(entry.getValue(), path, errors);
            JsonNode other = Tree.at(limit, high, entry.getKey());
            if (least == null || other.isMissingNode()) {
                continue;
            }
            Quantity most = Rules.quantity(other, at.child(high).key(entry.getKey()), errors);
            if (most != null && least.compareTo(most) > 0) {
                errors.invalid(path, least.toString(), String.format(message, least, most));
            }
        }
    }
}
