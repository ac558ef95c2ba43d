package io.kvorum.api.proto;

import io.kvorum.api.proto.Field.Type;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * The messages of the built-in kinds. Read as a whole from the resource the build wrote, when first asked for:
 *
 * <pre>
 * magic int; strings: count, (length, UTF-8)...; kinds: count, (name, shape)...;
 * shapes: count, (fields: count, (number, name, type byte, flags byte, shape where the type leads to one)...)...
 * </pre>
 *
 * with counts, lengths, numbers and references as unsigned shorts.
 */
final class Messages {
    private static final String RESOURCE = "io/kvorum/proto/messages.gz";
    private static final int MAGIC = 0x4b565031;

    private final Map<String, Integer> kinds;
    private final Set<String> versions = new HashSet<>();
    private final Shape[] shapes;

    /** Loads when first touched. */
    private static final class Shared {
        static final Messages INSTANCE = read();
    }

    /** The fields of a message by number. */
    static final class Shape {
        private final Map<Integer, Field> fields;
        private final List<Field> inOrder;

        private Shape(Map<Integer, Field> fields) {
            this.fields = fields;
            inOrder = fields.values().stream()
                    .sorted(Comparator.comparingInt(Field::number))
                    .toList();
        }

        /** All fields by ascending number, as encoders write them. */
        List<Field> inOrder() {
            return inOrder;
        }

        @org.jspecify.annotations.Nullable
        Field field(int number) {
            return fields.get(number);
        }
    }

    private Messages(DataInputStream in) throws IOException {
        if (in.readInt() != MAGIC) {
            throw new IOException("not a file of messages, or another version's");
        }
        String[] strings = new String[in.readUnsignedShort()];
        for (int i = 0; i < strings.length; i++) {
            strings[i] = in.readUTF();
        }
        int count = in.readUnsignedShort();
        kinds = new HashMap<>(count * 2);
        for (int i = 0; i < count; i++) {
            String kind = strings[in.readUnsignedShort()];
            kinds.put(kind, in.readUnsignedShort());
            versions.add(kind.substring(0, kind.lastIndexOf('/')));
        }
        Type[] types = Type.values();
        shapes = new Shape[in.readUnsignedShort()];
        for (int i = 0; i < shapes.length; i++) {
            int fields = in.readUnsignedShort();
            Map<Integer, Field> byNumber = new HashMap<>(fields * 2);
            for (int f = 0; f < fields; f++) {
                int number = in.readUnsignedShort();
                String name = strings[in.readUnsignedShort()];
                Type type = types[in.readByte()];
                int flags = in.readByte();
                int shape = type.leadsToShape() ? in.readUnsignedShort() : -1;
                byNumber.put(number, new Field(number, name, type, flags, shape));
            }
            shapes[i] = new Shape(byNumber);
        }
    }

    static Messages load() {
        return Shared.INSTANCE;
    }

    private static Messages read() {
        InputStream resource = Messages.class.getClassLoader().getResourceAsStream(RESOURCE);
        if (resource == null) {
            throw new IllegalStateException("resource " + RESOURCE + " is missing");
        }
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(resource, 8192))) {
            return new Messages(in);
        } catch (IOException e) {
            throw new UncheckedIOException("resource " + RESOURCE, e);
        }
    }

    /** The shape of a kind's objects, -1 for a kind that is not built in. */
    int of(String apiVersion, String kind) {
        return kinds.getOrDefault(apiVersion + '/' + kind, -1);
    }

    /** The shape of the metadata that objects of all kinds have. */
    int metadata() {
        return shape(of("v1", "ConfigMap")).inOrder().stream()
                .filter(field -> field.name().equals("metadata"))
                .findFirst()
                .orElseThrow()
                .shape();
    }

    boolean knows(String apiVersion) {
        return versions.contains(apiVersion);
    }

    Shape shape(int index) {
        return shapes[index];
    }
}
