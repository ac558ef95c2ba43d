package io.kvorum.apiserver.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.rbac.RoleRules;
import org.jspecify.annotations.Nullable;

/** What a role or binding of birth needs to be as it was shipped, leaving what was added to it. Pure. */
final class RbacReconciliation {
    private static final String AUTO_UPDATE = "rbac.authorization.kubernetes.io/autoupdate";

    private RbacReconciliation() {}

    /**
     * The object to write, null when nothing is to be done. A binding to another role is left alone: roleRef cannot be
     * changed.
     *
     * @param present becomes the caller's
     */
    static @Nullable ObjectNode mended(ObjectNode present, ObjectNode shipped) {
        if (Tree.text(present, "metadata", "annotations", AUTO_UPDATE).equals("false")) {
            return null;
        }
        boolean changed = labels(present, shipped, "labels");
        changed |= labels(present, shipped, "annotations");
        if (shipped.has("roleRef")) {
            changed |= Tree.semanticallyEqual(present.get("roleRef"), shipped.get("roleRef"))
                    && subjects(present, shipped);
        } else if (shipped.has("aggregationRule")) {
            // Their rules are the aggregation controller's.
            if (!Tree.semanticallyEqual(present.get("aggregationRule"), shipped.get("aggregationRule"))) {
                present.set("aggregationRule", shipped.get("aggregationRule").deepCopy());
                changed = true;
            }
        } else {
            changed |= RoleRules.addMissing(present, shipped);
        }
        return changed ? present : null;
    }

    private static boolean labels(ObjectNode present, ObjectNode shipped, String field) {
        boolean changed = false;
        for (var entry : Tree.map(shipped, "metadata", field).entrySet()) {
            ObjectNode meta = Tree.ensureObject(present, "metadata");
            if (!entry.getValue().equals(Tree.text(meta, field, entry.getKey()))) {
                Tree.ensureObject(meta, field).put(entry.getKey(), entry.getValue());
                changed = true;
            }
        }
        return changed;
    }

    private static boolean subjects(ObjectNode present, ObjectNode shipped) {
        boolean changed = false;
        for (JsonNode subject : Tree.items(shipped, "subjects")) {
            boolean there = Tree.items(present, "subjects").stream().anyMatch(known -> same(known, subject));
            if (!there) {
                ArrayNode subjects = Tree.ensureArray(present, "subjects");
                subjects.add(subject.deepCopy());
                changed = true;
            }
        }
        return changed;
    }

    private static boolean same(JsonNode a, JsonNode b) {
        return Tree.text(a, "kind").equals(Tree.text(b, "kind"))
                && Tree.text(a, "name").equals(Tree.text(b, "name"))
                && Tree.text(a, "namespace").equals(Tree.text(b, "namespace"));
    }
}
