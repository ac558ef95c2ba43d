package io.kvorum.openapi.generate;

import io.kvorum.openapi.generate.Definition.Field;
import io.kvorum.openapi.generate.ListSemantics.Merge;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes the compact schemas, one file per package of definitions, in the form {@code io.kvorum.api.schema.SchemaFile}
 * reads and describes.
 */
final class SchemaFiles {
    private static final int MAGIC = 0x4b565332;

    // Kinds of nodes; the first nine are the ordinals of the reader's Schema.Type.
    private static final int STRING = 0;
    private static final int INTEGER = 1;
    private static final int NUMBER = 2;
    private static final int BOOLEAN = 3;
    private static final int ARRAY = 5;
    private static final int INT_OR_STRING = 6;
    private static final int QUANTITY = 7;
    private static final int ANY = 8;
    private static final int STRUCT = 9;
    private static final int MAP = 10;
    private static final int REFERENCE = 11;

    private final Map<String, Definition> definitions;
    private final ListSemantics semantics;
    private final ZeroValues zeros;

    SchemaFiles(Map<String, Definition> definitions, ListSemantics semantics, ZeroValues zeros) {
        this.definitions = definitions;
        this.semantics = semantics;
        this.zeros = zeros;
    }

    /** Content by file name. */
    Map<String, byte[]> write() throws IOException {
        Map<String, List<Definition>> packages = new TreeMap<>();
        for (Definition definition : definitions.values()) {
            if (!definition.fields().isEmpty() || !leaf(definition.name())) {
                packages.computeIfAbsent(definition.packageName(), p -> new ArrayList<>())
                        .add(definition);
            }
        }
        Map<String, byte[]> files = new TreeMap<>();
        for (Map.Entry<String, List<Definition>> pack : packages.entrySet()) {
            files.put(pack.getKey(), new File().write(pack.getValue()));
        }
        return files;
    }

    /** Whether a definition stands in the node that names it, rather than being referred to. */
    private static boolean leaf(String definition) {
        return node(definition) != REFERENCE;
    }

    private static int node(String definition) {
        switch (definition) {
            case Models.QUANTITY:
                return QUANTITY;
            case Models.INT_OR_STRING:
                return INT_OR_STRING;
            case Models.TIME:
            case Models.MICRO_TIME:
                return STRING;
            case Models.RAW_EXTENSION:
            case Models.FIELDS:
            case Models.PATCH:
            case Models.API_EXTENSIONS + ".JSON":
            case Models.API_EXTENSIONS + ".JSONSchemaPropsOrArray":
            case Models.API_EXTENSIONS + ".JSONSchemaPropsOrBool":
            case Models.API_EXTENSIONS + ".JSONSchemaPropsOrStringArray":
            case Models.API_EXTENSIONS + ".CustomResourceSubresourceStatus":
                return ANY;
            default:
                return REFERENCE;
        }
    }

    private final class File {
        private final Map<String, Integer> strings = new LinkedHashMap<>();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private final DataOutputStream out = new DataOutputStream(body);

        byte[] write(List<Definition> pack) throws IOException {
            Map<Integer, Integer> offsets = new LinkedHashMap<>();
            for (Definition definition : pack) {
                offsets.put(index(definition.simpleName()), out.size());
                out.writeByte(STRUCT);
                traits(semantics.ofWholeType(definition.name()), false);
                out.writeShort(definition.fields().size());
                List<String> required = new ArrayList<>();
                for (Field field : definition.fields()) {
                    string(field.name());
                    node(
                            field.type(),
                            semantics.of(definition.name(), field.name()),
                            zeros.keptInJson(definition.name(), field.name()));
                    if (field.required()) {
                        required.add(field.name());
                    }
                }
                strings(required);
            }
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            DataOutputStream head = new DataOutputStream(file);
            head.writeInt(MAGIC);
            head.writeShort(strings.size());
            for (String string : strings.keySet()) {
                byte[] utf8 = string.getBytes(StandardCharsets.UTF_8);
                head.writeShort(utf8.length);
                head.write(utf8);
            }
            head.writeShort(offsets.size());
            int nodes = head.size() + offsets.size() * 6;
            for (Map.Entry<Integer, Integer> definition : offsets.entrySet()) {
                head.writeShort(definition.getKey());
                head.writeInt(nodes + definition.getValue());
            }
            body.writeTo(file);
            return file.toByteArray();
        }

        private void node(TypeRef type, Merge merge, boolean keepsZero) throws IOException {
            if (type instanceof TypeRef.ListOf) {
                out.writeByte(ARRAY);
                traits(merge, keepsZero);
                node(((TypeRef.ListOf) type).items(), Merge.UNSAID, false);
            } else if (type instanceof TypeRef.MapOf) {
                out.writeByte(MAP);
                traits(merge, keepsZero);
                node(((TypeRef.MapOf) type).values(), Merge.UNSAID, false);
            } else if (type instanceof TypeRef.Named) {
                String definition = ((TypeRef.Named) type).definition();
                int node = SchemaFiles.node(definition);
                out.writeByte(node);
                traits(merge, keepsZero);
                if (node == REFERENCE) {
                    string(definition);
                } else {
                    string(
                            definition.equals(Models.TIME)
                                    ? "date-time"
                                    : definition.equals(Models.MICRO_TIME) ? "micro-time" : "");
                }
            } else {
                TypeRef.Scalar scalar = (TypeRef.Scalar) type;
                out.writeByte(scalar(scalar.type()));
                traits(merge, keepsZero);
                string(scalar.format());
            }
        }

        private int scalar(String type) {
            switch (type) {
                case "string":
                    return STRING;
                case "integer":
                    return INTEGER;
                case "number":
                    return NUMBER;
                case "boolean":
                    return BOOLEAN;
                default:
                    throw new IllegalStateException("scalar type " + type);
            }
        }

        private void traits(Merge merge, boolean keepsZero) throws IOException {
            List<String> strategies = merge.patchStrategy().isEmpty()
                    ? List.of()
                    : Arrays.asList(merge.patchStrategy().split(","));
            int flags = (merge.type().equals("set") ? 1 : 0)
                    | (merge.type().equals("map") ? 2 : 0)
                    | (merge.mapKeys().isEmpty() ? 0 : 4)
                    | (strategies.isEmpty() ? 0 : 8)
                    | (merge.patchMergeKey().isEmpty() ? 0 : 16)
                    | (merge.type().equals("atomic") ? 32 : 0)
                    | (merge.type().equals("granular") ? 64 : 0)
                    | (keepsZero ? 128 : 0);
            out.writeByte(flags);
            if (!merge.mapKeys().isEmpty()) {
                strings(merge.mapKeys());
            }
            if (!strategies.isEmpty()) {
                strings(strategies);
            }
            if (!merge.patchMergeKey().isEmpty()) {
                string(merge.patchMergeKey());
            }
        }

        private int index(String text) {
            return strings.computeIfAbsent(text, t -> strings.size());
        }

        private void string(String text) throws IOException {
            out.writeShort(index(text));
        }

        private void strings(List<String> list) throws IOException {
            out.writeByte(list.size());
            for (String text : list) {
                string(text);
            }
        }
    }
}
