package io.kvorum.apiserver.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.api.custom.Approval;
import io.kvorum.api.custom.Conditions;
import io.kvorum.api.validation.PemCertificates;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which names of a definition are its own, and whether its resource can be served. Pure. */
final class DefinitionStatus {
    private final ObjectNode definition;
    private final Set<String> takenResources = new HashSet<>();
    private final Set<String> takenKinds = new HashSet<>();
    private String conflictReason = "";
    private String conflictMessage = "";

    private DefinitionStatus(ObjectNode definition, List<? extends JsonNode> others) {
        this.definition = definition;
        for (JsonNode other : others) {
            boolean itself = Tree.text(other, "metadata", "name").equals(Tree.text(definition, "metadata", "name"));
            if (!itself && Tree.text(other, "spec", "group").equals(Tree.text(definition, "spec", "group"))) {
                take(Tree.at(other, "status", "acceptedNames"));
            }
        }
    }

    private void take(JsonNode names) {
        takenResources.add(Tree.text(names, "plural"));
        takenResources.add(Tree.text(names, "singular"));
        takenResources.addAll(Tree.texts(names, "shortNames"));
        takenKinds.add(Tree.text(names, "kind"));
        takenKinds.add(Tree.text(names, "listKind"));
    }

    /**
     * Brings the conditions and accepted names of a definition up to date, in place.
     *
     * @param others all definitions there are
     * @param builtin whether the names are those of a built-in resource
     * @param now RFC 3339
     */
    static ObjectNode update(ObjectNode definition, List<? extends JsonNode> others, boolean builtin, String now) {
        DefinitionStatus status = new DefinitionStatus(definition, others);
        status.names(builtin);
        status.conditions(now);
        return definition;
    }

    private void names(boolean builtin) {
        JsonNode wanted = Tree.at(definition, "spec", "names");
        ObjectNode accepted = Tree.ensureObject(Tree.ensureObject(definition, "status"), "acceptedNames");
        for (String field : List.of("plural", "singular")) {
            one(wanted, accepted, field, takenResources, builtin && field.equals("plural"));
        }
        shortNames(wanted, accepted);
        one(wanted, accepted, "kind", takenKinds, false);
        one(wanted, accepted, "listKind", takenKinds, false);
        if (Tree.texts(wanted, "categories").isEmpty()) {
            accepted.remove("categories");
        } else {
            accepted.set("categories", wanted.get("categories").deepCopy());
        }
    }

    private void one(JsonNode wanted, ObjectNode accepted, String field, Set<String> taken, boolean inUse) {
        String name = Tree.text(wanted, field);
        if (inUse || (!name.isEmpty() && taken.contains(name))) {
            String first = field.substring(0, 1).toUpperCase(Locale.ROOT);
            conflict(first + field.substring(1) + "Conflict", name);
        } else {
            accepted.put(field, name);
        }
    }

    private void shortNames(JsonNode wanted, ObjectNode accepted) {
        List<String> names = Tree.texts(wanted, "shortNames");
        List<String> inUse = names.stream().filter(takenResources::contains).toList();
        if (!inUse.isEmpty()) {
            conflict("ShortNamesConflict", inUse.get(0));
        } else if (names.isEmpty()) {
            accepted.remove("shortNames");
        } else {
            ArrayNode list = accepted.putArray("shortNames");
            names.forEach(list::add);
        }
    }

    private void conflict(String reason, String name) {
        conflictReason = reason;
        conflictMessage = "\"" + name + "\" is already in use";
    }

    private void established(boolean accepted, String now) {
        String bundle = Tree.text(definition, "spec", "conversion", "webhook", "clientConfig", "caBundle");
        boolean trusted = bundle.isEmpty() || PemCertificates.problemOfBundle(bundle) == null;
        String reason = !accepted ? "NotAccepted" : trusted ? "InitialNamesAccepted" : "InvalidCABundle";
        String message = !accepted
                ? "not all names are accepted"
                : trusted ? "the initial names have been accepted" : "The conversion webhook CABundle is invalid";
        Conditions.set(definition, "Established", accepted && trusted ? "True" : "False", reason, message, now);
    }

    private void conditions(String now) {
        boolean accepted = conflictReason.isEmpty();
        Conditions.set(
                definition,
                "NamesAccepted",
                accepted ? "True" : "False",
                accepted ? "NoConflicts" : conflictReason,
                accepted ? "no conflicts found" : conflictMessage,
                now);
        // What was established once stays so: its objects are there.
        if (!Conditions.isTrue(definition, "Established")) {
            established(accepted, now);
        }
        Approval approval = Approval.of(definition);
        if (approval.protectedGroup()) {
            Conditions.set(
                    definition,
                    "KubernetesAPIApprovalPolicyConformant",
                    approval.approved() ? "True" : "False",
                    approval.reason(),
                    approval.message(),
                    now);
        }
    }
}
