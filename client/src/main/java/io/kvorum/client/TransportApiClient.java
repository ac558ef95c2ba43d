package io.kvorum.client;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The client over a {@link Transport}: retries reads, turns answers that say no into {@link ApiException}s. A write is
 * sent once: whether to repeat it is for its caller, who knows what a second one would do.
 */
final class TransportApiClient implements ApiClient {
    /** How long one try of a read may take, and all its tries together. */
    static final Duration READ_TRY = Duration.ofSeconds(4);

    /** A watch is opened within this time or tried anew: after a partition heals, informers must be back within seconds. */
    static final Duration WATCH_OPEN = Duration.ofMillis(2500);

    static final Duration READ_TOTAL = Duration.ofSeconds(20);
    static final Duration WRITE = Duration.ofSeconds(10);
    private static final Duration RETRY_BASE = Duration.ofMillis(50);
    private static final Duration RETRY_CAP = Duration.ofSeconds(1);

    private final Transport transport;
    private final Timers timers;
    private final RandomGenerator random;

    TransportApiClient(Transport transport, Timers timers, RandomGenerator random) {
        this.transport = transport;
        this.timers = timers;
        this.random = random;
    }

    @Override
    public <T extends HasMetadata> ResourceClient<T> resources(Class<T> type) {
        String group = HasMetadata.getGroup(type);
        return new TransportResourceClient<>(
                this,
                type,
                group == null ? "" : group,
                HasMetadata.getVersion(type),
                HasMetadata.getPlural(type),
                Namespaced.class.isAssignableFrom(type));
    }

    @Override
    public ResourceClient<GenericKubernetesResource> resources(ResourceInfo resource) {
        return new TransportResourceClient<>(
                this,
                GenericKubernetesResource.class,
                resource.group(),
                resource.version(),
                resource.resource(),
                resource.namespaced());
    }

    @Override
    public Future<Buffer> raw(
            String method, String uri, @Nullable String contentType, @Nullable Buffer body, Duration timeout) {
        Future<Transport.Answer> answer = method.equals("GET")
                ? read(uri, timeout)
                : transport.send(method, uri, contentType, body, timeout, null);
        return answer.compose(TransportApiClient::accept, TransportApiClient::refuse);
    }

    Future<Buffer> get(String uri) {
        return raw("GET", uri, null, null, READ_TOTAL);
    }

    Future<Buffer> write(String method, String uri, @Nullable String contentType, @Nullable Buffer body) {
        return raw(method, uri, contentType, body, WRITE);
    }

    RandomGenerator random() {
        return random;
    }

    Timers timers() {
        return timers;
    }

    Future<Transport.Stream> stream(String uri, Transport.Frames frames) {
        return transport
                .send("GET", uri, null, null, WATCH_OPEN, frames)
                .compose(
                        answer -> {
                            Transport.@Nullable Stream stream = answer.stream();
                            return stream != null
                                    ? Future.succeededFuture(stream)
                                    : Future.failedFuture(
                                            answer.status() < 400
                                                    ? ApiException.internal("the answer to a watch is not a stream")
                                                    : Statuses.exception(answer));
                        },
                        TransportApiClient::refuse);
    }

    private Future<Transport.Answer> read(String uri, Duration total) {
        Promise<Transport.Answer> promise = Promise.promise();
        Backoff backoff = new Backoff(RETRY_BASE, 2, RETRY_CAP, random);
        tryRead(uri, timers.nanos() + total.toNanos(), backoff, promise);
        return promise.future();
    }

    private void tryRead(String uri, long deadlineNanos, Backoff backoff, Promise<Transport.Answer> promise) {
        long left = deadlineNanos - timers.nanos();
        Duration timeout = Duration.ofNanos(Math.max(1_000_000, Math.min(left, READ_TRY.toNanos())));
        transport.send("GET", uri, null, null, timeout, null).onComplete(done -> {
            Duration pause = backoff.next();
            if (done.succeeded()) {
                pause = longer(pause, Statuses.retryAfter(done.result()));
            }
            boolean again = done.succeeded()
                    ? Statuses.temporary(done.result())
                    : done.cause() instanceof Transport.Unavailable;
            if (again && deadlineNanos - timers.nanos() > pause.toNanos()) {
                timers.after(pause, () -> tryRead(uri, deadlineNanos, backoff, promise));
            } else {
                promise.handle(done);
            }
        });
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static Future<Buffer> accept(Transport.Answer answer) {
        return answer.status() < 400
                ? Future.succeededFuture(answer.body())
                : Future.failedFuture(Statuses.exception(answer));
    }

    private static <T> Future<T> refuse(Throwable cause) {
        if (cause instanceof Transport.Unavailable e) {
            String message = String.valueOf(e.getMessage());
            return Future.failedFuture(
                    e.indeterminate() ? ApiException.timeout(message) : ApiException.unavailable(message));
        }
        return Future.failedFuture(cause);
    }
}
