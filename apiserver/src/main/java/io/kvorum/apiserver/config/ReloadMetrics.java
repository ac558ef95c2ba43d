package io.kvorum.apiserver.config;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a configuration that is read again, under the names that kube-apiserver has for it: how often and when last that
 * went well or not, and a hash of what holds. Belongs to the event loop.
 */
public final class ReloadMetrics {
    private static final String SERVER = "apiserver_id_hash";

    private final MeterRegistry registry;
    private final Clock clock;
    private final String prefix;
    private final String server;
    private final Map<String, AtomicLong> times = new HashMap<>();
    private @Nullable Gauge holding;

    /** Those of one API server, by what is configured. */
    @FunctionalInterface
    public interface Of {
        ReloadMetrics metrics(String what);
    }

    /** @param server the name by which this API server makes itself known */
    public static Of of(MeterRegistry registry, Clock clock, String server) {
        return what -> new ReloadMetrics(registry, clock, what, server);
    }

    /**
     * @param what {@code authentication}, {@code authorization} or {@code encryption}
     * @param server the name by which this API server makes itself known
     */
    private ReloadMetrics(MeterRegistry registry, Clock clock, String what, String server) {
        this.registry = registry;
        this.clock = clock;
        this.prefix = "apiserver." + what + ".config.controller.";
        this.server = hash(server);
    }

    /** From now on this holds. */
    void holds(String text) {
        if (holding != null) {
            registry.remove(holding);
        }
        holding = Gauge.builder(prefix + "last.config.info", () -> 1)
                .tag(SERVER, server)
                .tag("hash", hash(text))
                .register(registry);
    }

    void succeeded(String text) {
        happened("success");
        holds(text);
    }

    void failed() {
        happened("failure");
    }

    private void happened(String status) {
        Counter.builder(prefix + "automatic.reloads")
                .tag("status", status)
                .tag(SERVER, server)
                .register(registry)
                .increment();
        times.computeIfAbsent(status, this::time).set(clock.millis());
    }

    private AtomicLong time(String status) {
        AtomicLong millis = new AtomicLong();
        Gauge.builder(prefix + "automatic.reload.last.timestamp.seconds", millis, each -> each.get() / 1e3)
                .tag("status", status)
                .tag(SERVER, server)
                .register(registry);
        return millis;
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
