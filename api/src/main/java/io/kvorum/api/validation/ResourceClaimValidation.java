package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.api.address.CidrText;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of ResourceClaims: what they ask for never changes, what they got changes by being given back only. */
final class ResourceClaimValidation implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final FieldPath STATUS = FieldPath.of("status");
    private static final FieldPath RESERVED = STATUS.child("reservedFor");
    private static final int MOST_CONSUMERS = 256;
    private static final int MOST_RESULTS = 32;
    private static final int MOST_CONDITIONS = 8;
    private static final int MOST_ADDRESSES = 16;
    private static final int MOST_INTERFACE = 256;
    private static final int MOST_HARDWARE = 128;
    private static final List<String> SOURCES = List.of("FromClaim", "FromClass");

    @Override
    public void create(ObjectNode claim, ValidationOptions options, FieldErrors errors) {
        new DeviceClaimRules(options, errors).claim(Tree.at(claim, "spec", "devices"), SPEC.child("devices"));
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        if (!Tree.semanticallyEqual(old.get("spec"), next.get("spec"))) {
            errors.invalid(SPEC, DeviceForms.claim(next.path("spec")), FieldErrors.IMMUTABLE);
        }
    }

    @Override
    public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        JsonNode status = next.path("status");
        DeviceRules.set(
                status,
                "reservedFor",
                MOST_CONSUMERS,
                consumer -> Tree.text(consumer, "uid"),
                STATUS,
                errors,
                (consumer, at) -> Rules.requiredText(consumer, at, errors, "resource", "name", "uid"));
        Set<String> allocated = new HashSet<>();
        Tree.items(status, "allocation", "devices", "results").forEach(result -> allocated.add(id(result)));
        DeviceRules.set(
                status,
                "devices",
                -1,
                ResourceClaimValidation::id,
                STATUS,
                errors,
                (device, at) -> device(device, at, allocated, errors));
        reservations(old, next, errors);
        JsonNode before = Tree.at(old, "status", "allocation");
        JsonNode after = status.path("allocation");
        if (before.isObject() && after.isObject()) {
            errors.immutable(STATUS.child("allocation"), before, after);
        } else if (after.isObject()) {
            allocation(after, Tree.at(next, "spec", "devices"), new DeviceClaimRules(options, errors), errors);
        }
    }

    /** A device, and which share of it. */
    private static String id(JsonNode device) {
        String id = Tree.text(device, "driver") + "/" + Tree.text(device, "pool") + "/" + Tree.text(device, "device");
        return device.hasNonNull("shareID") ? id + "/" + Tree.text(device, "shareID") : id;
    }

    private static void reservations(ObjectNode old, ObjectNode next, FieldErrors errors) {
        List<JsonNode> consumers = Tree.items(next, "status", "reservedFor");
        if (consumers.isEmpty()) {
            return;
        }
        if (!Tree.at(next, "status", "allocation").isObject()) {
            errors.forbidden(RESERVED, "may not be specified when `allocated` is not set");
        } else if (Tree.has(next.path("metadata"), "deletionTimestamp")) {
            List<JsonNode> known = Tree.items(old, "status", "reservedFor");
            if (consumers.stream()
                    .anyMatch(each -> known.stream().noneMatch(one -> Tree.semanticallyEqual(one, each)))) {
                errors.forbidden(
                        RESERVED,
                        "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set");
            }
        }
    }

    // ---- allocation

    private static void allocation(JsonNode allocation, JsonNode asked, DeviceClaimRules rules, FieldErrors errors) {
        Map<String, Set<String>> names = DeviceClaimRules.requestNames(asked);
        FieldPath path = STATUS.child("allocation", "devices");
        JsonNode devices = allocation.path("devices");
        DeviceRules.list(devices, "results", MOST_RESULTS, path, errors, (result, at) -> {
            rules.requestReference(Tree.text(result, "request"), names, at.child("request"));
            StorageValidation.driverName(Tree.text(result, "driver"), at.child("driver"), errors);
            DeviceRules.poolName(Tree.text(result, "pool"), at.child("pool"), errors);
            DeviceRules.label(result, "device", at, errors);
            DeviceRules.bindingConditions(result, at, errors);
            DeviceRules.tolerations(result, at, errors);
            DeviceRules.uid(result, "shareID", at, errors);
        });
        DeviceRules.list(devices, "config", 2 * DeviceClaimRules.MOST, path, errors, (config, at) -> {
            Rules.requiredOneOf(config, at, "source", SOURCES, errors);
            rules.requests(config, names, at);
            rules.configuration(config, at);
        });
        if (allocation.hasNonNull("nodeSelector")) {
            SchedulingValidation.nodeSelector(
                    allocation.path("nodeSelector"), STATUS.child("allocation", "nodeSelector"), errors);
        }
    }

    // ---- what drivers say of the devices

    private static void device(JsonNode device, FieldPath path, Set<String> allocated, FieldErrors errors) {
        StorageValidation.driverName(Tree.text(device, "driver"), path.child("driver"), errors);
        DeviceRules.poolName(Tree.text(device, "pool"), path.child("pool"), errors);
        DeviceRules.label(device, "device", path, errors);
        DeviceRules.uid(device, "shareID", path, errors);
        if (!allocated.contains(id(device))) {
            errors.invalid(path, id(device), "must be an allocated device in the claim");
        }
        List<JsonNode> conditions = Tree.items(device, "conditions");
        if (conditions.size() > MOST_CONDITIONS) {
            errors.tooMany(path.child("conditions"), conditions.size(), MOST_CONDITIONS);
        }
        ConditionValidation.check(conditions, path.child("conditions"), errors);
        if (device.hasNonNull("data")) {
            DeviceRules.parameters(device, "data", path, errors);
        }
        network(device.path("networkData"), path.child("networkData"), errors);
    }

    private static void network(JsonNode network, FieldPath path, FieldErrors errors) {
        limited(network, "interfaceName", MOST_INTERFACE, path, errors);
        limited(network, "hardwareAddress", MOST_HARDWARE, path, errors);
        DeviceRules.set(network, "ips", MOST_ADDRESSES, ip -> ip.asText(""), path, errors, (ip, at) -> {
            CidrText block = CidrText.parse(ip.asText(""));
            if (block == null) {
                errors.invalid(at, ip, "must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)");
            } else if (!block.inBlock().equals(ip.asText(""))) {
                errors.invalid(at, ip, "must be in canonical form (\"" + block.inBlock() + "\")");
            }
        });
    }

    private static void limited(JsonNode owner, String field, int most, FieldPath path, FieldErrors errors) {
        if (MetaValidation.bytes(Tree.text(owner, field)) > most) {
            errors.tooLong(path.child(field), most);
        }
    }
}
