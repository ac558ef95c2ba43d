package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The names that field managers have, and the rules of {@code metadata.managedFields}. */
public final class FieldManagers {
    private static final int MOST_BYTES = 128;
    private static final int MOST_SUBRESOURCE_BYTES = 256;

    private FieldManagers() {}

    /** The name of whoever gives none: what its User-Agent says before the first slash. */
    public static String ofUserAgent(String userAgent) {
        int slash = userAgent.indexOf('/');
        StringBuilder name = new StringBuilder();
        int bytes = 0;
        for (int c : (slash < 0 ? userAgent : userAgent.substring(0, slash))
                .codePoints()
                .toArray()) {
            if (!printable(c)) {
                continue;
            }
            bytes += Character.toString(c).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MOST_BYTES) {
                break;
            }
            name.appendCodePoint(c);
        }
        return name.toString();
    }

    /** Finds what is wrong with a name; an empty one counts as none. */
    public static void validate(String name, FieldPath path, FieldErrors errors) {
        if (name.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            errors.tooLong(path, MOST_BYTES);
        }
        int position = 0;
        for (int c : name.codePoints().toArray()) {
            if (!printable(c)) {
                errors.invalid(path, name, String.format("invalid character U+%04X (at position %d)", c, position));
            }
            position += Character.toString(c).getBytes(StandardCharsets.UTF_8).length;
        }
    }

    /** Finds what is wrong with the managed fields in an object's metadata. */
    static void validate(ObjectNode metadata, FieldPath path, FieldErrors errors) {
        List<JsonNode> entries = Tree.items(metadata, "managedFields");
        for (int i = 0; i < entries.size(); i++) {
            FieldPath at = path.child("managedFields").index(i);
            String operation = Tree.text(entries.get(i), "operation");
            if (!operation.equals("Apply") && !operation.equals("Update")) {
                errors.invalid(at.child("operation"), operation, "must be `Apply` or `Update`");
            }
            String type = Tree.text(entries.get(i), "fieldsType");
            if (!type.isEmpty() && !type.equals("FieldsV1")) {
                errors.invalid(at.child("fieldsType"), type, "must be `FieldsV1`");
            }
            validate(Tree.text(entries.get(i), "manager"), at.child("manager"), errors);
            if (Tree.text(entries.get(i), "subresource").getBytes(StandardCharsets.UTF_8).length
                    > MOST_SUBRESOURCE_BYTES) {
                errors.tooLong(at.child("subresource"), MOST_SUBRESOURCE_BYTES);
            }
        }
    }

    private static boolean printable(int c) {
        switch (Character.getType(c)) {
            case Character.CONTROL:
            case Character.FORMAT:
            case Character.SURROGATE:
            case Character.PRIVATE_USE:
            case Character.UNASSIGNED:
            case Character.LINE_SEPARATOR:
            case Character.PARAGRAPH_SEPARATOR:
                return false;
            case Character.SPACE_SEPARATOR:
                return c == ' ';
            default:
                return true;
        }
    }
}
