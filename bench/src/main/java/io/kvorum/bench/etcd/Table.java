package io.kvorum.bench.etcd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Rows of text in columns. Pure. */
final class Table {
    private Table() {}

    /**
     * @param rows the first one is the head; all of the same length
     * @param markdown with bars and a line below the head
     * @return lines, each with its end
     */
    static String of(List<List<String>> rows, boolean markdown) {
        List<Integer> widths = new ArrayList<>(Collections.nCopies(rows.get(0).size(), 3));
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths.set(i, Math.max(widths.get(i), row.get(i).length()));
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            line(text, rows.get(i), widths, markdown);
            if (i == 0 && markdown) {
                text.append('|');
                widths.forEach(width -> text.append("-".repeat(width + 2)).append('|'));
                text.append('\n');
            }
        }
        return text.toString();
    }

    private static void line(StringBuilder text, List<String> row, List<Integer> widths, boolean markdown) {
        int start = text.length();
        text.append(markdown ? "|" : "");
        for (int i = 0; i < row.size(); i++) {
            String cell = row.get(i);
            text.append(markdown ? " " : "").append(cell).append(" ".repeat(widths.get(i) - cell.length()));
            text.append(markdown ? " |" : i + 1 < row.size() ? "  " : "");
        }
        int end = text.length();
        while (!markdown && end > start && text.charAt(end - 1) == ' ') {
            end--;
        }
        text.setLength(end);
        text.append('\n');
    }
}
