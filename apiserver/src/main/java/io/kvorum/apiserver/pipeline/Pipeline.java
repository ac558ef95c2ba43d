package io.kvorum.apiserver.pipeline;

import io.kvorum.api.ApiException;
import io.kvorum.api.GoText;
import io.kvorum.api.StatusJson;
import io.kvorum.api.proto.ProtobufBody;
import io.kvorum.apiserver.audit.AuditEvent;
import io.kvorum.apiserver.auth.Access;
import io.kvorum.apiserver.auth.Authenticator;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.auth.Forbidden;
import io.kvorum.apiserver.auth.Impersonation;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.flow.FlowControl;
import io.kvorum.apiserver.registry.Registry;
import io.kvorum.apiserver.registry.Warnings;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.RequestTimeout;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one path of every request, whatever it came over. Never fails: failures become a Status here and nowhere else. */
public final class Pipeline {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

    /** Subresources that are streams into a pod. */
    private static final Set<String> STREAMS = Set.of("exec", "attach", "portforward");

    /** Of whom nothing is known yet. */
    private static final User NOBODY = new User("", List.of());

    private final Authenticator authenticator;
    private final Impersonation impersonation;
    private final Access access;
    private final List<NonResource> nonResources;
    private final Elsewhere elsewhere;
    private final Registry registry;
    private final @Nullable FlowControl flowControl;
    private final InFlight inFlight;
    private final RequestMetrics metrics;
    private final ProtobufBodies bodies;
    private final AuditTrail audit;
    private final Deadlines deadlines;

    /** @param flowControl null when only {@code inFlight} bounds how many requests are served at once */
    public Pipeline(
            Authenticator authenticator,
            Impersonation impersonation,
            Access access,
            List<NonResource> nonResources,
            Elsewhere elsewhere,
            Registry registry,
            @Nullable FlowControl flowControl,
            InFlight inFlight,
            RequestMetrics metrics,
            ProtobufBodies bodies,
            AuditTrail audit,
            Deadlines deadlines) {
        this.authenticator = authenticator;
        this.impersonation = impersonation;
        this.access = access;
        this.elsewhere = elsewhere;
        this.nonResources = List.copyOf(nonResources);
        this.registry = registry;
        this.flowControl = flowControl;
        this.inFlight = inFlight;
        this.metrics = metrics;
        this.bodies = bodies;
        this.audit = audit;
        this.deadlines = deadlines;
    }

    public Future<ApiResponse> handle(ApiRequest request) {
        Audited audited = audit.begin(request);
        Future<Void> ready = Transcoder.needsMessages(request) ? bodies.loaded() : Future.succeededFuture();
        return ready.compose(loaded -> {
                    audited.info = RequestInfo.parse(request.method(), request.path(), request.query());
                    audit.decide(request, audited, NOBODY);
                    return checked(request, audited);
                })
                .recover(cause -> Future.succeededFuture(failure(request, audited, cause)))
                .map(response -> finished(request, audited, response));
    }

    private Future<ApiResponse> checked(ApiRequest request, Audited audited) {
        if (!audited.info.longRunning()) {
            RequestTimeout.check(request.query().text("timeout"));
        }
        return inTime(request, audited, authenticator.authenticate(request)).compose(actual -> {
            audited.actual = actual;
            return inTime(request, audited, impersonation.actingAs(actual, request))
                    .compose(user -> named(request, audited, actual, user));
        });
    }

    private Future<ApiResponse> named(ApiRequest request, Audited audited, User actual, User user) {
        audited.user = user;
        RequestInfo info = audited.info;
        audit.decide(request, audited, actual);
        audit.received(audited);
        audited.took(request);
        return allowed(request, audited, user, info)
                .compose(allowed -> info.verb().equals("get") && STREAMS.contains(info.subresource())
                        // A WebSocket can only be asked for by GET, which must not let in who may just look
                        // (upstream since 1.35).
                        ? allowed(request, audited, user, info.withVerb("create"))
                        : Future.succeededFuture())
                .compose(allowed -> served(request, audited, info, user));
    }

    /** Fails with 403 when the user may not. */
    private Future<Void> allowed(ApiRequest request, Audited audited, User user, RequestInfo info) {
        Authorizer.Attributes asked = Authorizer.Attributes.of(info, request);
        return inTime(request, audited, access.decide(user, asked)).compose(decision -> {
            // What could not be decided is told as a failure.
            audited.decision = decision.allowed() || decision.error().isEmpty() ? decision : null;
            if (decision.allowed()) {
                return Future.succeededFuture();
            }
            return Future.failedFuture(
                    decision.error().isEmpty()
                            ? Forbidden.of(user, asked, decision.reason())
                            : new Undecided(request.uri(), decision.error()));
        });
    }

    private Future<ApiResponse> served(ApiRequest request, Audited audited, RequestInfo info, User user) {
        boolean longRunning = info.longRunning();
        FlowControl flows = flowControl;
        if (flows == null) {
            return answered(request, audited, info, user, longRunning);
        }
        if (longRunning) {
            return answered(request, audited, info, user, true)
                    .map(response -> flows.named(info, request, user, response));
        }
        return flows.serve(info, request, user, () -> answered(request, audited, info, user, false));
    }

    private Future<ApiResponse> answered(
            ApiRequest request, Audited audited, RequestInfo info, User user, boolean longRunning) {
        Future<ApiResponse> other = elsewhere.handle(request, user);
        if (other != null) {
            return limited(request, audited, other);
        }
        if (!info.resourceRequest()) {
            return nonResource(request);
        }
        if (!registry.knows(info.group(), info.version(), info.resource())) {
            return Future.succeededFuture(pageNotFound());
        }
        if (longRunning) {
            return limited(request, audited, registry.handle(info, request, user));
        }
        inFlight.enter(info.verb(), audited.began);
        Future<ApiResponse> answer;
        try {
            answer = protobuf(request)
                    ? bodies.json(request).compose(json -> {
                        audited.took(json);
                        return registry.handle(info, json, user);
                    })
                    : registry.handle(info, request, user);
        } catch (RuntimeException failure) {
            inFlight.leave(info.verb());
            throw failure;
        }
        return limited(
                request,
                audited,
                answer.onComplete(done -> inFlight.leave(info.verb()))
                        .map(response -> Transcoder.encode(request, response)));
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

    private Future<ApiResponse> limited(ApiRequest request, Audited audited, Future<ApiResponse> answer) {
        return deadlines.limit(request, audited, answer, ApiResponse::abandon);
    }

    /** What is asked on the way to the answer, as the answer itself. */
    private <T> Future<T> inTime(ApiRequest request, Audited audited, Future<T> answer) {
        return deadlines.limit(request, audited, answer, late -> {});
    }

    private ApiResponse finished(ApiRequest request, Audited audited, ApiResponse response) {
        response.headers().set("Audit-Id", audited.id);
        if (!response.headers().contains("Cache-Control")) {
            response.headers().set("Cache-Control", "no-cache, private");
        }
        ApiResponse given =
                metrics.finished(request, audited.info, registry.has(audited.info), response, audited.began);
        if (response.status() >= 500) {
            LOG.warn("request failed method={} path={} status={}", request.method(), request.path(), response.status());
        }
        audit.answered(audited, response);
        return given;
    }

    private static ApiResponse failure(ApiRequest request, Audited audited, Throwable cause) {
        ApiException refused;
        if (cause instanceof Undecided undecided) {
            LOG.warn("not decided who may path={} cause={}", request.path(), undecided.why);
            audited.failure = new AuditEvent.Failure("InternalError", undecided.why);
            return ApiResponse.text(500, undecided.text());
        } else if (cause instanceof ApiException known) {
            refused = known;
        } else {
            LOG.error("a defect answered a request method={} path={}", request.method(), request.path(), cause);
            refused = ApiException.internal(String.valueOf(cause.getMessage()));
        }
        audited.failure = new AuditEvent.Failure(refused.reason(), String.valueOf(refused.getMessage()));
        ApiResponse response =
                Transcoder.encode(request, ApiResponse.json(refused.code(), ObjectJson.encode(StatusJson.of(refused))));
        ApiException.Details details = refused.details();
        if (details != null && details.retryAfterSeconds() > 0) {
            response.headers().set("Retry-After", Integer.toString(details.retryAfterSeconds()));
        }
        return Warnings.add(response, request.notes().warnings());
    }

    /** Nobody allowed a request, and one of those who decide could not. Upstream answers with a text of its own. */
    private static final class Undecided extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final String why;

        Undecided(String uri, String why) {
            super("Internal Server Error: " + GoText.quoted(uri) + ": " + why, null, false, false);
            this.why = why;
        }

        /** Nothing in it that a browser might take for a page. */
        String text() {
            return String.valueOf(getMessage())
                            .replace("&", "&amp;")
                            .replace("<", "&lt;")
                            .replace(">", "&gt;")
                    + "\n";
        }
    }

    static ApiResponse pageNotFound() {
        return ApiResponse.text(404, "404 page not found\n");
    }
}
