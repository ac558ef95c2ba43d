package io.kvorum.apiserver;

import java.util.Arrays;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code /metrics} tells. */
public record Samples(String text) {
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    static Samples of(Http admin) {
        return new Samples(admin.get("/metrics").text());
    }

    /** The value of a name with just these labels, {@code a=b}; 0 when it is not told. */
    public double of(String name, String... labels) {
        String wanted = sorted(Arrays.stream(labels));
        return text.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> sorted(
                                LABEL.matcher(head(line)).results().map(label -> label.group(1) + "=" + label.group(2)))
                        .equals(wanted))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static String head(String line) {
        return line.substring(0, line.lastIndexOf(' '));
    }

    private static String sorted(Stream<String> labels) {
        return labels.sorted(Comparator.naturalOrder()).toList().toString();
    }
}
