package io.kvorum.component;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Metrics in Prometheus' text format. The bounds of buckets are written as Go writes numbers ({@code 1}, {@code 0.5},
 * {@code 1e+06}), not as Java does: rules and dashboards for Kubernetes name them by their text.
 */
public final class MetricsText {
    private static final Pattern BOUND = Pattern.compile("(?<=[{,])le=\"([0-9.E-]+)\"");

    /** Go writes an exponent where there would be more digits before the point, and below a ten-thousandth. */
    private static final int MOST_DIGITS = 6;

    private static final int LEAST_EXPONENT = -4;

    private MetricsText() {}

    /** Takes its time, so not for an event loop. */
    public static String of(PrometheusMeterRegistry registry) {
        Map<String, String> bounds = new HashMap<>();
        return BOUND.matcher(registry.scrape())
                .replaceAll(found -> bounds.computeIfAbsent(
                        found.group(1), java -> Matcher.quoteReplacement("le=\"" + bound(java) + "\"")));
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
