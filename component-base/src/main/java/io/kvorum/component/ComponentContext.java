package io.kvorum.component;

import io.kvorum.bus.BusClient;
import io.kvorum.bus.BusEndpoint;
import io.kvorum.component.fault.FaultRules;
import io.micrometer.core.instrument.MeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** What a running process offers its component. */
public interface ComponentContext {
    Vertx vertx();

    Identity identity();

    /** The version this process reports ({@code --kubernetes-version}). */
    KubernetesVersion version();

    /** Wall-clock time with the process's injected skew; never call {@code Instant.now()} in a component. */
    Clock clock();

    BusClient bus();

    /** Answers {@code endpoint} at this component's role and instance addresses. At most one a process. */
    Future<Void> serve(BusEndpoint endpoint);

    Health health();

    MeterRegistry metrics();

    /** What {@link #metrics} are told by, for meters of a form that Micrometer does not have. */
    PrometheusRegistry prometheus();

    /** All metrics of the process in Prometheus' text format; takes its time, so not for an event loop. */
    String scrape();

    ControlCommands control();

    /** The fault rules of this process, for components with channels of their own. */
    FaultRules faults();

    /** {@code host:port} of the members of the grid this process was told to join ({@code --join}); stores first. */
    List<String> join();

    /** The folder for what must outlive the process ({@code --data-dir}). */
    Path dataDir();

    /** Tells who asks (status, {@code leader} column) whether this instance leads its role. */
    default void leading(boolean leading) {
        leading(leading, "");
    }

    /** @param how what the timeline should say of it, for example {@code term 3}; may be empty */
    void leading(boolean leading, String how);

    /** Runs at orderly shutdown, last registered first, each with a time-out of some seconds. */
    void onShutdown(String what, Supplier<Future<?>> action);

    /** At orderly shutdown nothing ends before this time is over, though the process says at once that it is not ready. */
    void delayShutdown(Duration delay);

    /** Whether the shutdown has begun. */
    boolean isEnding();

    /** Ends the process with exit code 1 because {@code what} is broken beyond repair. */
    void fatal(String what, Throwable cause);
}
