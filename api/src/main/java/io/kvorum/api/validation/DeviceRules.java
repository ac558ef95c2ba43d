package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Small rules that the kinds of {@code resource.k8s.io} share. */
final class DeviceRules {
    /** Of attributes' names, in bytes. */
    static final int MOST_KEY = 63 + 1 + 32;

    static final int MOST_PARAMETER_BYTES = 10 * 1024;

    private static final int MOST_IDENTIFIER = 32;
    private static final int MOST_POOL_NAME = 253;
    private static final int MOST_TOLERATIONS = 16;
    private static final int MOST_CONDITIONS = 4;
    private static final List<String> EFFECTS = List.of("NoExecute", "NoSchedule", "None");
    private static final Pattern UUID = Pattern.compile("(?i)[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}");
    private static final Set<Integer> UUID_LENGTHS = Set.of(32, 36, 38, 45);

    private DeviceRules() {}

    /** Each item of a list. @param most items; -1 when there may be any number */
    static void list(
            JsonNode owner,
            String field,
            int most,
            FieldPath path,
            FieldErrors errors,
            BiConsumer<JsonNode, FieldPath> each) {
        List<JsonNode> items = Tree.items(owner, field);
        FieldPath at = path.child(field);
        if (most >= 0 && items.size() > most) {
            errors.tooMany(at, items.size(), most);
            return;
        }
        for (int i = 0; i < items.size(); i++) {
            each.accept(items.get(i), at.index(i));
        }
    }

    /** The same of a list in which no key is twice. */
    static void set(
            JsonNode owner,
            String field,
            int most,
            Function<JsonNode, String> key,
            FieldPath path,
            FieldErrors errors,
            BiConsumer<JsonNode, FieldPath> each) {
        list(owner, field, most, path, errors, each);
        List<JsonNode> items = Tree.items(owner, field);
        if (most >= 0 && items.size() > most) {
            return;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < items.size(); i++) {
            if (!seen.add(key.apply(items.get(i)))) {
                errors.duplicate(path.child(field).index(i), key.apply(items.get(i)));
            }
        }
    }

    static String name(JsonNode owner) {
        return Tree.text(owner, "name");
    }

    static void label(JsonNode owner, String field, FieldPath path, FieldErrors errors) {
        String name = Tree.text(owner, field);
        errors.invalidEach(path.child(field), name, ObjectNames.dns1123Label(name));
    }

    static void requiredLabel(JsonNode owner, String field, FieldPath path, FieldErrors errors) {
        if (Tree.text(owner, field).isEmpty()) {
            errors.required(path.child(field));
        } else {
            label(owner, field, path, errors);
        }
    }

    static void poolName(String name, FieldPath path, FieldErrors errors) {
        if (name.isEmpty()) {
            errors.required(path);
            return;
        }
        if (MetaValidation.bytes(name) > MOST_POOL_NAME) {
            errors.tooLong(path, MOST_POOL_NAME);
        }
        for (String part : name.split("/", -1)) {
            errors.invalidEach(path, part, ObjectNames.dns1123Subdomain(part));
        }
    }

    /** The name of an attribute or a capacity: an identifier, with or without a domain. */
    static void qualifiedName(String name, FieldPath path, FieldErrors errors) {
        String[] parts = name.split("/", -1);
        if (parts.length == 1) {
            identifier(name, path, errors);
        } else if (parts.length > 2) {
            errors.invalid(path, name, "must not contain more than one slash");
        } else {
            if (parts[0].isEmpty()) {
                errors.invalid(path, "", "the domain must not be empty");
            } else {
                StorageValidation.driverName(parts[0], path, errors);
            }
            if (parts[1].isEmpty()) {
                errors.invalid(path, "", "the name must not be empty");
            } else {
                identifier(parts[1], path, errors);
            }
        }
    }

    static void fullyQualifiedName(String name, FieldPath path, FieldErrors errors) {
        qualifiedName(name, path, errors);
        if (!name.contains("/")) {
            errors.invalid(path, name, "a fully qualified name must be a domain and a name separated by a slash");
        }
    }

    private static void identifier(String id, FieldPath path, FieldErrors errors) {
        if (MetaValidation.bytes(id) > MOST_IDENTIFIER) {
            errors.tooLong(path, MOST_IDENTIFIER);
        }
        errors.invalidEach(path, id, ObjectNames.cIdentifier(id));
    }

    /** A key in a path, its middle left out where it is long. */
    static String shortened(String key, int most) {
        if (key.length() <= most) {
            return key;
        }
        int kept = most - 3;
        return key.substring(0, (kept + 1) / 2) + "..." + key.substring(key.length() - kept / 2);
    }

    static void taint(JsonNode taint, FieldPath path, FieldErrors errors) {
        String key = Tree.text(taint, "key");
        errors.invalidEach(path.child("key"), key, ObjectNames.labelKey(key));
        labelValue(taint, path, errors);
        Rules.requiredOneOf(taint, path, "effect", EFFECTS, errors);
    }

    private static void labelValue(JsonNode owner, FieldPath path, FieldErrors errors) {
        String value = Tree.text(owner, "value");
        errors.invalidEach(path.child("value"), value, ObjectNames.labelValue(value));
    }

    static void tolerations(JsonNode owner, FieldPath path, FieldErrors errors) {
        list(owner, "tolerations", MOST_TOLERATIONS, path, errors, (toleration, at) -> {
            String key = Tree.text(toleration, "key");
            if (!key.isEmpty()) {
                errors.invalidEach(at.child("key"), key, ObjectNames.labelKey(key));
            }
            String value = Tree.text(toleration, "value");
            String operator = Tree.text(toleration, "operator");
            switch (operator) {
                case "Exists" -> {
                    if (!value.isEmpty()) {
                        errors.invalid(at.child("value"), value, "must be empty for operator `Exists`");
                    }
                }
                case "Equal" -> labelValue(toleration, at, errors);
                default -> errors.notSupported(at.child("operator"), operator, List.of("Equal", "Exists"));
            }
            if (!Tree.text(toleration, "effect").isEmpty()) {
                Rules.oneOf(toleration, at, "effect", EFFECTS, errors);
            }
        });
    }

    /** Conditions a device must have before a pod is bound, and those by which that fails. */
    static void bindingConditions(JsonNode owner, FieldPath path, FieldErrors errors) {
        String good = "bindingConditions";
        String bad = "bindingFailureConditions";
        for (String field : List.of(good, bad)) {
            list(owner, field, MOST_CONDITIONS, path, errors, (item, at) -> {
                String condition = item.asText("");
                errors.invalidEach(at, condition, ObjectNames.labelKey(condition));
            });
        }
        List<String> conditions = Tree.texts(owner, good);
        List<String> failures = Tree.texts(owner, bad);
        duplicates(conditions, path.child(good), List.of(), errors);
        duplicates(failures, path.child(bad), conditions, errors);
        if (conditions.isEmpty() && !failures.isEmpty()) {
            errors.invalid(
                    path.child(good),
                    owner.get(good),
                    "bindingConditions are required to use bindingFailureConditions");
        }
        if (failures.isEmpty() && !conditions.isEmpty()) {
            errors.invalid(
                    path.child(bad), owner.get(bad), "bindingFailureConditions are required to use bindingConditions");
        }
    }

    private static void duplicates(List<String> list, FieldPath path, List<String> others, FieldErrors errors) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            if (!seen.add(list.get(i))) {
                errors.duplicate(path.index(i), list.get(i));
            }
            if (others.contains(list.get(i))) {
                errors.invalid(
                        path.index(i), list.get(i), "bindingFailureConditions must not overlap with bindingConditions");
            }
        }
    }

    /** What a driver reads and nobody else: any JSON object. */
    static void parameters(JsonNode owner, String field, FieldPath path, FieldErrors errors) {
        JsonNode parameters = owner.path(field);
        FieldPath at = path.child(field);
        if (parameters.isMissingNode() || parameters.isNull()) {
            errors.required(at);
        } else if (MetaValidation.bytes(parameters.toString()) > MOST_PARAMETER_BYTES) {
            errors.tooLong(at, MOST_PARAMETER_BYTES);
        } else if (!parameters.isObject()) {
            errors.invalid(at, "<value omitted>", "must be a valid JSON object");
        }
    }

    static void uid(JsonNode owner, String field, FieldPath path, FieldErrors errors) {
        if (!owner.hasNonNull(field)) {
            return;
        }
        String uid = Tree.text(owner, field);
        FieldPath at = path.child(field);
        String bare = uid.replaceFirst("(?i)^urn:uuid:|^\\{", "").replaceFirst("\\}$", "");
        boolean dashed = UUID.matcher(bare).matches();
        if (!UUID_LENGTHS.contains(uid.length())) {
            errors.invalid(at, uid, "error validating uid: invalid UUID length: " + uid.length());
        } else if (!dashed && !uid.matches("(?i)[0-9a-f]{32}")) {
            errors.invalid(at, uid, "error validating uid: invalid UUID format");
        } else if (uid.length() != 36 || !uid.equals(uid.toLowerCase(Locale.ROOT))) {
            errors.invalid(
                    at,
                    uid,
                    "uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase"
                            + " hexadecimal characters");
        }
    }
}
