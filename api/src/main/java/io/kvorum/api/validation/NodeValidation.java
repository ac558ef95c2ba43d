package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of Nodes. */
final class NodeValidation implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final FieldPath STATUS = FieldPath.of("status");
    private static final FieldPath BLOCKS = SPEC.child("podCIDRs");
    /** The path is upstream's. */
    private static final FieldPath TAINTS = FieldPath.of("metadata", "taints");

    @Override
    public void create(ObjectNode node, ValidationOptions options, FieldErrors errors) {
        SchedulingValidation.taints(Tree.items(node, "spec", "taints"), TAINTS, errors);
        amounts(node, errors);
        blocks(node.path("spec"), errors);
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        JsonNode before = old.path("spec");
        JsonNode after = next.path("spec");
        amounts(next, errors);
        addresses(next, errors);
        List<String> had = Tree.texts(before, "podCIDRs");
        if (had.isEmpty()) {
            blocks(after, errors);
        } else if (!had.equals(Tree.texts(after, "podCIDRs"))) {
            errors.forbidden(BLOCKS, "node updates may not change podCIDR except from \"\" to valid");
        }
        String provider = Tree.text(before, "providerID");
        if (!provider.isEmpty() && !provider.equals(Tree.text(after, "providerID"))) {
            errors.forbidden(
                    SPEC.child("providerID"), "node updates may not change providerID except from \"\" to valid");
        }
        SchedulingValidation.taints(Tree.items(after, "taints"), TAINTS, errors);
        if (!Tree.text(before, "externalID").equals(Tree.text(after, "externalID"))) {
            errors.forbidden(SPEC.child("externalID"), "may not be updated");
        }
    }

    @Override
    public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        update(old, next, options, errors);
    }

    private static void amounts(ObjectNode node, FieldErrors errors) {
        for (String list : List.of("capacity", "allocatable")) {
            ResourceListValidation.nodeAmounts(Tree.at(node, "status", list), STATUS.child(list), errors);
        }
    }

    private static void addresses(ObjectNode node, FieldErrors errors) {
        Set<JsonNode> seen = new HashSet<>();
        List<JsonNode> addresses = Tree.items(node, "status", "addresses");
        for (int i = 0; i < addresses.size(); i++) {
            JsonNode shown = InternalForm.nodeAddress(addresses.get(i));
            if (!seen.add(shown)) {
                errors.duplicate(STATUS.child("addresses").index(i), shown);
            }
        }
    }

    private static void blocks(JsonNode spec, FieldErrors errors) {
        List<String> blocks = Tree.texts(spec, "podCIDRs");
        boolean good = true;
        for (int i = 0; i < blocks.size(); i++) {
            good &= Rules.block(blocks.get(i), BLOCKS.index(i), errors);
        }
        if (blocks.size() < 2) {
            return;
        }
        boolean six = blocks.stream().anyMatch(block -> block.contains(":"));
        boolean four = blocks.stream().anyMatch(block -> !block.contains(":"));
        if (blocks.size() > 2 || (good && !(four && six))) {
            errors.invalid(BLOCKS, spec.get("podCIDRs"), "may specify no more than one CIDR for each IP family");
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < blocks.size(); i++) {
            if (!seen.add(blocks.get(i))) {
                errors.duplicate(BLOCKS.index(i), blocks.get(i));
            }
        }
    }
}
