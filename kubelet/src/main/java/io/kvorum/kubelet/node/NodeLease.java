package io.kvorum.kubelet.node;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.kvorum.api.ApiException;
import io.kvorum.client.ResourceClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's heartbeat: a Lease in {@code kube-node-lease}, renewed every quarter of its duration; after a failure tried
 * again several times a second, so that a healed partition is noticed at once. Belongs to one context.
 */
public final class NodeLease {
    public static final String NAMESPACE = "kube-node-lease";

    private static final Logger LOG = LoggerFactory.getLogger(NodeLease.class);
    private static final long RETRY_MILLIS = 250;

    private final Vertx vertx;
    private final Clock clock;
    private final ResourceClient<Lease> leases;
    private final String node;
    private final Duration duration;
    private @Nullable Lease held;
    private @Nullable String nodeUid;
    private boolean failing;
    private boolean stopped;
    private long timer = -1;

    public NodeLease(Vertx vertx, Clock clock, ResourceClient<Lease> leases, String node, Duration duration) {
        this.vertx = vertx;
        this.clock = clock;
        this.leases = leases;
        this.node = node;
        this.duration = duration;
    }

    /** Renews from now on; a lease that does not exist yet is created once {@link #owner} is known. */
    public void start() {
        renew();
    }

    /** @param uid of the Node object, which owns the lease */
    public void owner(String uid) {
        nodeUid = uid;
        if (held == null && timer >= 0 && vertx.cancelTimer(timer)) {
            renew();
        }
    }

    public void stop() {
        stopped = true;
        vertx.cancelTimer(timer);
    }

    private void renew() {
        if (stopped) {
            return;
        }
        // A request that hangs must not cost the lease: a new one is sent before it is lost.
        long limit = Math.max(1000, duration.toMillis() / 2);
        write().timeout(limit, TimeUnit.MILLISECONDS).onComplete(done -> {
            if (done.succeeded()) {
                held = done.result();
                if (failing) {
                    failing = false;
                    LOG.info("lease renewed again node={}", node);
                }
            } else {
                held = null;
                if (!failing && nodeUid != null) {
                    failing = true;
                    LOG.warn(
                            "lease not renewed node={} cause={}",
                            node,
                            done.cause().toString());
                }
            }
            if (!stopped) {
                long wait = held == null ? Math.min(RETRY_MILLIS, duration.toMillis() / 4) : duration.toMillis() / 4;
                timer = vertx.setTimer(Math.max(1, wait), t -> renew());
            }
        });
    }

    private Future<Lease> write() {
        ZonedDateTime now = clock.instant().atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
        Lease known = held;
        if (known != null) {
            return leases.update(new LeaseBuilder(known)
                    .editSpec()
                    .withRenewTime(now)
                    .withHolderIdentity(node)
                    .withLeaseDurationSeconds((int) duration.toSeconds())
                    .endSpec()
                    .build());
        }
        return leases.get(NAMESPACE, node)
                .compose(found -> {
                    held = found;
                    return write();
                })
                .recover(cause -> cause instanceof ApiException e && e.notFound() && held == null && nodeUid != null
                        ? leases.create(fresh(now))
                        : Future.failedFuture(cause));
    }

    private Lease fresh(ZonedDateTime now) {
        return new LeaseBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(node)
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(node)
                .withUid(nodeUid)
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(node)
                .withLeaseDurationSeconds((int) duration.toSeconds())
                .withRenewTime(now)
                .endSpec()
                .build();
    }
}
