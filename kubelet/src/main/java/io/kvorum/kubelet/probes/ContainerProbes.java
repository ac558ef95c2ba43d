package io.kvorum.kubelet.probes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Probe;
import io.kvorum.kubelet.runtime.ContainerId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The probes of one run of a container: liveness and readiness begin when the startup probe has passed. Lives on one
 * event loop context.
 *
 * <p>Until the first success, and within the first period, HTTP and TCP probes are also tried several times a second.
 * Such an early try counts when it succeeds only, so that a container is ready soon after it can be, and thresholds and
 * events stay those of the period.
 */
public final class ContainerProbes {
    private static final long EARLY_MILLIS = 100;

    /** Told of verdicts and failures. */
    public interface Listener {
        /** A verdict changed; see {@link #started}, {@link #ready}, {@link #failing}. */
        void changed();

        /** A probe was answered, and that counts. */
        void probed(ProbeKind kind, boolean success);

        /** A counted probe failed: for the Unhealthy event. */
        void unhealthy(String message);
    }

    private final Vertx vertx;
    private final Clock clock;
    private final Prober prober;
    private final ContainerId id;
    private final Container container;
    private final String podIp;
    private final Instant startedAt;
    private final Listener listener;
    private final List<Schedule> schedules = new ArrayList<>();
    private boolean started;
    private boolean ready;
    private @Nullable String failing;
    private boolean stopped;

    /** @param startedBefore true for an adopted run whose startup probe passed in the kubelet's former life */
    public ContainerProbes(
            Vertx vertx,
            Clock clock,
            Prober prober,
            ContainerId id,
            Container container,
            String podIp,
            Instant startedAt,
            boolean startedBefore,
            boolean readyBefore,
            Listener listener) {
        this.vertx = vertx;
        this.clock = clock;
        this.prober = prober;
        this.id = id;
        this.container = container;
        this.podIp = podIp;
        this.startedAt = startedAt;
        this.listener = listener;
        this.started = container.getStartupProbe() == null || startedBefore;
        this.ready = started && (container.getReadinessProbe() == null || readyBefore);
    }

    public boolean started() {
        return started;
    }

    public boolean ready() {
        return ready;
    }

    /** Why the run must end, as the Killing event begins; null when it need not. */
    public @Nullable String failing() {
        return failing;
    }

    public void start() {
        if (started) {
            startOthers();
        } else {
            add(ProbeKind.STARTUP, container.getStartupProbe());
        }
    }

    public void stop() {
        stopped = true;
        schedules.forEach(Schedule::stop);
    }

    private void startOthers() {
        add(ProbeKind.LIVENESS, container.getLivenessProbe());
        add(ProbeKind.READINESS, container.getReadinessProbe());
    }

    private void add(ProbeKind kind, @Nullable Probe probe) {
        if (probe != null && !stopped) {
            Schedule schedule = new Schedule(kind, probe);
            schedules.add(schedule);
            schedule.begin();
        }
    }

    private void verdict(Schedule schedule, ProbeState.Verdict verdict) {
        switch (schedule.kind) {
            case STARTUP -> {
                if (verdict == ProbeState.Verdict.SUCCESS) {
                    schedule.stop();
                    started = true;
                    ready = container.getReadinessProbe() == null;
                    startOthers();
                } else {
                    failing = "Container " + container.getName() + " failed startup probe";
                }
            }
            case LIVENESS ->
                failing = verdict == ProbeState.Verdict.FAILURE
                        ? "Container " + container.getName() + " failed liveness probe"
                        : null;
            case READINESS -> ready = verdict == ProbeState.Verdict.SUCCESS;
        }
        listener.changed();
    }

    private Future<ProbeResult> run(Probe probe, Duration timeout) {
        if (probe.getExec() != null) {
            return prober.exec(id, probe.getExec().getCommand(), timeout);
        }
        if (probe.getHttpGet() != null) {
            return prober.http(container, probe.getHttpGet(), podIp, timeout);
        }
        if (probe.getTcpSocket() != null) {
            var socket = probe.getTcpSocket();
            return prober.tcp(container, socket.getHost(), socket.getPort(), podIp, timeout);
        }
        if (probe.getGrpc() != null) {
            return prober.grpc(probe.getGrpc(), podIp, timeout);
        }
        return Future.succeededFuture(ProbeResult.failure("missing probe handler"));
    }

    /** One probe's timer. */
    private final class Schedule {
        final ProbeKind kind;
        final Probe probe;
        final Duration period;
        final Duration timeout;
        private ProbeState state;
        private long timer = -1;
        private boolean over;
        private Instant nextCounted;
        private boolean succeeded;

        Schedule(ProbeKind kind, Probe probe) {
            this.kind = kind;
            this.probe = probe;
            this.period = Duration.ofSeconds(orDefault(probe.getPeriodSeconds(), 10));
            this.timeout = Duration.ofSeconds(orDefault(probe.getTimeoutSeconds(), 1));
            this.state = ProbeState.initial(kind);
            if (kind == ProbeKind.READINESS && ready) {
                this.state = new ProbeState(ProbeState.Verdict.SUCCESS, true, 1);
            }
            this.nextCounted = startedAt.plusSeconds(orDefault(probe.getInitialDelaySeconds(), 0));
        }

        void begin() {
            Instant now = clock.instant();
            if (nextCounted.isBefore(now)) {
                nextCounted = now;
            }
            schedule(Duration.between(now, nextCounted).toMillis() + 1);
        }

        void stop() {
            over = true;
            vertx.cancelTimer(timer);
        }

        private void schedule(long millis) {
            if (!over && !stopped) {
                timer = vertx.setTimer(Math.max(1, millis), t -> probe());
            }
        }

        private void probe() {
            boolean counted = !clock.instant().isBefore(nextCounted);
            if (counted) {
                nextCounted = clock.instant().plus(period);
            }
            run(probe, timeout).onSuccess(result -> answered(result, counted));
        }

        private void answered(ProbeResult result, boolean counted) {
            if (over || stopped) {
                return;
            }
            succeeded |= result.success();
            if (counted || result.success()) {
                listener.probed(kind, result.success());
                ProbeState.Verdict before = state.verdict();
                state = state.after(
                        result.success(),
                        orDefault(probe.getSuccessThreshold(), 1),
                        orDefault(probe.getFailureThreshold(), 3));
                if (!result.success()) {
                    listener.unhealthy(kind.title() + " probe failed: " + result.output());
                }
                if (state.verdict() != before) {
                    verdict(this, state.verdict());
                }
            }
            boolean early = !succeeded
                    && kind != ProbeKind.LIVENESS
                    && probe.getExec() == null
                    && clock.instant().isBefore(startedAt.plus(period));
            // One more, so that the timer never comes just before the time.
            long wait = Duration.between(clock.instant(), nextCounted).toMillis() + 1;
            schedule(early ? Math.min(wait, EARLY_MILLIS) : wait);
        }
    }

    private static int orDefault(@Nullable Integer value, int fallback) {
        return value == null || value == 0 && fallback > 0 ? fallback : value;
    }
}
