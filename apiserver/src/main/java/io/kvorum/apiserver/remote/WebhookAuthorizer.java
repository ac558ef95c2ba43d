package io.kvorum.apiserver.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.cache.ExpiringCache;
import io.kvorum.apiserver.request.User;
import io.kvorum.cel.CelProblem;
import io.kvorum.cel.Expression;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a webhook by SubjectAccessReviews what somebody may. Belongs to the event loop. */
public final class WebhookAuthorizer implements Authorizer {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookAuthorizer.class);
    private static final int MOST_REMEMBERED = 8192;

    private final WebhookAuthorization how;
    private final ReviewClient client;
    private final AuthorizationMetrics metrics;
    private final ExpiringCache<String, Decision> answers;

    public WebhookAuthorizer(WebhookAuthorization how, ReviewClient client, Clock clock, AuthorizationMetrics metrics) {
        this.metrics = metrics;
        this.how = how;
        this.client = client;
        this.answers = new ExpiringCache<>(clock, MOST_REMEMBERED);
    }

    @Override
    public Future<Decision> authorize(User user, Attributes attributes) {
        AccessReview question = new AccessReview(user, attributes);
        Decision unasked = unasked(question);
        if (unasked != null) {
            return Future.succeededFuture(unasked);
        }
        ObjectNode review = question.of(how.version());
        String key = review.path("spec").toString();
        Decision known = answers.get(key);
        if (known != null) {
            return Future.succeededFuture(known);
        }
        ReviewClient.Result[] last = {ReviewClient.Result.ERROR};
        return client.post(review, (result, nanos) -> {
                    last[0] = result;
                    metrics.evaluated(how.name(), result, nanos);
                })
                .map(status -> {
                    Decision decision = decision(status);
                    if (question.isRemembered()) {
                        boolean allowed = Tree.flag(status, "allowed");
                        answers.put(key, decision, allowed ? how.authorizedLife() : how.unauthorizedLife());
                    }
                    return decision;
                })
                .recover(cause -> {
                    LOG.error("webhook not asked what somebody may name={} cause={}", how.name(), cause.getMessage());
                    if (!how.deniesOnError()) {
                        metrics.failedOpen(how.name(), last[0]);
                    }
                    return Future.succeededFuture(failed(String.valueOf(cause.getMessage())));
                });
    }

    /** What is said without the webhook, for its conditions; null when it is to be asked. A false one tells whatever the others. */
    private @Nullable Decision unasked(AccessReview question) {
        if (how.conditions().isEmpty()) {
            return null;
        }
        long began = System.nanoTime();
        try {
            return conditioned(question);
        } finally {
            metrics.conditionsAsked(how.name(), System.nanoTime() - began);
        }
    }

    private @Nullable Decision conditioned(AccessReview question) {
        Map<String, JsonNode> variables = Map.of("request", question.request());
        List<String> problems = new ArrayList<>();
        for (Expression condition : how.conditions()) {
            try {
                if (!Boolean.TRUE.equals(condition.evaluate(variables))) {
                    metrics.excluded(how.name());
                    return Decision.none("");
                }
            } catch (CelProblem e) {
                problems.add("cel evaluation error: expression '" + condition.text() + "' resulted in error: "
                        + e.getMessage());
            }
        }
        if (problems.isEmpty()) {
            return null;
        }
        metrics.conditionsFailed(how.name());
        return failed(problems.size() == 1 ? problems.get(0) : "[" + String.join(", ", problems) + "]");
    }

    private Decision failed(String error) {
        return new Decision(how.deniesOnError() ? Verdict.DENY : Verdict.NO_OPINION, "", error);
    }

    /** Whoever says both has denied. */
    private static Decision decision(JsonNode status) {
        String reason = Tree.text(status, "reason");
        boolean allowed = Tree.flag(status, "allowed");
        if (Tree.flag(status, "denied")) {
            return new Decision(
                    Verdict.DENY,
                    reason,
                    allowed ? "webhook subject access review returned both allow and deny response" : "");
        }
        return allowed ? Decision.allow(reason) : Decision.none(reason);
    }
}
