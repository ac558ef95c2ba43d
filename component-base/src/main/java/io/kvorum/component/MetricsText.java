package io.kvorum.component;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/**
 * Metrics in Prometheus' text format. The bounds of buckets are written as Go writes numbers ({@code 1}, {@code 0.5},
 * {@code 1e+06}), not as Java does: rules and dashboards for Kubernetes name them by their text.
 */
public final class MetricsText {
    private static final String BOUND = "le=\"";
    private static final String INFINITE = "+Inf";

    /** Go writes an exponent where there would be more digits before the point, and below a ten-thousandth. */
    private static final int MOST_DIGITS = 6;

    private static final int LEAST_EXPONENT = -4;

    private MetricsText() {}

    /** Takes its time, so not for an event loop. */
    public static String of(PrometheusMeterRegistry registry) {
        return withBounds(registry.scrape());
    }

    /** By hand: in a text of a million characters a regular expression takes longer than all else. */
    private static String withBounds(String text) {
        Map<String, String> known = new HashMap<>();
        StringBuilder out = new StringBuilder(text.length());
        int copied = 0;
        for (int at = text.indexOf(BOUND); at >= 0; at = text.indexOf(BOUND, at + 1)) {
            int from = at + BOUND.length();
            int to = text.indexOf('"', from);
            if (!beginsLabel(text, at) || to < 0) {
                continue;
            }
            String java = text.substring(from, to);
            if (!java.equals(INFINITE)) {
                out.append(text, copied, from).append(known.computeIfAbsent(java, MetricsText::bound));
                copied = to;
            }
        }
        return out.append(text, copied, text.length()).toString();
    }

    /** Names of labels may end like that, too. */
    private static boolean beginsLabel(String text, int at) {
        return at > 0 && (text.charAt(at - 1) == '{' || text.charAt(at - 1) == ',');
    }

    /** As {@code strconv.FormatFloat(x, 'g', -1, 64)} writes it. */
    static String bound(String java) {
        BigDecimal number = new BigDecimal(java).stripTrailingZeros();
        if (number.signum() == 0) {
            return "0";
        }
        int exponent = number.precision() - number.scale() - 1;
        if (exponent >= LEAST_EXPONENT && exponent < MOST_DIGITS) {
            return number.toPlainString();
        }
        String unscaled = number.unscaledValue().toString();
        String mantissa = number.precision() == 1 ? unscaled : unscaled.charAt(0) + "." + unscaled.substring(1);
        return mantissa + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }
}
