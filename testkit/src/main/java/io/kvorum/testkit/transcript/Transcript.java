package io.kvorum.testkit.transcript;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A session at a shell as text. A line {@code $ command} begins a step, lines {@code > more} go on with its command, what
 * follows up to the next step is what it prints, errors included. Lines that begin with {@code #}, and empty ones before a
 * step, are for readers; a printed line that begins so is written as a regular expression.
 *
 * <p>{@code $~ command} may be tried again until it prints what is expected. {@code $[1.29+] command} is for programs of
 * version 1.29 and later only, {@code $[-1.28] command} for those up to 1.28. See {@link Expectation} for what a step is
 * expected to print.
 *
 * @param name of the session, for messages
 */
public record Transcript(String name, List<Step> steps) {
    private static final Pattern COMMAND =
            Pattern.compile("\\$(~?)(?:\\[(?:(\\d+)\\.(\\d+)\\+|-(\\d+)\\.(\\d+))])? (.*)");

    /**
     * One command with what it prints.
     *
     * @param line where it stands, from 1
     * @param patient whether it may be tried again
     * @param since the first version it is for, as in {@link #version}; 0 for all
     * @param until the last one; {@link Integer#MAX_VALUE} for all
     */
    public record Step(int line, String command, boolean patient, int since, int until, Expectation expected) {
        public boolean isFor(int version) {
            return version >= since && version <= until;
        }
    }

    /**
     * Reads a transcript.
     *
     * @throws IllegalArgumentException for text that is none, with the line
     */
    public static Transcript parse(String name, String text) {
        List<Step> steps = new ArrayList<>();
        String[] lines = text.split("\n", -1);
        int at = 0;
        while (at < lines.length) {
            String line = lines[at];
            if (line.startsWith("#") || line.isBlank()) {
                at++;
                continue;
            }
            Matcher command = COMMAND.matcher(line);
            if (!command.matches()) {
                throw new IllegalArgumentException(
                        name + ":" + (at + 1) + ": expected a step, \"$ command\", but there is: " + line);
            }
            int first = at + 1;
            StringBuilder words = new StringBuilder(command.group(6));
            at++;
            while (at < lines.length && (lines[at].startsWith("> ") || lines[at].equals(">"))) {
                words.append('\n').append(lines[at].length() > 2 ? lines[at].substring(2) : "");
                at++;
            }
            List<String> output = new ArrayList<>();
            while (at < lines.length && !lines[at].startsWith("$") && !lines[at].startsWith("#")) {
                output.add(lines[at]);
                at++;
            }
            steps.add(new Step(
                    first,
                    words.toString(),
                    !command.group(1).isEmpty(),
                    command.group(2) == null ? 0 : number(command.group(2), command.group(3)),
                    command.group(4) == null ? Integer.MAX_VALUE : number(command.group(4), command.group(5)),
                    Expectation.of(output)));
        }
        return new Transcript(name, List.copyOf(steps));
    }

    /** A version such as {@code 1.27} as a number that orders versions. */
    public static int version(String text) {
        String[] parts = text.split("\\.", -1);
        return number(parts[0], parts[1]);
    }

    private static int number(String major, String minor) {
        return Integer.parseInt(major) * 1000 + Integer.parseInt(minor);
    }
}
