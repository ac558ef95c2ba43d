package io.kvorum.component;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The {@link Health} of a process and its report in Kubernetes' form. Thread-safe. */
final class HealthChecks implements Health {
    private final Map<String, Supplier<@Nullable String>> live = Collections.synchronizedMap(new LinkedHashMap<>());
    private final Map<String, Supplier<@Nullable String>> ready = Collections.synchronizedMap(new LinkedHashMap<>());

    /** The answer to a health request. */
    record Report(boolean well, String text) {}

    HealthChecks() {
        live("ping", () -> null);
    }

    @Override
    public void live(String name, Supplier<@Nullable String> check) {
        live.put(name, check);
    }

    @Override
    public void ready(String name, Supplier<@Nullable String> check) {
        ready.put(name, check);
    }

    /** Why the process is not ready, {@code check: reason} each; empty when it is. */
    List<String> notReady() {
        List<String> reasons = new ArrayList<>();
        checks("readyz").forEach((name, check) -> {
            String reason = run(check);
            if (reason != null) {
                reasons.add(name + ": " + reason);
            }
        });
        return reasons;
    }

    /**
     * Runs the checks of an endpoint.
     *
     * @param endpoint {@code healthz}, {@code livez} or {@code readyz}
     * @param exclude names of checks to leave out
     * @param verbose whether to list the checks even when all are well
     */
    Report report(String endpoint, Set<String> exclude, boolean verbose) {
        StringBuilder lines = new StringBuilder();
        boolean[] well = {true};
        checks(endpoint).forEach((name, check) -> {
            if (exclude.contains(name)) {
                lines.append("[+]").append(name).append(" excluded: ok\n");
            } else if (run(check) == null) {
                lines.append("[+]").append(name).append(" ok\n");
            } else {
                // As upstream: reasons are for the log and the control socket, not for whoever may ask.
                lines.append("[-]").append(name).append(" failed: reason withheld\n");
                well[0] = false;
            }
        });
        if (!well[0]) {
            return new Report(
                    false, lines.append(endpoint).append(" check failed\n").toString());
        }
        return new Report(
                true, verbose ? lines.append(endpoint).append(" check passed\n").toString() : "ok");
    }

    /** Runs one check; null when there is none with this name. */
    @Nullable
    Report single(String endpoint, String name) {
        Supplier<@Nullable String> check = checks(endpoint).get(name);
        if (check == null) {
            return null;
        }
        String reason = run(check);
        return reason == null ? new Report(true, "ok") : new Report(false, "internal server error: " + reason + "\n");
    }

    private Map<String, Supplier<@Nullable String>> checks(String endpoint) {
        Map<String, Supplier<@Nullable String>> checks = new LinkedHashMap<>();
        synchronized (live) {
            checks.putAll(live);
        }
        if (endpoint.equals("readyz")) {
            synchronized (ready) {
                checks.putAll(ready);
            }
        }
        return checks;
    }

    private static @Nullable String run(Supplier<@Nullable String> check) {
        try {
            return check.get();
        } catch (RuntimeException e) {
            return e.toString();
        }
    }
}
