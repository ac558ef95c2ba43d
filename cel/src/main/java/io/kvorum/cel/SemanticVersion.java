package io.kvorum.cel;

import java.math.BigInteger;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version as semver.org has it: {@code 1.2.3-alpha.1+build}. Builds make no difference to the order.
 *
 * @param before the identifiers of a version that comes before the one that is numbered so; empty for that one itself
 */
record SemanticVersion(BigInteger major, BigInteger minor, BigInteger patch, List<String> before)
        implements Comparable<SemanticVersion> {
    private static final String NUMBER = "(0|[1-9][0-9]*)";
    private static final String IDENTIFIER = "(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)";
    private static final Pattern FORM = Pattern.compile(NUMBER + "\\." + NUMBER + "\\." + NUMBER + "(?:-(" + IDENTIFIER
            + "(?:\\." + IDENTIFIER + ")*))?(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?");
    private static final Pattern NUMERIC = Pattern.compile("[0-9]+");

    static boolean isValid(String text) {
        return FORM.matcher(text).matches();
    }

    /** @throws IllegalArgumentException the text is no version */
    static SemanticVersion parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("not a semantic version: " + text);
        }
        String before = form.group(4);
        return new SemanticVersion(
                new BigInteger(form.group(1)),
                new BigInteger(form.group(2)),
                new BigInteger(form.group(3)),
                before == null ? List.of() : List.of(before.split("\\.")));
    }

    /** The text without a leading {@code v} and leading zeros, and with all three numbers. */
    static String normalized(String text) {
        String bare = text.startsWith("v") ? text.substring(1) : text;
        int end = 0;
        while (end < bare.length() && (Character.isDigit(bare.charAt(end)) || bare.charAt(end) == '.')) {
            end++;
        }
        String[] numbers = bare.substring(0, end).split("\\.", -1);
        StringBuilder whole = new StringBuilder();
        for (int i = 0; i < Math.max(3, numbers.length); i++) {
            String number = i < numbers.length ? numbers[i].replaceFirst("^0+(?=[0-9])", "") : "0";
            whole.append(i == 0 ? "" : ".").append(number);
        }
        return whole + bare.substring(end);
    }

    @Override
    public int compareTo(SemanticVersion other) {
        int order = major.compareTo(other.major);
        order = order == 0 ? minor.compareTo(other.minor) : order;
        order = order == 0 ? patch.compareTo(other.patch) : order;
        if (order != 0) {
            return order;
        }
        if (before.isEmpty() || other.before.isEmpty()) {
            return Boolean.compare(before.isEmpty(), other.before.isEmpty());
        }
        for (int i = 0; i < Math.min(before.size(), other.before.size()); i++) {
            int step = compare(before.get(i), other.before.get(i));
            if (step != 0) {
                return step;
            }
        }
        return Integer.compare(before.size(), other.before.size());
    }

    private static int compare(String a, String b) {
        boolean number = NUMERIC.matcher(a).matches();
        boolean otherNumber = NUMERIC.matcher(b).matches();
        if (number && otherNumber) {
            return new BigInteger(a).compareTo(new BigInteger(b));
        }
        return number == otherNumber ? a.compareTo(b) : number ? -1 : 1;
    }
}
