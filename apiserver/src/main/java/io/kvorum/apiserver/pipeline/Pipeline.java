package io.kvorum.apiserver.pipeline;

import io.kvorum.api.ApiException;
import io.kvorum.api.StatusJson;
import io.kvorum.api.proto.ProtobufBody;
import io.kvorum.apiserver.auth.Authenticator;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.registry.Registry;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one path of every request, whatever it came over. Never fails: failures become a Status here and nowhere else. */
public final class Pipeline {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
    private static final Duration MOST_TIME = Duration.ofSeconds(60);

    /** Subresources whose requests take as long as their users like; they do not count as in flight. */
    private static final Set<String> LONG_RUNNING = Set.of("log", "exec", "attach", "portforward");

    /** Subresources that are streams into a pod. */
    private static final Set<String> STREAMS = Set.of("exec", "attach", "portforward");

    private final Authenticator authenticator;
    private final Authorizer authorizer;
    private final List<NonResource> nonResources;
    private final Registry registry;
    private final InFlight inFlight;
    private final RequestMetrics metrics;
    private final ProtobufBodies bodies;

    public Pipeline(
            Authenticator authenticator,
            Authorizer authorizer,
            List<NonResource> nonResources,
            Registry registry,
            int mostReading,
            int mostMutating,
            RequestMetrics metrics,
            ProtobufBodies bodies) {
        this.authenticator = authenticator;
        this.authorizer = authorizer;
        this.nonResources = List.copyOf(nonResources);
        this.registry = registry;
        this.inFlight = new InFlight(mostReading, mostMutating);
        this.metrics = metrics;
        this.bodies = bodies;
    }

    public Future<ApiResponse> handle(ApiRequest request) {
        long began = System.nanoTime();
        Future<ApiResponse> answer;
        RequestInfo info = RequestInfo.parse(request.method(), "/", request.query());
        try {
            info = RequestInfo.parse(request.method(), request.path(), request.query());
            answer = checked(request, info);
        } catch (ApiException refused) {
            answer = Future.failedFuture(refused);
        } catch (RuntimeException defect) {
            answer = Future.failedFuture(defect);
        }
        RequestInfo known = info;
        return answer.recover(cause -> Future.succeededFuture(failure(request, cause)))
                .map(response -> finished(request, known, response, began));
    }

    private Future<ApiResponse> checked(ApiRequest request, RequestInfo info) {
        User user = authenticator.authenticate(request.credentials());
        authorize(user, info, request.path());
        if (info.verb().equals("get") && STREAMS.contains(info.subresource())) {
            // A WebSocket can only be asked for by GET, which must not let in who may just look (upstream since 1.35).
            authorize(user, info.withVerb("create"), request.path());
        }
        if (!info.resourceRequest()) {
            return nonResource(request);
        }
        if (!registry.knows(info.group(), info.version())) {
            return Future.succeededFuture(pageNotFound());
        }
        boolean longRunning = info.verb().equals("watch") || LONG_RUNNING.contains(info.subresource());
        if (longRunning) {
            return limited(request, registry.handle(info, request, user));
        }
        inFlight.enter(info.verb());
        Future<ApiResponse> answer;
        try {
            answer = protobuf(request)
                    ? bodies.json(request).compose(json -> registry.handle(info, json, user))
                    : registry.handle(info, request, user);
        } catch (RuntimeException failure) {
            inFlight.leave(info.verb());
            throw failure;
        }
        return limited(request, answer.onComplete(done -> inFlight.leave(info.verb())));
    }

    /** Patches have no protobuf form; they are refused where their other forms are known. */
    private static boolean protobuf(ApiRequest request) {
        return request.body().length() > 0
                && !request.method().equals("PATCH")
                && ProtobufBody.isNamedBy(request.header("Content-Type"));
    }

    private Future<ApiResponse> nonResource(ApiRequest request) {
        for (NonResource handler : nonResources) {
            Future<ApiResponse> answer = handler.handle(request);
            if (answer != null) {
                return answer;
            }
        }
        return Future.succeededFuture(pageNotFound());
    }

    private void authorize(User user, RequestInfo info, String path) {
        Authorizer.Decision decision = authorizer.authorize(
                user,
                new Authorizer.Attributes(
                        info.verb(),
                        info.group(),
                        info.version(),
                        info.resource(),
                        info.subresource(),
                        info.namespace(),
                        info.name(),
                        info.resourceRequest() ? "" : path));
        if (!decision.allowed()) {
            throw Forbidden.of(user, info, path, decision.reason());
        }
    }

    /** Gives up waiting when the request's time is over; what was begun may still be carried out. */
    private static Future<ApiResponse> limited(ApiRequest request, Future<ApiResponse> answer) {
        if (answer.isComplete()) {
            return answer;
        }
        Duration limit = request.timeout().compareTo(MOST_TIME) < 0 ? request.timeout() : MOST_TIME;
        return answer.timeout(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS)
                .recover(cause -> Future.failedFuture(
                        cause instanceof TimeoutException
                                ? ApiException.timeout("Timeout: request did not complete within the allotted timeout")
                                : cause));
    }

    private ApiResponse finished(ApiRequest request, RequestInfo info, ApiResponse response, long began) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        response.headers().set("Audit-Id", new UUID(random.nextLong(), random.nextLong()).toString());
        if (!response.headers().contains("Cache-Control")) {
            response.headers().set("Cache-Control", "no-cache, private");
        }
        metrics.finished(info, response.status(), System.nanoTime() - began);
        if (response.status() >= 500) {
            LOG.warn("request failed method={} path={} status={}", request.method(), request.path(), response.status());
        }
        return response;
    }

    private static ApiResponse failure(ApiRequest request, Throwable cause) {
        ApiException refused;
        if (cause instanceof ApiException known) {
            refused = known;
        } else {
            LOG.error("a defect answered a request method={} path={}", request.method(), request.path(), cause);
            refused = ApiException.internal(String.valueOf(cause.getMessage()));
        }
        ApiResponse response = ApiResponse.json(refused.code(), ObjectJson.encode(StatusJson.of(refused)));
        ApiException.Details details = refused.details();
        if (details != null && details.retryAfterSeconds() > 0) {
            response.headers().set("Retry-After", Integer.toString(details.retryAfterSeconds()));
        }
        return response;
    }

    static ApiResponse pageNotFound() {
        return ApiResponse.text(404, "404 page not found\n");
    }

    public int reading() {
        return inFlight.reading();
    }

    public int mutating() {
        return inFlight.mutating();
    }
}
