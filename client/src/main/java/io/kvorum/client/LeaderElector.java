package io.kvorum.client;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpecBuilder;
import io.kvorum.api.ApiException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes part in the election of one leader by means of a {@code Lease}, as client-go's leader election.
 *
 * <p>Safety. Another candidate takes the lease at the earliest {@code leaseDuration} after it <em>saw</em> the last
 * renewal, which is not before that renewal was <em>sent</em>. The leader measures from the sending and stops after
 * {@code renewDeadline}, which is shorter; both measure with clocks that do not step. {@link #leading()} checks the time
 * itself, so that a process that was frozen finds out on its first look, before any timer has run.
 */
public final class LeaderElector {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderElector.class);
    /** Retries are spread over {@code retryPeriod} to this many times it. */
    private static final double JITTER = 1.2;

    /**
     * @param namespace of the Lease, for example {@code kube-system}
     * @param name of the Lease, for example {@code kube-scheduler}
     * @param identity of this candidate, unique among the candidates
     * @param leaseDuration how long others wait after a renewal before they take over; 15 s in Kubernetes
     * @param renewDeadline how long the leader tries to renew before it stops; 10 s in Kubernetes
     * @param retryPeriod time between tries; 2 s in Kubernetes
     */
    public record Settings(
            String namespace,
            String name,
            String identity,
            Duration leaseDuration,
            Duration renewDeadline,
            Duration retryPeriod) {
        public Settings {
            if (identity.isEmpty()) {
                throw new IllegalArgumentException("the identity must not be empty");
            }
            if (leaseDuration.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("leaseDuration must be at least 1s, is " + leaseDuration);
            }
            if (leaseDuration.compareTo(renewDeadline) <= 0) {
                throw new IllegalArgumentException(
                        "leaseDuration " + leaseDuration + " must be greater than renewDeadline " + renewDeadline);
            }
            if (retryPeriod.isZero() || retryPeriod.isNegative()) {
                throw new IllegalArgumentException("retryPeriod must be greater than zero, is " + retryPeriod);
            }
            if (renewDeadline.toNanos() <= retryPeriod.toNanos() * JITTER) {
                throw new IllegalArgumentException("renewDeadline " + renewDeadline
                        + " must be greater than retryPeriod " + retryPeriod + " times the jitter factor " + JITTER);
            }
        }
    }

    /** Told of the candidate's fortune, on the elector's context. */
    public interface Callbacks {
        /** This candidate leads from now on. */
        void started();

        /** It leads no more: all work must have been stopped when this returns. */
        void stopped();

        /** Somebody, perhaps this candidate, was seen to lead. */
        default void observed(String identity) {}
    }

    private final Settings settings;
    private final ResourceClient<Lease> leases;
    private final Timers timers;
    private final Clock clock;
    private final RandomGenerator random;
    private final Callbacks callbacks;

    private @Nullable Lease seen;
    private long seenNanos;
    private String seenHolder = "";
    private boolean leading;
    private long renewedNanos;
    private boolean running;
    private Timers.@Nullable Timer retry;
    private Timers.@Nullable Timer deadline;
    private Future<?> inFlight = Future.succeededFuture();

    LeaderElector(
            Settings settings,
            ApiClient client,
            Timers timers,
            Clock clock,
            RandomGenerator random,
            Callbacks callbacks) {
        this.settings = settings;
        this.leases = client.resources(Lease.class);
        this.timers = timers;
        this.clock = clock;
        this.random = random;
        this.callbacks = callbacks;
    }

    /** An elector on the calling context. Begin with {@link #start}. */
    public static LeaderElector create(
            Vertx vertx, ApiClient client, Settings settings, Clock clock, Callbacks callbacks) {
        return new LeaderElector(settings, client, Timers.on(vertx), clock, new SplittableRandom(), callbacks);
    }

    public void start() {
        if (!running) {
            running = true;
            attempt();
        }
    }

    /** Whether this candidate may act as the leader at this very moment. */
    public boolean leading() {
        return leading && timers.nanos() - renewedNanos < settings.renewDeadline.toNanos();
    }

    /** Who was last seen to lead; empty when nobody. */
    public String leader() {
        return seenHolder;
    }

    /** Leaves the election; a leader stops its work first, then gives the lease back so that another need not wait. */
    public Future<Void> stop() {
        running = false;
        cancel(retry);
        boolean led = leading;
        resign("the process stops");
        // A renewal under way would undo the release, so wait for its end.
        return inFlight.transform(ended -> led ? release() : Future.succeededFuture());
    }

    private void attempt() {
        long began = timers.nanos();
        Future<Boolean> tried = acquireOrRenew(began)
                .timeout(tryMillis(), TimeUnit.MILLISECONDS)
                .recover(cause -> {
                    LOG.warn("lease not renewed lease={} cause={}", settings.name, cause.getMessage());
                    // The write may have been carried out: what is known of the lease's version is worth nothing.
                    seenVersionLost();
                    return Future.succeededFuture(false);
                });
        inFlight = tried;
        tried.onComplete(done -> {
            if (!running) {
                return;
            }
            if (Boolean.TRUE.equals(done.result())) {
                renewed(began);
            }
            retry = timers.after(pause(), this::attempt);
        });
    }

    /** Half the deadline, so that one lost message leaves time for another try. */
    private long tryMillis() {
        return Math.max(1, settings.renewDeadline.toMillis() / 2);
    }

    private Duration pause() {
        double factor = leading ? 1 : 1 + random.nextDouble() * (JITTER - 1);
        return Duration.ofNanos((long) (settings.retryPeriod.toNanos() * factor));
    }

    private void renewed(long began) {
        if (timers.nanos() - began >= settings.renewDeadline.toNanos()) {
            return;
        }
        renewedNanos = began;
        cancel(deadline);
        long left = settings.renewDeadline.toNanos() - (timers.nanos() - began);
        deadline = timers.after(Duration.ofNanos(left), () -> resign("the lease could not be renewed in time"));
        if (!leading) {
            leading = true;
            LOG.info("leading lease={} identity={}", settings.name, settings.identity);
            callbacks.started();
        }
    }

    private void resign(String why) {
        cancel(deadline);
        if (leading) {
            leading = false;
            LOG.warn("not leading any more lease={} identity={} cause={}", settings.name, settings.identity, why);
            callbacks.stopped();
        }
    }

    private void seenVersionLost() {
        seen = null;
    }

    /** True when the lease is held by this candidate as from {@code began}. */
    private Future<Boolean> acquireOrRenew(long began) {
        @Nullable Lease known = seen;
        if (leading && known != null) {
            return write(known, true).recover(cause -> {
                seenVersionLost();
                return cause instanceof ApiException e && e.conflict() ? look(began) : Future.failedFuture(cause);
            });
        }
        return look(began);
    }

    private Future<Boolean> look(long began) {
        return leases.get(settings.namespace, settings.name)
                .compose(
                        this::consider,
                        cause ->
                                cause instanceof ApiException e && e.notFound() ? create() : Future.failedFuture(cause))
                .recover(cause -> cause instanceof ApiException e && (e.conflict() || e.alreadyExists())
                        ? Future.succeededFuture(false)
                        : Future.failedFuture(cause));
    }

    private Future<Boolean> consider(Lease lease) {
        observe(lease);
        String holder = holder(lease);
        boolean mine = holder.equals(settings.identity);
        if (leading && !mine) {
            // Somebody took it in spite of our renewals, by hand perhaps: two must not lead.
            resign("the lease is held by \"" + holder + "\"");
        }
        if (!mine && !holder.isEmpty() && !expired(lease)) {
            return Future.succeededFuture(false);
        }
        return write(lease, mine);
    }

    private boolean expired(Lease lease) {
        @Nullable
        Integer seconds = lease.getSpec() == null ? null : lease.getSpec().getLeaseDurationSeconds();
        long nanos = seconds == null
                ? settings.leaseDuration.toNanos()
                : Duration.ofSeconds(seconds).toNanos();
        return timers.nanos() - seenNanos >= nanos;
    }

    private Future<Boolean> create() {
        Lease lease = new LeaseBuilder()
                .withNewMetadata()
                .withNamespace(settings.namespace)
                .withName(settings.name)
                .endMetadata()
                .withSpec(claim(null, false))
                .build();
        return leases.create(lease).map(this::held);
    }

    private Future<Boolean> write(Lease lease, boolean mine) {
        Lease claimed =
                new LeaseBuilder(lease).withSpec(claim(lease.getSpec(), mine)).build();
        return leases.update(claimed).map(this::held);
    }

    private boolean held(Lease lease) {
        observe(lease);
        return true;
    }

    private LeaseSpec claim(@Nullable LeaseSpec before, boolean mine) {
        ZonedDateTime now = now();
        @Nullable Integer changes = before == null ? null : before.getLeaseTransitions();
        @Nullable ZonedDateTime acquired = before == null || !mine ? now : before.getAcquireTime();
        int transitions = changes == null ? 0 : changes;
        return new LeaseSpecBuilder()
                .withHolderIdentity(settings.identity)
                .withLeaseDurationSeconds(wholeSeconds(settings.leaseDuration))
                .withAcquireTime(acquired == null ? now : acquired)
                .withRenewTime(now)
                .withLeaseTransitions(before == null || mine ? transitions : transitions + 1)
                .build();
    }

    private Future<Void> release() {
        @Nullable Lease lease = seen;
        if (lease == null || !holder(lease).equals(settings.identity)) {
            return Future.succeededFuture();
        }
        Lease free = new LeaseBuilder(lease)
                .editSpec()
                .withHolderIdentity("")
                .withLeaseDurationSeconds(1)
                .withRenewTime(now())
                .endSpec()
                .build();
        return leases.update(free)
                .timeout(settings.retryPeriod.toMillis() * 2, TimeUnit.MILLISECONDS)
                .<Void>mapEmpty()
                .recover(cause -> {
                    LOG.info("lease not given back lease={} cause={}", settings.name, cause.getMessage());
                    return Future.succeededFuture();
                });
    }

    /** Remembers when a state of the lease was first seen: its own times are another machine's and prove nothing here. */
    private void observe(Lease lease) {
        @Nullable Lease before = seen;
        String version = lease.getMetadata().getResourceVersion();
        if (before == null || !before.getMetadata().getResourceVersion().equals(version)) {
            seenNanos = before == null && sameRecord(lease) ? seenNanos : timers.nanos();
            lastRecord = lease.getSpec();
        }
        seen = lease;
        String holder = holder(lease);
        if (!holder.equals(seenHolder)) {
            seenHolder = holder;
            callbacks.observed(holder);
        }
    }

    private @Nullable LeaseSpec lastRecord;

    private boolean sameRecord(Lease lease) {
        return lastRecord != null && lastRecord.equals(lease.getSpec());
    }

    private static String holder(Lease lease) {
        @Nullable
        String holder = lease.getSpec() == null ? null : lease.getSpec().getHolderIdentity();
        return holder == null ? "" : holder;
    }

    private ZonedDateTime now() {
        return ZonedDateTime.ofInstant(clock.instant(), ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
    }

    /** Rounded up: a lease must not seem shorter to others than it is. */
    private static int wholeSeconds(Duration duration) {
        return (int) ((duration.toMillis() + 999) / 1000);
    }

    private static void cancel(Timers.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }
}
