package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of ResourceSlices. */
final class ResourceSliceValidation implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final int MOST_DEVICES = 128;
    private static final int MOST_SPECIAL_DEVICES = 64;
    private static final int MOST_COUNTER_SETS = 8;
    private static final int MOST_COUNTERS = 32;
    private static final int MOST_CONSUMPTIONS = 2;
    private static final int MOST_ATTRIBUTES = 32;
    private static final int MOST_TAINTS = 16;
    private static final int MOST_VALUE = 64;
    private static final String SET_OR_TRUE = "must be either unset or set to true";
    private static final String ONE_OF =
            "exactly one of `nodeName`, `nodeSelector`, `allNodes`," + " `perDeviceNodeSelection` is required";
    private static final String ONE_OF_DEVICE =
            "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when"
                    + " `perDeviceNodeSelection` is set to true in the ResourceSlice spec";

    /** semver.org, 2.0.0. */
    private static final Pattern VERSION = Pattern.compile("(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)"
            + "(-(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(\\.(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?"
            + "(\\+[0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*)?");

    @Override
    public void create(ObjectNode slice, ValidationOptions options, FieldErrors errors) {
        spec(slice.path("spec"), null, errors);
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        spec(next.path("spec"), old.path("spec"), errors);
    }

    private static void spec(JsonNode spec, @Nullable JsonNode old, FieldErrors errors) {
        StorageValidation.driverName(Tree.text(spec, "driver"), SPEC.child("driver"), errors);
        pool(spec.path("pool"), SPEC.child("pool"), errors);
        if (old != null) {
            errors.immutable(SPEC.child("pool", "name"), Tree.at(old, "pool", "name"), Tree.at(spec, "pool", "name"));
            errors.immutable(SPEC.child("driver"), old.get("driver"), spec.get("driver"));
            errors.immutable(SPEC.child("nodeName"), old.get("nodeName"), spec.get("nodeName"));
        }
        nodes(spec, errors);
        if (spec.hasNonNull("sharedCounters") && spec.hasNonNull("devices")) {
            errors.invalid(SPEC, "", "only one of `sharedCounters` or `devices` is allowed");
        }
        boolean special = Tree.items(spec, "devices").stream()
                .anyMatch(device -> !Tree.items(device, "taints").isEmpty()
                        || !Tree.items(device, "consumesCounters").isEmpty());
        boolean perDevice = Tree.flag(spec, "perDeviceNodeSelection");
        DeviceRules.set(
                spec,
                "devices",
                special ? MOST_SPECIAL_DEVICES : MOST_DEVICES,
                DeviceRules::name,
                SPEC,
                errors,
                (device, at) -> device(device, before(old, DeviceRules.name(device)), perDevice, at, errors));
        DeviceRules.set(spec, "sharedCounters", MOST_COUNTER_SETS, DeviceRules::name, SPEC, errors, (counters, at) -> {
            DeviceRules.requiredLabel(counters, "name", at, errors);
            counters(counters, at, errors);
        });
    }

    private static @Nullable JsonNode before(@Nullable JsonNode old, String name) {
        return Tree.items(old, "devices").stream()
                .filter(device -> DeviceRules.name(device).equals(name))
                .findFirst()
                .orElse(null);
    }

    private static void pool(JsonNode pool, FieldPath path, FieldErrors errors) {
        DeviceRules.poolName(Tree.text(pool, "name"), path.child("name"), errors);
        long slices = Tree.number(pool, "resourceSliceCount");
        if (slices <= 0) {
            errors.invalid(path.child("resourceSliceCount"), slices, "must be greater than zero");
        }
        long generation = Tree.number(pool, "generation");
        if (generation < 0) {
            errors.invalid(path.child("generation"), generation, "must be greater than or equal to zero");
        }
    }

    // ---- where the devices are

    private static void nodes(JsonNode spec, FieldErrors errors) {
        List<String> given = places(spec, SPEC, "must be either unset or set to a non-empty string", errors);
        List<JsonNode> terms = Tree.items(spec, "nodeSelector", "nodeSelectorTerms");
        if (spec.hasNonNull("nodeSelector") && terms.size() != 1) {
            errors.invalid(
                    SPEC.child("nodeSelector", "nodeSelectorTerms"),
                    Tree.at(spec, "nodeSelector").get("nodeSelectorTerms"),
                    "must have exactly one node selector term");
        }
        trueOnly(spec, "perDeviceNodeSelection", SPEC, given, errors);
        if (given.isEmpty()) {
            errors.required(SPEC, ONE_OF);
        } else if (given.size() > 1) {
            errors.invalid(SPEC, shown(given), ONE_OF + ", but multiple fields are set");
        }
    }

    private static String shown(List<String> given) {
        return "{" + String.join(", ", given) + "}";
    }

    /** @return which of nodeName, nodeSelector and allNodes say something */
    private static List<String> places(JsonNode owner, FieldPath path, String whenEmpty, FieldErrors errors) {
        List<String> given = new ArrayList<>();
        if (owner.hasNonNull("nodeName")) {
            String name = Tree.text(owner, "nodeName");
            if (name.isEmpty()) {
                errors.invalid(path.child("nodeName"), name, whenEmpty);
            } else {
                given.add("`nodeName`");
                errors.invalidEach(path.child("nodeName"), name, ObjectNames.dns1123Subdomain(name));
            }
        }
        if (owner.hasNonNull("nodeSelector")) {
            given.add("`nodeSelector`");
            SchedulingValidation.nodeSelector(owner.path("nodeSelector"), path.child("nodeSelector"), errors);
        }
        trueOnly(owner, "allNodes", path, given, errors);
        return given;
    }

    private static void trueOnly(JsonNode owner, String field, FieldPath path, List<String> given, FieldErrors errors) {
        if (Tree.flag(owner, field)) {
            given.add("`" + field + "`");
        } else if (owner.hasNonNull(field)) {
            errors.invalid(path.child(field), owner.get(field), SET_OR_TRUE);
        }
    }

    // ---- devices

    private static void device(
            JsonNode device, @Nullable JsonNode old, boolean perDevice, FieldPath path, FieldErrors errors) {
        DeviceRules.label(device, "name", path, errors);
        JsonNode attributes = device.path("attributes");
        JsonNode capacity = device.path("capacity");
        int size = attributes.size() + capacity.size();
        if (size > MOST_ATTRIBUTES) {
            errors.invalid(
                    path, size, "the total number of attributes and capacities must not exceed " + MOST_ATTRIBUTES);
        }
        for (Map.Entry<String, JsonNode> entry : attributes.properties()) {
            FieldPath at = path.child("attributes");
            DeviceRules.qualifiedName(entry.getKey(), at, errors);
            attribute(entry.getValue(), at.key(DeviceRules.shortened(entry.getKey(), DeviceRules.MOST_KEY)), errors);
        }
        if (old == null || !Tree.semanticallyEqual(old.get("capacity"), capacity)) {
            boolean shared = Tree.flag(device, "allowMultipleAllocations");
            for (Map.Entry<String, JsonNode> entry : capacity.properties()) {
                FieldPath at = path.child("capacity");
                DeviceRules.qualifiedName(entry.getKey(), at, errors);
                FieldPath each = at.key(DeviceRules.shortened(entry.getKey(), DeviceRules.MOST_KEY));
                capacity(entry.getValue(), shared, each, errors);
            }
        }
        if (old == null || !Tree.semanticallyEqual(old.get("taints"), device.get("taints"))) {
            DeviceRules.list(
                    device, "taints", MOST_TAINTS, path, errors, (taint, at) -> DeviceRules.taint(taint, at, errors));
        }
        DeviceRules.set(
                device,
                "consumesCounters",
                MOST_CONSUMPTIONS,
                consumption -> Tree.text(consumption, "counterSet"),
                path,
                errors,
                (consumption, at) -> {
                    DeviceRules.requiredLabel(consumption, "counterSet", at, errors);
                    counters(consumption, at, errors);
                });
        devicePlace(device, perDevice, path, errors);
        DeviceRules.bindingConditions(device, path, errors);
    }

    private static void devicePlace(JsonNode device, boolean perDevice, FieldPath path, FieldErrors errors) {
        if (perDevice) {
            List<String> given = places(device, path, "must not be empty", errors);
            if (given.isEmpty()) {
                errors.required(path, ONE_OF_DEVICE);
            } else if (given.size() > 1) {
                errors.invalid(path, shown(given), ONE_OF_DEVICE);
            }
        } else if (device.hasNonNull("nodeName")
                || device.hasNonNull("nodeSelector")
                || device.hasNonNull("allNodes")) {
            errors.invalid(
                    path,
                    null,
                    "`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true"
                            + " in the ResourceSlice spec");
        }
    }

    private static void counters(JsonNode owner, FieldPath path, FieldErrors errors) {
        JsonNode counters = owner.path("counters");
        FieldPath at = path.child("counters");
        if (counters.isEmpty()) {
            errors.required(at);
        } else if (counters.size() > MOST_COUNTERS) {
            errors.tooMany(at, counters.size(), MOST_COUNTERS);
        } else {
            for (Map.Entry<String, JsonNode> entry : counters.properties()) {
                errors.invalidEach(at, entry.getKey(), ObjectNames.dns1123Label(entry.getKey()));
            }
        }
    }

    private static void attribute(JsonNode attribute, FieldPath path, FieldErrors errors) {
        int given = 0;
        for (String field : List.of("bool", "int", "string", "version")) {
            given += attribute.hasNonNull(field) ? 1 : 0;
        }
        if (attribute.hasNonNull("string")) {
            limited(Tree.text(attribute, "string"), path.child("string"), errors);
        }
        if (attribute.hasNonNull("version")) {
            String version = Tree.text(attribute, "version");
            if (!VERSION.matcher(version).matches()) {
                errors.invalid(
                        path.child("version"), version, "must be a string compatible with semver.org spec 2.0.0");
            }
            limited(version, path.child("version"), errors);
        }
        if (given == 0) {
            errors.invalid(path, "", "exactly one value must be specified");
        } else if (given > 1) {
            errors.invalid(path, DeviceForms.attribute(attribute), "exactly one value must be specified");
        }
    }

    private static void limited(String value, FieldPath path, FieldErrors errors) {
        if (MetaValidation.bytes(value) > MOST_VALUE) {
            errors.tooLong(path, MOST_VALUE);
        }
    }

    private static void capacity(JsonNode capacity, boolean shared, FieldPath path, FieldErrors errors) {
        if (!capacity.hasNonNull("requestPolicy")) {
            return;
        }
        if (shared) {
            RequestPolicyRules.check(capacity, path.child("requestPolicy"), errors);
        } else {
            errors.forbidden(path.child("requestPolicy"), "allowMultipleAllocations must be true");
        }
    }
}
