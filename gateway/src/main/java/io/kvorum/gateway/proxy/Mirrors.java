package io.kvorum.gateway.proxy;

import io.kvorum.gateway.routing.Mirror;
import io.kvorum.gateway.routing.ServicePortRef;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Sends the copies, from a context and with connections of their own: the requests they are copies of share nothing with
 * them that could run out or stand still. At most {@link #MOST_AT_ONCE} are on their way; more are dropped.
 */
final class Mirrors {
    private static final int MOST_AT_ONCE = 256;

    private final Vertx vertx;
    private final Context context;
    private final Backends backends;
    private final GatewayMetrics metrics;
    private final AtomicInteger underWay = new AtomicInteger();

    /** @param context another event loop than the requests' */
    Mirrors(Vertx vertx, Context context, String ownAddress, GatewayMetrics metrics) {
        this.vertx = vertx;
        this.context = context;
        this.backends = new Backends(vertx, ownAddress);
        this.metrics = metrics;
    }

    void update(Map<ServicePortRef, Endpoints> endpoints) {
        context.runOnContext(v -> backends.update(endpoints));
    }

    /**
     * Begins copies of a request whose head is complete.
     *
     * @return where the body is to be handed to; null when there is none or no copy is made
     */
    @Nullable
    MirrorCopies begin(
            List<Mirror> mirrors,
            HttpMethod method,
            String uri,
            @Nullable HostAndPort authority,
            MultiMap headers,
            boolean hasBody) {
        List<MirrorCopy> copies = new ArrayList<>();
        MultiMap head = MultiMap.caseInsensitiveMultiMap().addAll(headers);
        for (Mirror mirror : mirrors) {
            if (mirror.backend() == null) {
                continue;
            }
            if (underWay.incrementAndGet() > MOST_AT_ONCE) {
                underWay.decrementAndGet();
                metrics.mirrored("dropped");
                continue;
            }
            ServicePortRef to = mirror.backend();
            context.runOnContext(v -> {
                MirrorCopy copy = new MirrorCopy(vertx, hasBody, outcome -> {
                    underWay.decrementAndGet();
                    metrics.mirrored(outcome);
                });
                copies.add(copy);
                send(copy, to, method, uri, authority, head);
            });
        }
        return hasBody ? new MirrorCopies(context, copies) : null;
    }

    private void send(
            MirrorCopy copy,
            ServicePortRef ref,
            HttpMethod method,
            String uri,
            @Nullable HostAndPort authority,
            MultiMap head) {
        @Nullable EndpointPool pool = backends.next(ref, Set.of());
        if (pool == null) {
            copy.failed();
            return;
        }
        pool.request(new RequestOptions().setMethod(method).setURI(uri)).onComplete(connected -> {
            if (connected.failed()) {
                pool.refused(System.nanoTime());
                copy.failed();
                return;
            }
            connected.result().headers().addAll(head);
            if (authority != null) {
                connected.result().authority(authority);
            }
            copy.connected(connected.result());
        });
    }

    Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        context.runOnContext(v -> backends.close().onComplete(closed));
        return closed.future();
    }
}
