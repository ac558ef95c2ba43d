package io.kvorum.api.validation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The rules of ConfigMaps and Secrets. */
final class ConfigValidation {
    private static final int MAX_BYTES = 1024 * 1024;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final String IMMUTABLE = "field is immutable when `immutable` is set";

    private ConfigValidation() {}

    static final KindValidation CONFIG_MAP = new KindValidation() {
        @Override
        public void create(ObjectNode map, ValidationOptions options, FieldErrors errors) {
            long size = 0;
            for (Map.Entry<String, JsonNode> entry : map.path("data").properties()) {
                FieldPath at = FieldPath.of("data").key(entry.getKey());
                errors.invalidEach(at, entry.getKey(), ObjectNames.configMapKey(entry.getKey()));
                if (map.path("binaryData").has(entry.getKey())) {
                    errors.invalid(at, entry.getKey(), "duplicate of key present in binaryData");
                }
                size += MetaValidation.bytes(entry.getValue().asText(""));
            }
            for (Map.Entry<String, JsonNode> entry : map.path("binaryData").properties()) {
                FieldPath at = FieldPath.of("binaryData").key(entry.getKey());
                errors.invalidEach(at, entry.getKey(), ObjectNames.configMapKey(entry.getKey()));
                size += decodedBytes(entry.getValue());
            }
            if (size > MAX_BYTES) {
                errors.tooLong(FieldPath.ROOT.key(""), MAX_BYTES);
            }
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            immutable(old, next, List.of("data", "binaryData"), errors);
            create(next, options, errors);
        }
    };

    static final KindValidation SECRET = new KindValidation() {
        @Override
        public void create(ObjectNode secret, ValidationOptions options, FieldErrors errors) {
            JsonNode data = secret.path("data");
            FieldPath path = FieldPath.of("data");
            long size = 0;
            for (Map.Entry<String, JsonNode> entry : data.properties()) {
                errors.invalidEach(path.key(entry.getKey()), entry.getKey(), ObjectNames.configMapKey(entry.getKey()));
                size += decodedBytes(entry.getValue());
            }
            if (size > MAX_BYTES) {
                errors.tooLong(path, MAX_BYTES);
            }
            byType(secret, data, path, errors);
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            errors.immutable(FieldPath.of("type"), old.get("type"), next.get("type"));
            immutable(old, next, List.of("data"), errors);
            create(next, options, errors);
        }
    };

    /** What the well-known types of secrets must hold. */
    private static void byType(ObjectNode secret, JsonNode data, FieldPath path, FieldErrors errors) {
        switch (Tree.text(secret, "type")) {
            case "kubernetes.io/service-account-token" -> {
                if (Tree.text(secret, "metadata", "annotations", "kubernetes.io/service-account.name")
                        .isEmpty()) {
                    errors.required(FieldPath.of("metadata", "annotations").key("kubernetes.io/service-account.name"));
                }
            }
            case "kubernetes.io/dockercfg" -> registryLogins(data, path, ".dockercfg", errors);
            case "kubernetes.io/dockerconfigjson" -> registryLogins(data, path, ".dockerconfigjson", errors);
            case "kubernetes.io/basic-auth" -> {
                if (!data.has("username") && !data.has("password")) {
                    errors.required(path.key("username"));
                    errors.required(path.key("password"));
                }
            }
            case "kubernetes.io/ssh-auth" -> {
                if (data.path("ssh-privatekey").asText("").isEmpty()) {
                    errors.required(path.key("ssh-privatekey"));
                }
            }
            case "kubernetes.io/tls" -> {
                requireKey(data, path, "tls.crt", errors);
                requireKey(data, path, "tls.key", errors);
            }
            default -> {
                // Opaque, or the user's own type.
            }
        }
    }

    /** A JSON object under the key. */
    private static void registryLogins(JsonNode data, FieldPath path, String key, FieldErrors errors) {
        requireKey(data, path, key, errors);
        if (!data.has(key)) {
            return;
        }
        String problem = notAnObject(decoded(data.path(key)));
        if (!problem.isEmpty()) {
            errors.invalid(path.key(key), "<secret contents redacted>", problem);
        }
    }

    private static byte[] decoded(JsonNode base64) {
        return Base64.getMimeDecoder().decode(base64.asText(""));
    }

    /** What Go's reader would say of bytes that should be a JSON object; empty when they are one. */
    private static String notAnObject(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.isBlank()) {
            return "unexpected end of JSON input";
        }
        try {
            JsonNode value = JSON.readTree(text);
            return value.isObject() || value.isNull()
                    ? ""
                    : "json: cannot unmarshal "
                            + (value.isArray()
                                    ? "array"
                                    : value.isTextual() ? "string" : value.isBoolean() ? "bool" : "number")
                            + " into Go value of type map[string]interface {}";
        } catch (JsonEOFException cut) {
            return "unexpected end of JSON input";
        } catch (JsonProcessingException wrong) {
            long at = wrong.getLocation() == null
                    ? 0
                    : Math.max(0, wrong.getLocation().getCharOffset() - 1);
            char found = text.charAt((int) Math.min(at, text.length() - 1L));
            return "invalid character '" + found + "' looking for beginning of value";
        }
    }

    private static void requireKey(JsonNode data, FieldPath path, String key, FieldErrors errors) {
        if (!data.has(key)) {
            errors.required(path.key(key));
        }
    }

    private static void immutable(ObjectNode old, ObjectNode next, List<String> fields, FieldErrors errors) {
        if (!Tree.flag(old, "immutable")) {
            return;
        }
        if (!Tree.flag(next, "immutable")) {
            errors.forbidden(FieldPath.of("immutable"), IMMUTABLE);
        }
        for (String field : fields) {
            if (!Tree.semanticallyEqual(Tree.object(old, field), Tree.object(next, field))) {
                errors.forbidden(FieldPath.of(field), IMMUTABLE);
            }
        }
    }

    private static long decodedBytes(JsonNode base64) {
        String text = base64.asText("");
        int padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
        return text.length() / 4L * 3 - padding;
    }
}
