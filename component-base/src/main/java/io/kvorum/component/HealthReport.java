package io.kvorum.component;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What checks said, in the words of Kubernetes' health endpoints. */
public record HealthReport(boolean well, String text) {
    /**
     * Looks at all checks at once.
     *
     * @param endpoint {@code healthz}, {@code livez} or {@code readyz}
     * @param exclude names of checks to leave out
     * @param verbose whether to list the checks even when all are well
     */
    public static Future<HealthReport> of(
            String endpoint, Map<String, HealthCheck> checks, Set<String> exclude, boolean verbose) {
        Map<String, HealthCheck> asked = new LinkedHashMap<>(checks);
        asked.keySet().removeAll(exclude);
        return reasons(asked).map(reasons -> of(endpoint, checks.keySet(), exclude, verbose, reasons));
    }

    private static HealthReport of(
            String endpoint, Set<String> names, Set<String> exclude, boolean verbose, Map<String, String> reasons) {
        StringBuilder lines = new StringBuilder();
        for (String name : names) {
            if (exclude.contains(name)) {
                lines.append("[+]").append(name).append(" excluded: ok\n");
            } else if (reasons.containsKey(name)) {
                // As upstream: reasons are for the log and the control socket, not for whoever may ask.
                lines.append("[-]").append(name).append(" failed: reason withheld\n");
            } else {
                lines.append("[+]").append(name).append(" ok\n");
            }
        }
        Set<String> unknown = new LinkedHashSet<>(exclude);
        unknown.removeAll(names);
        if (!unknown.isEmpty()) {
            lines.append("warn: some health checks cannot be excluded: no matches for \"")
                    .append(String.join("\", \"", unknown))
                    .append("\"\n");
        }
        if (!reasons.isEmpty()) {
            return new HealthReport(false, lines + endpoint + " check failed\n");
        }
        return new HealthReport(true, verbose ? lines + endpoint + " check passed\n" : "ok");
    }

    /** The answer to the request for one check. */
    public static Future<HealthReport> of(HealthCheck check) {
        return look(check)
                .map(reason -> reason == null
                        ? new HealthReport(true, "ok")
                        : new HealthReport(false, "internal server error: " + reason + "\n"));
    }

    /** Looks at all checks at once: the reasons of those that are not well. */
    static Future<Map<String, String>> reasons(Map<String, HealthCheck> checks) {
        List<String> names = List.copyOf(checks.keySet());
        List<Future<@Nullable String>> looks = new ArrayList<>();
        checks.values().forEach(check -> looks.add(look(check)));
        return Future.all(looks).map(all -> {
            Map<String, String> reasons = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                String reason = looks.get(i).result();
                if (reason != null) {
                    reasons.put(names.get(i), reason);
                }
            }
            return reasons;
        });
    }

    /** A check that breaks is not well. */
    private static Future<@Nullable String> look(HealthCheck check) {
        try {
            return check.look().otherwise(cause -> String.valueOf(cause.getMessage()));
        } catch (RuntimeException e) {
            return Future.succeededFuture(e.toString());
        }
    }
}
