package io.kvorum.cel;

import dev.cel.common.CelErrorCode;
import dev.cel.common.CelIssue;
import dev.cel.runtime.CelEvaluationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Errors in the words of cel-go, which upstream shows. */
final class Wording {
    private static final Pattern PREFIX = Pattern.compile("evaluation error at [^ ]+: ");
    private static final Pattern NO_KEY = Pattern.compile("key '(.*)' is not present in map\\.?");

    /** Of the same kind of failure, but with words of its own. */
    private static final Pattern NO_FIELD = Pattern.compile("No such attribute|Error resolving field");

    /** What the grammar says; both implementations take the words that follow from ANTLR. */
    private static final Pattern SYNTAX = Pattern.compile(
            "(token recognition error|extraneous input|mismatched input|missing .* at|no viable alternative).*",
            Pattern.DOTALL);

    /** The overloads there are, which cel-go does not name. */
    private static final Pattern CANDIDATES =
            Pattern.compile("(found no matching overload for .*) \\(candidates: .*\\)", Pattern.DOTALL);

    private Wording() {}

    static CelIssue ofCompilation(CelIssue issue) {
        String message = issue.getMessage();
        Matcher candidates = CANDIDATES.matcher(message);
        if (candidates.matches()) {
            return CelIssue.formatError(issue.getSourceLocation(), candidates.group(1));
        }
        return SYNTAX.matcher(message).matches()
                ? CelIssue.formatError(issue.getSourceLocation(), "Syntax error: " + message)
                : issue;
    }

    static String ofEvaluation(CelEvaluationException failure) {
        String rest = PREFIX.matcher(String.valueOf(failure.getMessage())).replaceFirst("");
        Matcher noKey = NO_KEY.matcher(rest);
        // Of a key in brackets cel-java says the key alone.
        boolean bare = failure.getErrorCode() == CelErrorCode.ATTRIBUTE_NOT_FOUND
                && !NO_FIELD.matcher(rest).lookingAt();
        return noKey.matches() ? "no such key: " + noKey.group(1) : bare ? "no such key: " + rest : rest;
    }
}
