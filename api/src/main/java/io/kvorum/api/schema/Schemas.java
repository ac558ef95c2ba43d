package io.kvorum.api.schema;

import io.kvorum.api.schema.Schema.FieldTraits;
import io.kvorum.api.schema.Schema.ListType;
import io.kvorum.api.schema.Schema.Type;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The schemas of the built-in kinds. One resource per package of definitions ({@code io.k8s.api.apps.v1}), read when the
 * first of its types is asked for. Safe for use by several threads.
 *
 * <p>The resource's form: an {@code int} magic number; a table of strings; then the definitions, each a name and a node.
 * A node is a byte for the kind of node, a byte of flags saying which traits follow, and its content; strings are
 * two-byte indexes into the table.
 */
public final class Schemas {
    /** First four bytes of every resource. */
    public static final int MAGIC = 0x4b565331;
    /** Where the resources lie on the class path. */
    public static final String FOLDER = "io/kvorum/schemas/";

    private static final Type[] TYPES = Type.values();
    private static final int STRUCT = TYPES.length;
    private static final int MAP = TYPES.length + 1;
    private static final int REFERENCE = TYPES.length + 2;

    private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1";
    private static final Schemas SHARED = new Schemas(Schemas.class.getClassLoader());

    private final ClassLoader resources;
    private final Map<String, Map<String, Schema>> packages = new ConcurrentHashMap<>();

    private Schemas(ClassLoader resources) {
        this.resources = resources;
    }

    /** The process's schemas; nothing is read yet. */
    public static Schemas load() {
        return SHARED;
    }

    /**
     * @param apiVersion {@code v1}, {@code apps/v1}; also {@code meta.k8s.io/v1}
     * @throws IllegalArgumentException if no such kind is built in
     */
    public Schema of(String apiVersion, String kind) {
        return find(apiVersion, kind)
                .orElseThrow(() -> new IllegalArgumentException("no schema of " + kind + " in " + apiVersion));
    }

    /** The schema of a kind, or empty if it is not built in. */
    public Optional<Schema> find(String apiVersion, String kind) {
        Schema schema = definitions(packageOf(apiVersion)).get(kind);
        if (schema == null && apiVersion.equals("v1")) {
            schema = definitions(META).get(kind); // Status, DeleteOptions: in every group version, v1 stands for them
        }
        return Optional.ofNullable(schema);
    }

    /** A type by the name upstream's OpenAPI document gives it, {@code io.k8s.api.core.v1.PodSpec}. */
    public Schema definition(String name) {
        int dot = name.lastIndexOf('.');
        Schema schema = definitions(name.substring(0, dot)).get(name.substring(dot + 1));
        if (schema == null) {
            throw new IllegalArgumentException("no definition " + name);
        }
        return schema;
    }

    private static String packageOf(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : apiVersion.substring(0, slash);
        String version = apiVersion.substring(slash + 1);
        switch (group) {
            case "":
                return "io.k8s.api.core." + version;
            case "meta.k8s.io":
                return "io.k8s.apimachinery.pkg.apis.meta." + version;
            case "apiextensions.k8s.io":
                return "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions." + version;
            case "apiregistration.k8s.io":
                return "io.k8s.kube-aggregator.pkg.apis.apiregistration." + version;
            default:
                int dot = group.indexOf('.');
                return "io.k8s.api." + (dot < 0 ? group : group.substring(0, dot)) + '.' + version;
        }
    }

    private Map<String, Schema> definitions(String pack) {
        Map<String, Schema> known = packages.get(pack);
        if (known == null) {
            known = read(pack);
            packages.putIfAbsent(pack, known);
        }
        return known;
    }

    private Map<String, Schema> read(String pack) {
        try (InputStream raw = resources.getResourceAsStream(FOLDER + pack)) {
            if (raw == null) {
                return Map.of();
            }
            DataInputStream in = new DataInputStream(new BufferedInputStream(raw, 1 << 16));
            if (in.readInt() != MAGIC) {
                throw new IllegalStateException("resource " + FOLDER + pack + " is not a schema file");
            }
            return new Reader(in, pack).definitions();
        } catch (IOException e) {
            throw new UncheckedIOException("resource " + FOLDER + pack, e);
        }
    }

    private final class Reader {
        private final DataInputStream in;
        private final String pack;
        private final String[] strings;

        Reader(DataInputStream in, String pack) throws IOException {
            this.in = in;
            this.pack = pack;
            strings = new String[in.readUnsignedShort()];
            for (int i = 0; i < strings.length; i++) {
                strings[i] = in.readUTF();
            }
        }

        Map<String, Schema> definitions() throws IOException {
            int count = in.readUnsignedShort();
            Map<String, Schema> definitions = new LinkedHashMap<>(count * 2);
            for (int i = 0; i < count; i++) {
                String name = string();
                definitions.put(name, node(pack + '.' + name));
            }
            return definitions;
        }

        private Schema node(String definition) throws IOException {
            int form = in.readUnsignedByte();
            FieldTraits traits = traits();
            if (form == STRUCT) {
                int count = in.readUnsignedShort();
                Map<String, Schema> properties = new LinkedHashMap<>(count * 2);
                for (int i = 0; i < count; i++) {
                    String name = string();
                    properties.put(name, node(""));
                }
                return Schema.struct(definition, Collections.unmodifiableMap(properties), strings(), traits);
            } else if (form == MAP) {
                return Schema.map(node(""), traits);
            } else if (form == REFERENCE) {
                return Schema.reference(string(), traits, Schemas.this::definition);
            } else if (TYPES[form] == Type.ARRAY) {
                return Schema.array(node(""), traits);
            }
            return Schema.scalar(TYPES[form], string(), traits);
        }

        private FieldTraits traits() throws IOException {
            int flags = in.readUnsignedByte();
            if (flags == 0) {
                return FieldTraits.NONE;
            }
            ListType listType = (flags & 1) != 0 ? ListType.SET : (flags & 2) != 0 ? ListType.MAP : ListType.ATOMIC;
            List<String> keys = (flags & 4) != 0 ? strings() : List.of();
            List<String> strategies = (flags & 8) != 0 ? strings() : List.of();
            @Nullable String mergeKey = (flags & 16) != 0 ? string() : null;
            return new FieldTraits(listType, keys, (flags & 32) != 0, (flags & 64) != 0, strategies, mergeKey);
        }

        private String string() throws IOException {
            return strings[in.readUnsignedShort()];
        }

        private List<String> strings() throws IOException {
            int count = in.readUnsignedByte();
            List<String> list = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                list.add(string());
            }
            return List.copyOf(list);
        }
    }
}
