package io.kvorum.api.validation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.util.ArrayList;
import java.util.List;

/** What changed between two trees, as a unified diff of their lines. */
final class LineDiff {
    private static final int CONTEXT = 3;
    private static final ObjectWriter WRITER = writer();

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
        try {
            return List.of(WRITER.writeValueAsString(tree).split("\n"));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree that cannot be written", impossible);
        }
    }

    private static ObjectWriter writer() {
        DefaultIndenter oneSpace = new DefaultIndenter(" ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentObjectsWith(oneSpace);
        printer.indentArraysWith(oneSpace);
        return new ObjectMapper().writer(printer);
    }
}
