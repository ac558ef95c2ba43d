package io.kvorum.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.kvorum.cli.cluster.CommandFailure;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code -o json}, and the tables that are printed without it. */
public final class OutputOption {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "json, or a table if left out")
    @Nullable
    String format;

    /** Whether JSON was asked for; anything else that is no table is a usage failure. */
    public boolean json() {
        if (format != null && !format.equals("json")) {
            throw new CommandFailure("-o \"" + format + "\" is not known; the only format is json", 2);
        }
        return format != null;
    }

    /** Prints a tree, indented. */
    public static void print(JsonNode node) {
        try {
            System.out.println(JSON.writeValueAsString(node));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree cannot be written", e);
        }
    }

    /** Prints rows in columns as wide as they need, three spaces apart, as kubectl does. */
    public static void table(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i));
                if (i < columns - 1) {
                    line.append(" ".repeat(widths[i] - row.get(i).length() + 3));
                }
            }
            System.out.println(line.toString().stripTrailing());
        }
    }
}
