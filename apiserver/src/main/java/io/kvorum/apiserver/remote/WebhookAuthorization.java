package io.kvorum.apiserver.remote;

import io.kvorum.cel.Expression;
import java.time.Duration;
import java.util.List;

/**
 * How a webhook is asked what somebody may.
 *
 * @param name as the log tells of it
 * @param version of its SubjectAccessReviews, {@code v1} or {@code v1beta1}
 * @param timeout of one attempt
 * @param authorizedLife how long it is remembered that something is allowed; zero: not
 * @param unauthorizedLife likewise that it is not
 * @param deniesOnError whether everything is denied that it cannot be asked about; else it has no opinion then
 * @param conditions all of which must hold for it to be asked
 */
public record WebhookAuthorization(
        String name,
        WebhookService service,
        String version,
        Duration timeout,
        Duration authorizedLife,
        Duration unauthorizedLife,
        boolean deniesOnError,
        List<Expression> conditions) {}
