package io.kvorum.apiserver.audit;

import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request, as the audit log tells of it.
 *
 * @param stage {@code RequestReceived}, {@code ResponseComplete}, or {@code ResponseStarted} for an answer without end
 *     such as a watch
 * @param user null when nobody could be named
 * @param impersonated whom the user acted as, null for itself
 * @param allowed the authorizer's decision; null when it was not asked
 * @param code of the answer; 0 while there is none
 * @param annotations what admission has to tell of the request
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
        Map<String, String> annotations,
        int code,
        Failure failure,
        Instant received,
        Instant staged,
        Content content) {
    /**
     * How much is told, and what was sent and answered.
     *
     * @param request JSON; empty when it is not told or was none
     * @param response likewise
     * @param withoutManagers whether managed fields are left out
     */
    public record Content(AuditLevel level, Buffer request, Buffer response, boolean withoutManagers) {
        /** Metadata alone. */
        static final Content NONE = new Content(AuditLevel.METADATA, Buffer.buffer(), Buffer.buffer(), false);
    }

    /** Why a request was refused. */
    public record Failure(String reason, String message) {
        public static final Failure NONE = new Failure("", "");
    }
}
