package io.kvorum.apiserver.pipeline;

import io.kvorum.apiserver.audit.AuditEvent;
import io.kvorum.apiserver.audit.AuditLevel;
import io.kvorum.apiserver.audit.AuditPolicy;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What becomes known of a request on its way, for the audit log. Belongs to the event loop. */
final class Audited {
    final long began = System.nanoTime();
    final String id;
    private final ApiRequest request;
    private final Instant received;
    RequestInfo info;

    @Nullable
    User actual;

    @Nullable
    User user;

    Authorizer.@Nullable Decision decision;
    AuditEvent.Failure failure = AuditEvent.Failure.NONE;

    Audited(ApiRequest request, Instant received) {
        this.request = request;
        this.received = received;
        this.info = RequestInfo.unknown(request.method());
        ThreadLocalRandom random = ThreadLocalRandom.current();
        this.id = new UUID(random.nextLong(), random.nextLong()).toString();
    }

    /** How long the request has been on its way. */
    long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }

    AuditPolicy.Decision policy = NOT_DECIDED;

    /** The request's body as JSON, where the policy wants it. */
    Buffer requestObject = Buffer.buffer();

    private static final AuditPolicy.Decision NOT_DECIDED =
            new AuditPolicy.Decision(AuditLevel.METADATA, Set.of(AuditPolicy.RECEIVED), false);

    /** Takes the body when the policy wants it and it is JSON. */
    void took(ApiRequest given) {
        boolean json = given.header("Content-Type").isEmpty()
                || given.header("Content-Type").contains("json");
        if (json && policy.level().includes(AuditLevel.REQUEST)) {
            requestObject = given.body();
        }
    }

    /** The request as it came, once its user is known. */
    AuditEvent received(Instant now) {
        return new AuditEvent(
                id,
                AuditPolicy.RECEIVED,
                request.uri(),
                info,
                actual,
                user == actual ? null : user,
                request.credentials().address(),
                request.header("User-Agent"),
                null,
                "",
                Map.of(),
                0,
                AuditEvent.Failure.NONE,
                received,
                now,
                new AuditEvent.Content(policy.level(), Buffer.buffer(), Buffer.buffer(), false));
    }

    private AuditEvent.Content content(ApiResponse response) {
        boolean json = String.valueOf(response.headers().get("Content-Type")).startsWith(ApiResponse.JSON)
                && !response.headers().contains("Content-Encoding");
        boolean answer = policy.level().includes(AuditLevel.REQUEST_RESPONSE) && json && info.resourceRequest();
        return new AuditEvent.Content(
                policy.level(),
                requestObject,
                answer ? response.body().whole() : Buffer.buffer(),
                policy.withoutManagers());
    }

    static String stage(ApiResponse response) {
        return response.stream() == null ? AuditPolicy.COMPLETE : AuditPolicy.STARTED;
    }

    AuditEvent event(ApiResponse response, Instant now) {
        Authorizer.Decision decided = decision;
        return new AuditEvent(
                id,
                stage(response),
                request.uri(),
                info,
                actual,
                user == actual ? null : user,
                request.credentials().address(),
                request.header("User-Agent"),
                decided == null ? null : decided.allowed(),
                decided == null ? "" : decided.reason(),
                request.notes().annotations(),
                response.status(),
                failure,
                received,
                now,
                content(response));
    }
}
