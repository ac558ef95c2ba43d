package io.kvorum.testkit;

import io.kvorum.traffic.Load;
import io.kvorum.traffic.LoadPlan;
import io.kvorum.traffic.TrafficReport;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;

/**
 * A constant load of HTTP GETs, each on a connection of its own, at a fixed rate, until it is closed: {@link Load} as
 * tests use it. Every request counts: one that is refused, reset, answered short or with an error status is a failure.
 */
public final class ConstantLoad implements AutoCloseable {
    private final Load load;

    private ConstantLoad(LoadPlan plan) {
        try {
            this.load = Load.start(plan);
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a load as of {@code clients} clients, each of which sends a request every {@code period}. */
    public static ConstantLoad start(String host, int port, int clients, Duration period) {
        return start(LoadPlan.get(
                URI.create("http://" + host + ":" + port + "/"), clients * 1e9 / period.toNanos(), Duration.ZERO));
    }

    /** Starts a load; a plan with duration zero goes on until it is closed. */
    public static ConstantLoad start(LoadPlan plan) {
        return new ConstantLoad(plan);
    }

    public long succeeded() {
        return load.answered();
    }

    public List<String> failures() {
        return load.failures();
    }

    /** Everything by second and version so far. */
    public TrafficReport report() {
        return load.report();
    }

    /** Notes in the report that something is being done now. */
    public void mark(String label) {
        load.mark(label);
    }

    /** Stops after the requests under way. */
    @Override
    public void close() {
        load.close();
    }
}
