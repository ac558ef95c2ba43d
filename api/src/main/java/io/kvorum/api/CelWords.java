package io.kvorum.api;

import java.util.Set;

/** Words of the Common Expression Language that cannot be names, by its grammar. */
public final class CelWords {
    private CelWords() {}

    /** Those that expressions escape when a field is called so: {@code __in__}. */
    public static final Set<String> ESCAPED = Set.of(
            "true",
            "false",
            "null",
            "in",
            "as",
            "break",
            "const",
            "continue",
            "else",
            "for",
            "function",
            "if",
            "import",
            "let",
            "loop",
            "package",
            "namespace",
            "return");

    private static final Set<String> OTHERS = Set.of("var", "void", "while");

    /** Whether a word names nothing. */
    public static boolean isReserved(String word) {
        return ESCAPED.contains(word) || OTHERS.contains(word);
    }
}
