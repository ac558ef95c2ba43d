package io.kvorum.apiserver.table;

import java.util.ArrayList;
import java.util.List;

/**
 * A column of a table.
 *
 * @param type {@code string}, {@code integer}, {@code boolean}, {@code date}
 * @param format {@code name} for the column that names the object; empty for none
 * @param priority 0 for always, 1 for {@code -o wide}
 */
public record Column(String name, String type, String format, String description, int priority) {
    static final Column NAME = new Column("Name", "string", "name", "Name of the object, unique in its namespace", 0);
    static final Column AGE = new Column("Age", "string", "", "How long ago the object was created", 0);

    /**
     * Reads {@code name|type|description} lines; a star before the name is for a wide column, {@code type:format} gives a
     * format. A line with the bare word Name or Age stands for the usual column.
     */
    static List<Column> parse(String lines) {
        List<Column> columns = new ArrayList<>();
        for (String line : lines.strip().split("\n")) {
            String[] parts = line.strip().split("\\|");
            if (parts.length == 1) {
                columns.add(parts[0].equals("Age") ? AGE : NAME);
                continue;
            }
            boolean wide = parts[0].startsWith("*");
            int colon = parts[1].indexOf(':');
            columns.add(new Column(
                    wide ? parts[0].substring(1) : parts[0],
                    colon < 0 ? parts[1] : parts[1].substring(0, colon),
                    colon < 0 ? "" : parts[1].substring(colon + 1),
                    parts[2],
                    wide ? 1 : 0));
        }
        return List.copyOf(columns);
    }
}
