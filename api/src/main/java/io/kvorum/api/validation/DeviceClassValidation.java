package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The rules of DeviceClasses and of the templates of ResourceClaims. */
final class DeviceClassValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final Set<String> TEMPLATE_METADATA = Set.of("labels", "annotations");

    private DeviceClassValidation() {}

    static final KindValidation CLASS = new KindValidation() {
        @Override
        public void create(ObjectNode deviceClass, ValidationOptions options, FieldErrors errors) {
            spec(deviceClass.path("spec"), true, options, errors);
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            boolean fresh =
                    !Tree.semanticallyEqual(Tree.at(old, "spec", "selectors"), Tree.at(next, "spec", "selectors"));
            spec(next.path("spec"), fresh, options, errors);
        }
    };

    private static void spec(JsonNode spec, boolean fresh, ValidationOptions options, FieldErrors errors) {
        DeviceClaimRules rules = new DeviceClaimRules(options, errors);
        rules.selectors(spec, SPEC, fresh);
        DeviceRules.list(spec, "config", DeviceClaimRules.MOST, SPEC, errors, rules::configuration);
        String extended = Tree.text(spec, "extendedResourceName");
        if (spec.hasNonNull("extendedResourceName") && !isExtended(extended)) {
            errors.invalid(SPEC.child("extendedResourceName"), extended, "must be a valid extended resource name");
        }
    }

    private static boolean isExtended(String name) {
        return name.contains("/")
                && !name.contains("kubernetes.io/")
                && !name.startsWith("requests.")
                && ObjectNames.qualifiedName("requests." + name).isEmpty();
    }

    static final KindValidation TEMPLATE = new KindValidation() {
        @Override
        public void create(ObjectNode template, ValidationOptions options, FieldErrors errors) {
            JsonNode metadata = Tree.at(template, "spec", "metadata");
            FieldPath path = SPEC.child("metadata");
            MetaValidation.template(metadata, path, errors);
            for (Map.Entry<String, JsonNode> field : metadata.properties()) {
                if (!TEMPLATE_METADATA.contains(field.getKey())) {
                    errors.forbidden(path.child(goName(field.getKey())), "cannot be set");
                }
            }
            new DeviceClaimRules(options, errors)
                    .claim(Tree.at(template, "spec", "spec", "devices"), SPEC.child("spec", "devices"));
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            if (!Tree.semanticallyEqual(old.get("spec"), next.get("spec"))) {
                errors.invalid(SPEC, DeviceForms.template(next.path("spec")), FieldErrors.IMMUTABLE);
            }
        }
    };

    private static String goName(String field) {
        return field.equals("uid") ? "UID" : field.substring(0, 1).toUpperCase(Locale.ROOT) + field.substring(1);
    }
}
