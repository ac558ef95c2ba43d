package io.kvorum.labs;

/**
 * What a check found.
 *
 * @param message what was seen when it passed; what is missing, and where to look, when it did not
 */
public record Verdict(boolean passed, String message) {
    static Verdict pass(String message) {
        return new Verdict(true, message);
    }

    static Verdict fail(String message) {
        return new Verdict(false, message);
    }
}
