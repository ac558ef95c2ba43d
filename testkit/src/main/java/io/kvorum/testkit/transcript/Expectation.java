package io.kvorum.testkit.transcript;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a command is to print, line by line. White space counts as one blank, since columns are as wide as their widest
 * value. {@code …} stands for any text within a line, and alone in a line for any number of lines; a line {@code /…/} is a
 * regular expression. The last line {@code [exit 1]} tells an exit code other than 0.
 */
public record Expectation(List<String> lines, int exitCode) {
    private static final String ANYTHING = "…";
    private static final Pattern EXIT = Pattern.compile("\\[exit (\\d+)]");

    static Expectation of(List<String> output) {
        List<String> lines = new ArrayList<>();
        int exitCode = 0;
        for (String line : output) {
            var exit = EXIT.matcher(line.strip());
            if (exit.matches()) {
                exitCode = Integer.parseInt(exit.group(1));
            } else if (!line.isBlank()) {
                lines.add(squeezed(line));
            }
        }
        return new Expectation(List.copyOf(lines), exitCode);
    }

    /** Whether a command that ended so has printed what was expected. Empty lines do not count. */
    public boolean isMet(String printed, int code) {
        List<String> actual = printed.lines()
                .filter(line -> !line.isBlank())
                .map(Expectation::squeezed)
                .toList();
        return code == exitCode && matches(0, actual, 0);
    }

    private boolean matches(int at, List<String> actual, int next) {
        if (at == lines.size()) {
            return next == actual.size();
        }
        if (lines.get(at).equals(ANYTHING)) {
            for (int skipped = next; skipped <= actual.size(); skipped++) {
                if (matches(at + 1, actual, skipped)) {
                    return true;
                }
            }
            return false;
        }
        return next < actual.size()
                && matchesLine(lines.get(at), actual.get(next))
                && matches(at + 1, actual, next + 1);
    }

    private static boolean matchesLine(String expected, String actual) {
        if (expected.length() > 1 && expected.startsWith("/") && expected.endsWith("/")) {
            return Pattern.compile(expected.substring(1, expected.length() - 1))
                    .matcher(actual)
                    .find();
        }
        if (!expected.contains(ANYTHING)) {
            return expected.equals(actual);
        }
        StringBuilder pattern = new StringBuilder();
        String[] parts = expected.split(ANYTHING, -1);
        for (int i = 0; i < parts.length; i++) {
            pattern.append(i == 0 ? "" : ".*").append(Pattern.quote(parts[i]));
        }
        return Pattern.matches(pattern.toString(), actual);
    }

    private static String squeezed(String line) {
        return line.strip().replaceAll("\\s+", " ");
    }

    @Override
    public String toString() {
        return String.join("\n", lines) + (exitCode == 0 ? "" : "\n[exit " + exitCode + "]");
    }
}
