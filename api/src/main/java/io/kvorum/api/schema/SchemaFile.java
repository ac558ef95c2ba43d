package io.kvorum.api.schema;

import io.kvorum.api.schema.Schema.FieldTraits;
import io.kvorum.api.schema.Schema.ListType;
import io.kvorum.api.schema.Schema.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The compact schemas of one package. Opening one looks at its tables only; a definition is made when asked for.
 *
 * <p>Its form, big-endian: an int magic number; a two-byte count of strings, then each as a two-byte length and UTF-8;
 * a two-byte count of definitions, then each as the index of its name and the four-byte offset of its node from the
 * file's start; then the nodes. A node is a byte for the kind of node, a byte of flags saying which traits follow, the
 * traits, and its content. Strings stand as two-byte indexes.
 */
final class SchemaFile {
    static final SchemaFile NONE = new SchemaFile();

    private static final int MAGIC = 0x4b565332;
    private static final Type[] TYPES = Type.values();
    private static final int STRUCT = TYPES.length;
    private static final int MAP = TYPES.length + 1;
    private static final int REFERENCE = TYPES.length + 2;

    private static final int SET_LIST = 1;
    private static final int MAP_LIST = 2;
    private static final int MAP_KEYS = 4;
    private static final int PATCH_STRATEGIES = 8;
    private static final int PATCH_MERGE_KEY = 16;
    private static final int ATOMIC_MAP = 32;
    private static final int GRANULAR_MAP = 64;
    private static final int KEEPS_ZERO = 128;

    private final String pack;
    private final ByteBuffer file;
    private final Function<String, Schema> resolver;
    /** Offset of every string's length. */
    private final int[] strings;

    private final Map<String, Integer> offsets = new HashMap<>();
    private final Map<String, Schema> made = new ConcurrentHashMap<>();

    private SchemaFile() {
        pack = "";
        file = ByteBuffer.allocate(0);
        strings = new int[0];
        resolver = definition -> {
            throw new IllegalStateException(definition);
        };
    }

    /** @param resolver finds a definition of any package by its full name */
    SchemaFile(String pack, ByteBuffer file, Function<String, Schema> resolver) {
        this.pack = pack;
        this.file = file;
        this.resolver = resolver;
        if (file.getInt() != MAGIC) {
            throw new IllegalStateException("resource " + Schemas.FOLDER + pack + " is not a schema file");
        }
        strings = new int[file.getShort() & 0xffff];
        for (int i = 0; i < strings.length; i++) {
            strings[i] = file.position();
            file.position(strings[i] + 2 + (file.getShort(strings[i]) & 0xffff));
        }
        int count = file.getShort() & 0xffff;
        for (int i = 0; i < count; i++) {
            String name = string(file.getShort() & 0xffff);
            offsets.put(name, file.getInt());
        }
    }

    private String string(int index) {
        int at = strings[index];
        return new String(file.array(), at + 2, file.getShort(at) & 0xffff, StandardCharsets.UTF_8);
    }

    /** @param name within the package, {@code PodSpec}; null if there is none */
    @Nullable
    Schema definition(String name) {
        Schema schema = made.get(name);
        if (schema == null) {
            Integer offset = offsets.get(name);
            if (offset == null) {
                return null;
            }
            schema = new Reader(offset).node(pack + '.' + name);
            made.putIfAbsent(name, schema);
        }
        return schema;
    }

    /** Reads from a place of its own, so that several threads may read at once. */
    private final class Reader {
        private final ByteBuffer in = file.duplicate();

        Reader(int offset) {
            in.position(offset);
        }

        private Schema node(String definition) {
            int form = in.get();
            FieldTraits traits = traits();
            if (form == STRUCT) {
                int count = in.getShort() & 0xffff;
                Map<String, Schema> properties = new LinkedHashMap<>(count * 2);
                for (int i = 0; i < count; i++) {
                    String name = string();
                    properties.put(name, node(""));
                }
                return Schema.struct(definition, Collections.unmodifiableMap(properties), strings(), traits);
            } else if (form == MAP) {
                return Schema.map(node(""), traits);
            } else if (form == REFERENCE) {
                return Schema.reference(string(), traits, resolver);
            } else if (TYPES[form] == Type.ARRAY) {
                return Schema.array(node(""), traits);
            }
            return Schema.scalar(TYPES[form], string(), traits);
        }

        private FieldTraits traits() {
            int flags = in.get();
            if (flags == 0) {
                return FieldTraits.NONE;
            }
            ListType listType =
                    (flags & SET_LIST) != 0 ? ListType.SET : (flags & MAP_LIST) != 0 ? ListType.MAP : ListType.ATOMIC;
            List<String> keys = (flags & MAP_KEYS) != 0 ? strings() : List.of();
            List<String> strategies = (flags & PATCH_STRATEGIES) != 0 ? strings() : List.of();
            @Nullable String mergeKey = (flags & PATCH_MERGE_KEY) != 0 ? string() : null;
            return new FieldTraits(
                    listType,
                    keys,
                    (flags & ATOMIC_MAP) != 0,
                    (flags & GRANULAR_MAP) != 0,
                    strategies,
                    mergeKey,
                    (flags & KEEPS_ZERO) != 0);
        }

        private String string() {
            return SchemaFile.this.string(in.getShort() & 0xffff);
        }

        private List<String> strings() {
            int count = in.get() & 0xff;
            List<String> list = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                list.add(string());
            }
            return List.copyOf(list);
        }
    }
}
