package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The rules of CSINodes, CSIStorageCapacities and classes of volume attributes, and what classes share. */
final class StorageValidation {
    private static final FieldPath DRIVERS = FieldPath.of("spec", "drivers");
    private static final FieldPath TOPOLOGY = FieldPath.of("nodeTopology");
    private static final FieldPath CLASS_NAME = FieldPath.of("storageClassName");
    private static final int MOST_NODE_ID = 192;
    private static final int MOST_PARAMETERS = 512;
    private static final int MOST_PARAMETER_BYTES = 256 * 1024;
    private static final int MOST_DRIVER_NAME = 63;

    private StorageValidation() {}

    /** Upstream's form of the name of a driver, of volumes or of devices. */
    static void driverName(String name, FieldPath path, FieldErrors errors) {
        if (name.isEmpty()) {
            errors.required(path);
            return;
        }
        if (MetaValidation.bytes(name) > MOST_DRIVER_NAME) {
            errors.tooLong(path, MOST_DRIVER_NAME);
        }
        errors.invalidEach(path, name, ObjectNames.dns1123Subdomain(name.toLowerCase(Locale.ROOT)));
    }

    /** The same of a driver of volumes, of which a missing name is malformed as well. */
    static void csiDriverName(String name, FieldPath path, FieldErrors errors) {
        driverName(name, path, errors);
        if (name.isEmpty()) {
            errors.invalidEach(path, name, ObjectNames.dns1123Subdomain(name));
        }
    }

    static final KindValidation CSI_NODE = new KindValidation() {
        @Override
        public void create(ObjectNode node, ValidationOptions options, FieldErrors errors) {
            Set<String> names = new HashSet<>();
            List<JsonNode> drivers = Tree.items(node, "spec", "drivers");
            for (int i = 0; i < drivers.size(); i++) {
                driver(drivers.get(i), DRIVERS.index(i), names, errors);
            }
        }

        /** Drivers come and go; of one that stays, only the number of its volumes changes. */
        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            create(next, options, errors);
            for (JsonNode before : Tree.items(old, "spec", "drivers")) {
                for (JsonNode after : Tree.items(next, "spec", "drivers")) {
                    if (Tree.text(before, "name").equals(Tree.text(after, "name"))) {
                        errors.immutable(DRIVERS, InternalForm.nodeDriver(before), InternalForm.nodeDriver(after));
                    }
                }
            }
        }
    };

    private static void driver(JsonNode driver, FieldPath path, Set<String> names, FieldErrors errors) {
        String name = Tree.text(driver, "name");
        csiDriverName(name, path.child("name"), errors);
        String id = Tree.text(driver, "nodeID");
        Rules.requiredText(driver, path, errors, "nodeID");
        if (MetaValidation.bytes(id) > MOST_NODE_ID) {
            errors.invalid(path.child("nodeID"), id, "must be " + MOST_NODE_ID + " characters or less");
        }
        Rules.notNegative(driver.path("allocatable"), path.child("allocatable"), "count", errors);
        if (!names.add(name)) {
            errors.duplicate(path.child("name"), name);
        }
        Set<String> keys = new HashSet<>();
        for (String key : Tree.texts(driver, "topologyKeys")) {
            if (key.isEmpty()) {
                errors.required(path);
            }
            if (!keys.add(key)) {
                errors.duplicate(path, key);
            }
            errors.invalidEach(path, key, ObjectNames.qualifiedName(key));
        }
    }

    static final KindValidation CAPACITY = new KindValidation() {
        @Override
        public void create(ObjectNode capacity, ValidationOptions options, FieldErrors errors) {
            MetaValidation.selector(capacity.path("nodeTopology"), TOPOLOGY, errors);
            String name = Tree.text(capacity, "storageClassName");
            errors.invalidEach(CLASS_NAME, name, ObjectNames.dns1123Subdomain(name));
            if (capacity.hasNonNull("capacity")) {
                Quantity amount = Rules.quantity(capacity.path("capacity"), FieldPath.of("capacity"), errors);
                if (amount != null && amount.signum() < 0) {
                    errors.invalid(FieldPath.of("capacity"), amount.toString(), Rules.NOT_NEGATIVE);
                }
            }
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            errors.immutable(TOPOLOGY, old.get("nodeTopology"), next.get("nodeTopology"));
            errors.immutable(
                    CLASS_NAME,
                    TextNode.valueOf(Tree.text(old, "storageClassName")),
                    TextNode.valueOf(Tree.text(next, "storageClassName")));
        }
    };

    static final KindValidation ATTRIBUTES_CLASS = new KindValidation() {
        @Override
        public void create(ObjectNode attributes, ValidationOptions options, FieldErrors errors) {
            provisioner(attributes, "driverName", errors);
            parameters(attributes, errors);
            if (attributes.path("parameters").isEmpty()) {
                errors.required(FieldPath.of("parameters"), "must contain at least one key/value pair");
            }
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            for (String field : List.of("driverName", "parameters")) {
                if (!Tree.semanticallyEqual(old.get(field), next.get(field))) {
                    errors.forbidden(FieldPath.of(field), "updates to " + field + " are forbidden.");
                }
            }
            create(next, options, errors);
        }
    };

    /** The name of what makes the volumes of a class; the findings show it in lower case. */
    static void provisioner(ObjectNode owner, String field, FieldErrors errors) {
        String name = Tree.text(owner, field).toLowerCase(Locale.ROOT);
        if (name.isEmpty()) {
            errors.required(FieldPath.of(field));
        } else {
            errors.invalidEach(FieldPath.of(field), name, ObjectNames.qualifiedName(name));
        }
    }

    static void parameters(ObjectNode owner, FieldErrors errors) {
        FieldPath path = FieldPath.of("parameters");
        Map<String, String> parameters = Tree.map(owner, "parameters");
        if (parameters.size() > MOST_PARAMETERS) {
            errors.tooLong(path, MOST_PARAMETERS);
            return;
        }
        long size = 0;
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            if (parameter.getKey().isEmpty()) {
                errors.invalid(path, "", "field can not be empty.");
            }
            size += MetaValidation.bytes(parameter.getKey()) + MetaValidation.bytes(parameter.getValue());
        }
        if (size > MOST_PARAMETER_BYTES) {
            errors.tooLong(path, MOST_PARAMETER_BYTES);
        }
    }

    /** Where the volumes of a class may be. */
    static void topologies(ObjectNode owner, FieldErrors errors) {
        Set<Map<String, Set<String>>> seen = new HashSet<>();
        List<JsonNode> terms = Tree.items(owner, "allowedTopologies");
        for (int i = 0; i < terms.size(); i++) {
            FieldPath path = FieldPath.of("allowedTopologies").index(i).child("matchLabelExpressions");
            if (!seen.add(term(terms.get(i), path, errors))) {
                errors.duplicate(path, "");
            }
        }
    }

    private static Map<String, Set<String>> term(JsonNode term, FieldPath path, FieldErrors errors) {
        Map<String, Set<String>> wanted = new HashMap<>();
        List<JsonNode> expressions = Tree.items(term, "matchLabelExpressions");
        for (int i = 0; i < expressions.size(); i++) {
            FieldPath at = path.index(i);
            String key = Tree.text(expressions.get(i), "key");
            List<String> values = Tree.texts(expressions.get(i), "values");
            if (values.isEmpty()) {
                errors.required(at.child("values"));
            }
            Set<String> set = new HashSet<>();
            for (int v = 0; v < values.size(); v++) {
                if (!set.add(values.get(v))) {
                    errors.duplicate(at.child("values").index(v), values.get(v));
                }
            }
            errors.invalidEach(at.child("key"), key, ObjectNames.labelKey(key));
            if (wanted.put(key, set) != null) {
                errors.duplicate(at.child("key"), key);
            }
        }
        return wanted;
    }
}
