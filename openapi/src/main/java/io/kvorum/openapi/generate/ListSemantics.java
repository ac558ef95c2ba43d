package io.kvorum.openapi.generate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** How lists and maps merge: what the models' annotations do not tell and {@code list-semantics.tsv} does. */
final class ListSemantics {
    private static final String FILE = "list-semantics.tsv";
    private static final String WHOLE_TYPE = "(whole type)";

    /**
     * @param type {@code atomic}, {@code set}, {@code map}, {@code granular} or empty
     * @param mapKeys of type {@code map}
     * @param patchStrategy {@code merge}, {@code merge,retainKeys}, ...; empty for none
     * @param patchMergeKey empty for none
     */
    record Merge(String type, List<String> mapKeys, String patchStrategy, String patchMergeKey) {
        static final Merge UNSAID = new Merge("", List.of(), "", "");
    }

    private static final String UNIONS = "(unions)";

    private final Map<String, Map<String, Merge>> byDefinition = new TreeMap<>();
    private final Map<String, String> unions = new TreeMap<>();

    private ListSemantics() {}

    static ListSemantics read() throws IOException {
        ListSemantics semantics = new ListSemantics();
        try (InputStream in = ListSemantics.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IOException("resource " + FILE + " is missing");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            lines.readLine(); // the heading
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] f = line.split("\t", -1);
                if (f[1].equals(UNIONS)) {
                    semantics.unions.put(f[0], f[2]);
                    continue;
                }
                List<String> keys = f[3].isEmpty() ? List.of() : Arrays.asList(f[3].split(","));
                semantics
                        .byDefinition
                        .computeIfAbsent(f[0], name -> new TreeMap<>())
                        .put(f[1], new Merge(f[2], keys, f[4], f[5]));
            }
        }
        return semantics;
    }

    Merge of(String definition, String field) {
        return byDefinition.getOrDefault(definition, Map.of()).getOrDefault(field, Merge.UNSAID);
    }

    Merge ofWholeType(String definition) {
        return of(definition, WHOLE_TYPE);
    }

    /** The value of {@code x-kubernetes-unions} as JSON; empty for none. */
    String unions(String definition) {
        return unions.getOrDefault(definition, "");
    }

    /** Refuses an overlay that speaks of types or fields which are not there. */
    void checkAgainst(Map<String, Definition> definitions) {
        byDefinition.forEach((name, fields) -> {
            Definition definition = definitions.get(name);
            if (definition == null) {
                throw new IllegalStateException(FILE + " speaks of " + name + ", which no served kind uses");
            }
            Set<String> known = new HashSet<>(Set.of(WHOLE_TYPE));
            definition.fields().forEach(field -> known.add(field.name()));
            fields.keySet().stream().filter(field -> !known.contains(field)).forEach(field -> {
                throw new IllegalStateException(FILE + " speaks of the unknown field " + name + "." + field);
            });
        });
    }
}
