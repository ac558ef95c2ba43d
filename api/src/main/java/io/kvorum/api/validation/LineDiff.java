package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What changed between two trees, as a unified diff of their lines. */
final class LineDiff {
    private static final int CONTEXT = 3;

    private LineDiff() {}

    private record Line(char mark, String text) {}

    static String of(JsonNode old, JsonNode next) {
        List<Line> script = script(lines(old), lines(next));
        StringBuilder diff = new StringBuilder();
        int at = 0;
        while (at < script.size()) {
            if (script.get(at).mark() == ' ') {
                at++;
                continue;
            }
            int start = Math.max(0, at - CONTEXT);
            int lastChange = at;
            for (int i = at; i < script.size() && i - lastChange <= 2 * CONTEXT; i++) {
                if (script.get(i).mark() != ' ') {
                    lastChange = i;
                }
            }
            int end = Math.min(script.size(), lastChange + CONTEXT + 1);
            hunk(script, start, end, diff);
            at = end;
        }
        return diff.toString();
    }

    private static void hunk(List<Line> script, int start, int end, StringBuilder diff) {
        int oldLine = 1;
        int newLine = 1;
        for (int i = 0; i < start; i++) {
            oldLine += script.get(i).mark() == '+' ? 0 : 1;
            newLine += script.get(i).mark() == '-' ? 0 : 1;
        }
        int oldCount = 0;
        int newCount = 0;
        for (int i = start; i < end; i++) {
            oldCount += script.get(i).mark() == '+' ? 0 : 1;
            newCount += script.get(i).mark() == '-' ? 0 : 1;
        }
        diff.append(String.format("@@ -%d,%d +%d,%d @@\n", oldLine, oldCount, newLine, newCount));
        for (Line line : script.subList(start, end)) {
            diff.append(line.mark()).append(line.text()).append('\n');
        }
    }

    /** The longest common subsequence, walked from the end. */
    private static List<Line> script(List<String> old, List<String> next) {
        int[][] common = new int[old.size() + 1][next.size() + 1];
        for (int i = old.size() - 1; i >= 0; i--) {
            for (int j = next.size() - 1; j >= 0; j--) {
                common[i][j] = old.get(i).equals(next.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<Line> script = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < old.size() || j < next.size()) {
            if (i < old.size() && j < next.size() && old.get(i).equals(next.get(j))) {
                script.add(new Line(' ', old.get(i++)));
                j++;
            } else if (i < old.size() && (j == next.size() || common[i + 1][j] >= common[i][j + 1])) {
                script.add(new Line('-', old.get(i++)));
            } else {
                script.add(new Line('+', next.get(j++)));
            }
        }
        return script;
    }

    private static List<String> lines(JsonNode tree) {
        StringBuilder text = new StringBuilder();
        render(tree, 0, text);
        return List.of(text.toString().split("\n"));
    }

    /** Fields in alphabetical order, so that their order in a request makes no difference. */
    private static void render(JsonNode node, int depth, StringBuilder text) {
        if (!node.isContainerNode() || node.isEmpty()) {
            text.append(node);
            return;
        }
        boolean object = node.isObject();
        text.append(object ? '{' : '[');
        String separator = "\n";
        if (object) {
            TreeMap<String, JsonNode> fields = new TreeMap<>();
            node.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
            for (Map.Entry<String, JsonNode> field : fields.entrySet()) {
                text.append(separator)
                        .append(" ".repeat(depth + 1))
                        .append('"')
                        .append(field.getKey())
                        .append("\": ");
                render(field.getValue(), depth + 1, text);
                separator = ",\n";
            }
        } else {
            for (JsonNode item : node) {
                text.append(separator).append(" ".repeat(depth + 1));
                render(item, depth + 1, text);
                separator = ",\n";
            }
        }
        text.append('\n').append(" ".repeat(depth)).append(object ? '}' : ']');
    }
}
