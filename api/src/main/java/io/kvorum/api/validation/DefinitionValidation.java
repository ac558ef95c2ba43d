package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import io.kvorum.api.custom.Approval;
import io.kvorum.api.custom.Conditions;
import io.kvorum.api.custom.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of CustomResourceDefinitions; of their schemas, see {@link SchemaRules}, of what a version has beside, {@link VersionRules}. */
final class DefinitionValidation implements KindValidation {
    static final KindValidation DEFINITION = new DefinitionValidation();

    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final FieldPath STORED = FieldPath.of("status", "storedVersions");

    /** Fields of a version with the names they have when all versions share one value. */
    private static final Map<String, String> SHARED = new TreeMap<>(Map.of(
            "schema", "validation",
            "subresources", "subresources",
            "additionalPrinterColumns", "additionalPrinterColumns",
            "selectableFields", "selectableFields"));

    private static final int MOST_WARNING = 256;

    /** As Go sees it: of all spaces, the one of ASCII alone is printed. */
    private static final Pattern NOT_PRINTABLE = Pattern.compile("[\\p{C}\\p{Z}&&[^ ]]");

    private DefinitionValidation() {}

    @Override
    public void create(ObjectNode definition, ValidationOptions options, FieldErrors errors) {
        name(definition, errors);
        spec(null, definition, options.rules(), errors);
        Approval approval = Approval.of(definition);
        if (approval.protectedGroup() && !approval.acceptable()) {
            FieldPath path = FieldPath.of("metadata", "annotations").key(Approval.ANNOTATION);
            if (approval.given().isEmpty()) {
                errors.required(path, approval.message());
            } else {
                errors.invalid(path, approval.given(), approval.message());
            }
        }
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        spec(old, next, options.rules(), errors);
        if (Conditions.isTrue(old, "Established")) {
            errors.immutable(SPEC.child("scope"), Tree.at(old, "spec", "scope"), Tree.at(next, "spec", "scope"));
            errors.immutable(
                    SPEC.child("names", "kind"),
                    Tree.at(old, "spec", "names", "kind"),
                    Tree.at(next, "spec", "names", "kind"));
        }
        errors.immutable(SPEC.child("group"), Tree.at(old, "spec", "group"), Tree.at(next, "spec", "group"));
        errors.immutable(
                SPEC.child("names", "plural"),
                Tree.at(old, "spec", "names", "plural"),
                Tree.at(next, "spec", "names", "plural"));
        storedVersions(next, errors);
    }

    @Override
    public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        forms(Tree.at(next, "status", "acceptedNames"), FieldPath.of("status", "acceptedNames"), errors);
    }

    private static void storedVersions(ObjectNode definition, FieldErrors errors) {
        List<String> stored = Tree.texts(definition, "status", "storedVersions");
        if (stored.isEmpty()) {
            errors.invalid(STORED, Tree.newArray(), "must have at least one stored version");
        }
        List<String> names = new ArrayList<>();
        for (ObjectNode version : Tree.objects(definition, "spec", "versions")) {
            names.add(Tree.text(version, "name"));
            if (Tree.flag(version, "storage") && !stored.contains(Tree.text(version, "name"))) {
                errors.invalid(
                        STORED,
                        Tree.at(definition, "status", "storedVersions"),
                        "must have the storage version " + Tree.text(version, "name"));
            }
        }
        for (int i = 0; i < stored.size(); i++) {
            if (!names.contains(stored.get(i))) {
                String version = stored.get(i);
                errors.invalid(
                        STORED.index(i),
                        version,
                        String.format(
                                "missing from spec.versions; %1$s was previously a storage version, and must remain in"
                                        + " spec.versions until a storage migration ensures no data remains persisted in"
                                        + " %1$s and removes %1$s from status.storedVersions",
                                version));
            }
        }
    }

    private static void name(ObjectNode definition, FieldErrors errors) {
        String name = Tree.text(definition, "metadata", "name");
        String wanted = Tree.text(definition, "spec", "names", "plural") + "." + Tree.text(definition, "spec", "group");
        if (!name.isEmpty() && !name.equals(wanted)) {
            errors.invalid(FieldPath.of("metadata", "name"), name, "must be spec.names.plural+\".\"+spec.group");
        }
    }

    /** What is not served yet, or had no good authorities before, may have any. */
    private static boolean anyBundle(ObjectNode old) {
        String before = Tree.text(old, "spec", "conversion", "webhook", "clientConfig", "caBundle");
        return !Conditions.isTrue(old, "Established")
                || !before.isEmpty() && PemCertificates.problemOfBundle(before) != null;
    }

    private static void spec(
            @Nullable ObjectNode old, ObjectNode definition, RuleSet.Compiler rules, FieldErrors errors) {
        JsonNode spec = definition.path("spec");
        String group = Tree.text(spec, "group");
        if (group.isEmpty()) {
            errors.required(SPEC.child("group"));
        } else {
            List<String> wrong = ObjectNames.dns1123Subdomain(group);
            if (!wrong.isEmpty()) {
                errors.invalid(SPEC.child("group"), group, String.join(",", wrong));
            } else if (!group.contains(".")) {
                errors.invalid(SPEC.child("group"), group, "should be a domain with at least one dot");
            }
        }
        String scope = Tree.text(spec, "scope");
        if (scope.isEmpty()) {
            errors.required(SPEC.child("scope"));
        } else if (!scope.equals("Cluster") && !scope.equals("Namespaced")) {
            errors.notSupported(SPEC.child("scope"), scope, List.of("Cluster", "Namespaced"));
        }
        if (Tree.flag(spec, "preserveUnknownFields")) {
            errors.invalid(
                    SPEC.child("preserveUnknownFields"),
                    true,
                    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema"
                            + " instead");
        }
        versions(spec, rules, errors);
        names(spec.path("names"), SPEC.child("names"), errors);
        ConversionRules.check(spec.path("conversion"), old == null || anyBundle(old), SPEC.child("conversion"), errors);
    }

    private static void versions(JsonNode spec, RuleSet.Compiler rules, FieldErrors errors) {
        FieldPath path = SPEC.child("versions");
        List<ObjectNode> versions = Tree.objects(spec, "versions");
        List<String> names =
                versions.stream().map(one -> Tree.text(one, "name")).toList();
        for (int i = 0; i < versions.size(); i++) {
            List<String> wrong = ObjectNames.dns1035Label(names.get(i));
            if (!wrong.isEmpty()) {
                errors.invalid(path.index(i).child("name"), names.get(i), String.join(",", wrong));
            }
            ObjectNode version = versions.get(i);
            deprecation(version, path.index(i).child("deprecationWarning"), errors);
        }
        if (names.stream().distinct().count() < names.size()) {
            errors.invalid(path, spec.path("versions"), "must contain unique version names");
        }
        if (versions.stream().filter(one -> Tree.flag(one, "storage")).count() != 1) {
            errors.invalid(path, spec.path("versions"), "must have exactly one version marked as storage version");
        }
        for (int i = 0; i < versions.size(); i++) {
            if (!Tree.at(versions.get(i), "schema", "openAPIV3Schema").isObject()) {
                errors.required(path.index(i).child("schema", "openAPIV3Schema"), "schemas are required");
            }
        }
        SHARED.forEach((field, shared) -> {
            boolean same =
                    versions.stream().map(one -> one.path(field)).distinct().count() == 1;
            for (int i = 0; i < (same ? 1 : versions.size()); i++) {
                VersionRules.check(
                        rules,
                        field,
                        versions.get(i),
                        same ? SPEC.child(shared) : path.index(i).child(field),
                        errors);
            }
        });
    }

    private static void deprecation(JsonNode version, FieldPath path, FieldErrors errors) {
        if (!version.hasNonNull("deprecationWarning")) {
            return;
        }
        String warning = Tree.text(version, "deprecationWarning");
        if (!Tree.flag(version, "deprecated")) {
            errors.invalid(path, warning, "can only be set for deprecated versions");
            return;
        }
        if (MetaValidation.bytes(warning) > MOST_WARNING) {
            errors.invalid(path, warning, "must be <= " + MOST_WARNING + " characters long");
        }
        if (warning.isEmpty()) {
            errors.invalid(path, warning, "must not be an empty string");
        }
        Matcher odd = NOT_PRINTABLE.matcher(warning);
        if (odd.find()) {
            errors.invalid(
                    path,
                    warning,
                    "must only contain printable UTF-8 characters; non-printable character found at index "
                            + MetaValidation.bytes(warning.substring(0, odd.start())));
        }
    }

    private static void names(JsonNode names, FieldPath path, FieldErrors errors) {
        for (String field : List.of("plural", "singular", "kind", "listKind")) {
            if (Tree.text(names, field).isEmpty()) {
                errors.required(path.child(field));
            }
        }
        forms(names, path, errors);
    }

    /** What the names there are look like. */
    private static void forms(JsonNode names, FieldPath path, FieldErrors errors) {
        for (String field : List.of("plural", "singular")) {
            label(Tree.text(names, field), path.child(field), "", errors);
        }
        for (String field : List.of("kind", "listKind")) {
            label(
                    Tree.text(names, field),
                    path.child(field),
                    "may have mixed case, but should otherwise match: ",
                    errors);
        }
        for (String field : List.of("shortNames", "categories")) {
            List<String> all = Tree.texts(names, field);
            for (int i = 0; i < all.size(); i++) {
                label(all.get(i), path.child(field).index(i), "", errors);
            }
        }
        String kind = Tree.text(names, "kind");
        if (!kind.isEmpty() && kind.equals(Tree.text(names, "listKind"))) {
            errors.invalid(path.child("listKind"), kind, "kind and listKind may not be the same");
        }
    }

    private static void label(String value, FieldPath path, String preface, FieldErrors errors) {
        String looked = preface.isEmpty() ? value : value.toLowerCase(Locale.ROOT);
        List<String> wrong = value.isEmpty() ? List.of() : ObjectNames.dns1035Label(looked);
        if (!wrong.isEmpty()) {
            errors.invalid(path, value, preface + String.join(",", wrong));
        }
    }
}
