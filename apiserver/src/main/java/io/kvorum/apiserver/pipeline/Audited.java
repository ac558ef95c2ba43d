package io.kvorum.apiserver.pipeline;

import io.kvorum.apiserver.audit.AuditEvent;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
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

    AuditEvent event(ApiResponse response, Instant now) {
        Authorizer.Decision decided = decision;
        return new AuditEvent(
                id,
                response.stream() == null ? "ResponseComplete" : "ResponseStarted",
                request.uri(),
                info,
                actual,
                user == actual ? null : user,
                request.credentials().address(),
                request.header("User-Agent"),
                decided == null ? null : decided.allowed(),
                decided == null ? "" : decided.reason(),
                response.status(),
                failure,
                received,
                now);
    }
}
