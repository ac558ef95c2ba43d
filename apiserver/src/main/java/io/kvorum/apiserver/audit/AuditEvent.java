package io.kvorum.apiserver.audit;

import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One request, as the audit log tells of it.
 *
 * @param stage {@code ResponseComplete}, or {@code ResponseStarted} for an answer without end such as a watch
 * @param user null when nobody could be named
 * @param impersonated whom the user acted as, null for itself
 * @param allowed the authorizer's decision; null when it was not asked
 * @param failure reason and message of the refusal; empty for success
 */
public record AuditEvent(
        String id,
        String stage,
        String uri,
        RequestInfo info,
        @Nullable User user,
        @Nullable User impersonated,
        String source,
        String userAgent,
        @Nullable Boolean allowed,
        String decisionReason,
        int code,
        Failure failure,
        Instant received,
        Instant staged) {
    /** Why a request was refused. */
    public record Failure(String reason, String message) {
        public static final Failure NONE = new Failure("", "");
    }
}
