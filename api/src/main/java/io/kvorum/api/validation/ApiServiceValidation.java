package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.Base64;
import java.util.List;

/** The rules of APIServices. */
final class ApiServiceValidation implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final List<String> STATUSES = List.of("True", "False", "Unknown");
    private static final long MOST_GROUP_PRIORITY = 20_000;
    private static final long MOST_VERSION_PRIORITY = 1_000;

    @Override
    public void create(ObjectNode service, ValidationOptions options, FieldErrors errors) {
        JsonNode spec = service.path("spec");
        String group = Tree.text(spec, "group");
        String version = Tree.text(spec, "version");
        String name = Tree.text(service, "metadata", "name");
        String required = version + "." + group;
        if (!name.isEmpty()
                && !name.equals(required)
                && ObjectNames.pathSegment(name).isEmpty()) {
            errors.invalid(
                    FieldPath.of("metadata", "name"),
                    name,
                    "must be `spec.version+\".\"+spec.group`: \"" + required + "\"");
        }
        if (!group.isEmpty()) {
            errors.invalidEach(SPEC.child("group"), group, ObjectNames.dns1123Subdomain(group));
        } else if (!version.equals("v1")) {
            errors.required(SPEC.child("group"), "only v1 may have an empty group and it better be legacy kube");
        }
        errors.invalidEach(SPEC.child("version"), version, ObjectNames.dns1035Label(version));
        priority(spec, "groupPriorityMinimum", MOST_GROUP_PRIORITY, "must be positive and less than 20000", errors);
        priority(spec, "versionPriority", MOST_VERSION_PRIORITY, "must be positive and less than 1000", errors);
        boolean authorities = !Tree.text(spec, "caBundle").isEmpty();
        boolean unverified = Tree.flag(spec, "insecureSkipTLSVerify");
        if (!spec.hasNonNull("service")) {
            local(spec, authorities, unverified, errors);
            return;
        }
        remote(spec.path("service"), errors);
        if (unverified && authorities) {
            errors.invalid(SPEC.child("insecureSkipTLSVerify"), true, "may not be true if caBundle is present");
        }
    }

    @Override
    public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        List<JsonNode> conditions = Tree.items(next, "status", "conditions");
        for (int i = 0; i < conditions.size(); i++) {
            String status = Tree.text(conditions.get(i), "status");
            if (!STATUSES.contains(status)) {
                errors.notSupported(
                        FieldPath.of("status", "conditions").index(i).child("status"), status, STATUSES);
            }
        }
    }

    private static void priority(JsonNode spec, String field, long most, String message, FieldErrors errors) {
        long priority = Tree.number(spec, field);
        if (priority <= 0 || priority > most) {
            errors.invalid(SPEC.child(field), priority, message);
        }
    }

    private static void local(JsonNode spec, boolean authorities, boolean unverified, FieldErrors errors) {
        if (authorities) {
            int bytes = Base64.getMimeDecoder().decode(Tree.text(spec, "caBundle")).length;
            errors.invalid(SPEC.child("caBundle"), bytes + " bytes", "local APIServices may not have a caBundle");
        }
        if (unverified) {
            errors.invalid(
                    SPEC.child("insecureSkipTLSVerify"), true, "local APIServices may not have insecureSkipTLSVerify");
        }
    }

    private static void remote(JsonNode service, FieldErrors errors) {
        FieldPath path = SPEC.child("service");
        Rules.requiredText(service, path, errors, "namespace", "name");
        if (service.hasNonNull("port")) {
            List<String> wrong = ObjectNames.portNumber(Tree.number(service, "port"));
            if (!wrong.isEmpty()) {
                errors.invalid(
                        path.child("port"),
                        Tree.number(service, "port"),
                        "port is not valid: " + String.join(", ", wrong));
            }
        }
    }
}
