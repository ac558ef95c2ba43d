package io.kvorum.api.custom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.api.validation.FieldErrors;
import io.kvorum.api.validation.FieldPath;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the schema of a custom resource does to an object of it. */
public final class CustomObjects {
    /** Findings after which the rules of CEL are not asked, because they could not be sure of what they see. */
    private static final Set<String> BLOCKING =
            Set.of("FieldValueRequired", "FieldValueTooLong", "FieldValueTooMany", "FieldValueTypeInvalid");

    private CustomObjects() {}

    /** Drops what the schema does not know. Answers the paths of what was dropped, sorted. */
    public static List<String> prune(CustomType type, ObjectNode object) {
        return type.preservesUnknown() ? List.of() : Pruning.prune(object, type.schema());
    }

    /** Fills in defaults and drops nulls that are not allowed. */
    public static void setDefaults(CustomType type, ObjectNode object) {
        CustomDefaults.apply(object, type.schema());
    }

    /** Makes an object that was stored under this or another version's schema one of this version. */
    public static ObjectNode fromStorage(CustomType type, ObjectNode object) {
        object.put("apiVersion", type.apiVersion());
        prune(type, object);
        setDefaults(type, object);
        return object;
    }

    /** The object in the version that is stored, without what its schema does not know. {@code object} is left as it was. */
    public static ObjectNode forStorage(CustomType type, ObjectNode object) {
        if (type.storageVersion().equals(type.name())) {
            return object;
        }
        ObjectNode stored = object.deepCopy();
        stored.put("apiVersion", type.group() + "/" + type.storageVersion());
        if (!type.preservesUnknown()) {
            Pruning.prune(stored, type.storageSchema());
        }
        return stored;
    }

    /** Adds what is wrong with an object beside its metadata. */
    public static void validate(CustomType type, ObjectNode object, @Nullable ObjectNode old, FieldErrors errors) {
        sameType(type, object, errors);
        ValueSchema values = type.values();
        FieldErrors found = new FieldErrors();
        if (values != null) {
            found.addAll(ValueCheck.check(values, object, old, ""));
        }
        scale(type, object, found);
        ListUniqueness.check(object, old, type.schema(), FieldPath.ROOT, found);
        rules(type, object, old, found);
        errors.addAll(found.causes());
    }

    private static void sameType(CustomType type, ObjectNode object, FieldErrors errors) {
        if (!Tree.text(object, "kind").equals(type.kind())) {
            errors.invalid(FieldPath.of("kind"), Tree.text(object, "kind"), "must be " + type.kind());
        }
        if (!Tree.text(object, "apiVersion").equals(type.apiVersion())) {
            errors.invalid(FieldPath.of("apiVersion"), Tree.text(object, "apiVersion"), "must be " + type.apiVersion());
        }
    }

    private static void scale(CustomType type, ObjectNode object, FieldErrors errors) {
        CustomType.ScalePaths scale = type.scale();
        if (scale == null) {
            return;
        }
        replicas(object, scale.specReplicas(), errors);
        replicas(object, scale.statusReplicas(), errors);
    }

    private static void replicas(ObjectNode object, String dotted, FieldErrors errors) {
        JsonNode value = at(object, dotted);
        FieldPath path = FieldPath.of(dotted.startsWith(".") ? dotted.substring(1) : dotted);
        if (value.isMissingNode() || value.isNull()) {
            return;
        }
        if (!value.isIntegralNumber() || value.asLong() < 0) {
            errors.invalid(path, value, "should be a non-negative integer");
        } else if (value.asLong() > Integer.MAX_VALUE) {
            errors.invalid(path, value, "should be less than or equal to " + Integer.MAX_VALUE);
        }
    }

    /** The value at a path such as {@code .spec.replicas}; a missing node where there is none. */
    public static JsonNode at(JsonNode object, String dotted) {
        JsonNode here = object;
        for (String step : dotted.split("\\.")) {
            if (!step.isEmpty()) {
                here = here.path(step);
            }
        }
        return here;
    }

    private static void rules(CustomType type, ObjectNode object, @Nullable ObjectNode old, FieldErrors errors) {
        if (type.rules() == RuleSet.NONE) {
            return;
        }
        if (errors.causes().stream().anyMatch(cause -> BLOCKING.contains(cause.reason()))) {
            errors.addAll(List.of(new ApiException.Cause(
                    "FieldValueInvalid",
                    "Invalid value: \"null\": some validation rules were not checked because the object was invalid;"
                            + " correct the existing errors to complete validation",
                    "<nil>")));
            return;
        }
        errors.addAll(type.rules().check(object, old));
    }
}
