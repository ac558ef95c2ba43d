package io.kvorum.apiserver.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Ways to spoil objects and texts; all randomness is the caller's. */
final class Mutations {
    private static final int MOST_STEPS_DOWN = 12;

    /** Values that readers of JSON, numbers, names, quantities and expressions have stumbled over. */
    static final List<String> RAW_VALUES = List.of(
            "null",
            "true",
            "-0",
            "1e999999",
            "1e-999999",
            "1E400",
            "99999999999999999999",
            "-9223372036854775809",
            "9223372036854775807",
            "2147483648",
            "1.5",
            "0.1e1",
            "[]",
            "{}",
            "[[[]]]",
            "[null]",
            "{\"\":null}",
            "\"\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"a/b\"",
            "\"..\"",
            "\"%\"",
            "\"-1\"",
            "\"1e999999999\"",
            "\"100000000000000000000Ei\"",
            "\"0.0000000000000000000000001n\"",
            "\"9999-99-99T99:99:99Z\"",
            "\"2026-01-01T00:00:00.999999999999999999999Z\"",
            "\"300ms\"",
            "\"101%\"",
            "\"999999999999999999999%\"",
            "\"*/0 * * * *\"",
            "\"0 0 31 2 *\"",
            "\"::ffff:1.2.3.4\"",
            "\"10.0.0.0/99\"",
            "\"(a+)+$\"",
            "NaN",
            "+1",
            "01",
            "'a'",
            "\"\\x\"");

    private static final List<String> MORE_KEYS = List.of(
            "",
            "$patch",
            "$retainKeys",
            "$setElementOrder/containers",
            "$deleteFromPrimitiveList/finalizers",
            "spec",
            "metadata",
            "a.b",
            "\u0000",
            "kind",
            "managedFields",
            "deletionTimestamp",
            "finalizers",
            "status");

    private final Random random;

    Mutations(Random random) {
        this.random = random;
    }

    <T> T oneOf(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    /** A body: the object with some values replaced, keys added, removed or doubled, and at times bytes spoilt. */
    byte[] spoilt(ObjectNode whole) {
        ObjectNode object = whole.deepCopy();
        int changes = random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            change(object);
        }
        String text = object.toString();
        for (int mark = text.indexOf("\"@@"); mark >= 0; mark = text.indexOf("\"@@")) {
            int end = text.indexOf("@@\"", mark + 3);
            int which = Integer.parseInt(text.substring(mark + 3, end));
            text = text.substring(0, mark) + RAW_VALUES.get(which) + text.substring(end + 3);
        }
        if (random.nextInt(12) == 0) {
            int brace = text.indexOf('{', random.nextInt(text.length()));
            if (brace >= 0 && brace + 1 < text.length()) {
                text = text.substring(0, brace + 1) + "\"metadata\":{},\"metadata\":{\"name\":\"x\"},"
                        + text.substring(brace + 1);
            }
        }
        return spoilt(text.getBytes(StandardCharsets.UTF_8));
    }

    private void change(ObjectNode object) {
        JsonNode at = object;
        for (int step = 0; step < MOST_STEPS_DOWN; step++) {
            List<JsonNode> inner = new ArrayList<>();
            at.forEach(child -> {
                if (child.isContainerNode() && !child.isEmpty()) {
                    inner.add(child);
                }
            });
            if (inner.isEmpty() || random.nextInt(3) == 0) {
                break;
            }
            at = oneOf(inner);
        }
        // Values that no tree can hold are marked here and put into the text.
        TextNode raw = TextNode.valueOf("@@" + random.nextInt(RAW_VALUES.size()) + "@@");
        if (at instanceof ArrayNode array) {
            switch (random.nextInt(3)) {
                case 0 -> array.add(raw);
                case 1 -> array.add(array.isEmpty() ? raw : array.get(0).deepCopy());
                default -> array.remove(0);
            }
            return;
        }
        ObjectNode inner = (ObjectNode) at;
        List<String> keys = new ArrayList<>();
        inner.fieldNames().forEachRemaining(keys::add);
        switch (random.nextInt(4)) {
            case 0 -> inner.set(oneOf(MORE_KEYS), raw);
            case 1 -> inner.remove(keys.isEmpty() ? "a" : oneOf(keys));
            default -> inner.set(keys.isEmpty() ? "a" : oneOf(keys), raw);
        }
    }

    /** Mostly as it is; at times cut, with a byte that is no UTF-8, or with bytes turned. */
    byte[] spoilt(byte[] bytes) {
        byte[] some = bytes.clone();
        switch (random.nextInt(16)) {
            case 0 -> {
                return Arrays.copyOf(some, random.nextInt(some.length + 1));
            }
            case 1 -> {
                for (int i = 0; some.length > 0 && i < 3; i++) {
                    some[random.nextInt(some.length)] = (byte) random.nextInt(256);
                }
            }
            case 2 -> {
                if (some.length > 0) {
                    some[random.nextInt(some.length)] = (byte) 0xc0;
                }
            }
            default -> {
                // Bodies that are read to their end find more than those that are not.
            }
        }
        return some;
    }

    /** JSON, YAML and protobuf that is about the reader alone. */
    byte[] extreme() {
        int depth = oneOf(List.of(100, 1_000, 10_000, 100_000));
        return switch (random.nextInt(9)) {
            case 0 -> "[".repeat(depth).getBytes(StandardCharsets.US_ASCII);
            case 1 -> ("{\"a\":".repeat(depth) + "1" + "}".repeat(depth)).getBytes(StandardCharsets.US_ASCII);
            case 2 ->
                ("{\"metadata\":{\"name\":\"n\"},\"data\":" + "[".repeat(depth) + "]".repeat(depth) + "}")
                        .getBytes(StandardCharsets.US_ASCII);
            case 3 ->
                ("{\"metadata\":{\"name\":\"n\",\"generation\":" + "9".repeat(depth) + "}}")
                        .getBytes(StandardCharsets.US_ASCII);
            case 4 -> aliases();
            case 5 -> ("a: " + "[".repeat(depth)).getBytes(StandardCharsets.US_ASCII);
            case 6 -> message();
            case 7 -> bytes(random.nextInt(200));
            default -> new byte[0];
        };
    }

    private static byte[] aliases() {
        StringBuilder yaml = new StringBuilder("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: n}\na0: &a0 [x,x]\n");
        for (int i = 1; i < 30; i++) {
            yaml.append("a" + i + ": &a" + i + " [*a" + (i - 1) + ",*a" + (i - 1) + ",*a" + (i - 1) + "]\n");
        }
        return yaml.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** With the magic number of a Kubernetes message, and lengths that need not be true. */
    private byte[] message() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {'k', '8', 's', 0});
        if (random.nextBoolean()) {
            out.writeBytes(new byte[] {10, 15, 10, 2, 'v', '1', 18, 9});
            out.writeBytes("ConfigMap".getBytes(StandardCharsets.US_ASCII));
            out.write(18);
            out.write(random.nextInt(256));
        }
        out.writeBytes(bytes(random.nextInt(60)));
        return out.toByteArray();
    }

    byte[] bytes(int length) {
        byte[] some = new byte[length];
        random.nextBytes(some);
        return some;
    }
}
