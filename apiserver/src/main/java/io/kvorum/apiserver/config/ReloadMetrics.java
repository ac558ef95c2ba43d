package io.kvorum.apiserver.config;

import io.kvorum.apiserver.metrics.Meters;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;

/**
 * What is told of a configuration that is read again, under the names that kube-apiserver has for it: how often and when last that
 * went well or not, and a hash of what holds. Belongs to the event loop.
 */
public final class ReloadMetrics {
    private static final String SERVER = "apiserver_id_hash";

    private final Clock clock;
    private final String server;
    private final Gauge holding;
    private final Counter reloads;
    private final Gauge times;

    /** Those of one API server, by what is configured. */
    @FunctionalInterface
    public interface Of {
        ReloadMetrics metrics(String what);
    }

    /** @param server the name by which this API server makes itself known */
    public static Of of(Meters meters, Clock clock, String server) {
        return what -> new ReloadMetrics(meters, clock, what, server);
    }

    /**
     * @param what {@code authentication}, {@code authorization} or {@code encryption}
     * @param server the name by which this API server makes itself known
     */
    private ReloadMetrics(Meters meters, Clock clock, String what, String server) {
        this.clock = clock;
        this.server = hash(server);
        String prefix = "apiserver_" + what + "_config_controller_";
        holding = meters.gauge(
                prefix + "last_config_info", "The configuration of " + what + " that holds.", SERVER, "hash");
        reloads = meters.counter(
                prefix + "automatic_reloads_total",
                "Changed configurations of " + what + " that were read.",
                "status",
                SERVER);
        times = meters.gauge(
                prefix + "automatic_reload_last_timestamp_seconds",
                "When a changed configuration of " + what + " was read last.",
                "status",
                SERVER);
    }

    /** From now on this holds. */
    void holds(String text) {
        holding.clear();
        holding.labelValues(server, hash(text)).set(1);
    }

    void succeeded(String text) {
        happened("success");
        holds(text);
    }

    void failed() {
        happened("failure");
    }

    private void happened(String status) {
        reloads.labelValues(status, server).inc();
        times.labelValues(status, server).set(clock.millis() / 1e3);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has it", e);
        }
    }
}
