package io.kvorum.openapi.generate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which fields keep a zero value when upstream's Go types are written as JSON: those that are pointers, for which absent
 * and zero differ ({@code replicas: 0}), and those without {@code omitempty}. Neither the models nor the messages'
 * descriptors tell; {@code zero-values.tsv} does, for scalars and IntOrStrings.
 */
final class ZeroValues {
    private static final String FILE = "zero-values.tsv";
    private static final String CUSTOM_RESOURCES = "io.k8s.networking.gateway.";

    private final Map<String, Set<String>> byDefinition = new TreeMap<>();

    private ZeroValues() {}

    static ZeroValues read() throws IOException {
        ZeroValues values = new ZeroValues();
        try (InputStream in = ZeroValues.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IOException("resource " + FILE + " is missing");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            lines.readLine(); // the heading
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int tab = line.indexOf('\t');
                values.byDefinition.put(
                        line.substring(0, tab), Set.of(line.substring(tab + 1).split(",")));
            }
        }
        return values;
    }

    /** As {@link #kept}, and true of types that upstream keeps as they came, being custom resources. */
    boolean keptInJson(String definition, String field) {
        return definition.startsWith(CUSTOM_RESOURCES) || kept(definition, field);
    }

    boolean kept(String definition, String field) {
        return byDefinition.getOrDefault(definition, Set.of()).contains(field);
    }
}
