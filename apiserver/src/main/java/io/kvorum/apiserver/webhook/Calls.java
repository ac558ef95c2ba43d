package io.kvorum.apiserver.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.apiserver.admission.AccessQuestions;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.admission.Matching;
import io.kvorum.apiserver.admission.RequestTree;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.cache.WatchCache;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Whom a write is shown to, and how they are asked. */
final class Calls {
    private static final int UNAVAILABLE = 503;
    private static final String OWN_GROUP = "admissionregistration.k8s.io";

    /** Nobody could mend a webhook that forbids to change webhooks. */
    private static final Set<String> EXEMPT = Set.of(
            "validatingwebhookconfigurations",
            "mutatingwebhookconfigurations",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
            "mutatingadmissionpolicies",
            "mutatingadmissionpolicybindings");

    private final WatchCache cache;
    private final Versions versions;
    private final HookClient client;
    private final Authorizer authorizer;
    private final AdmissionMetrics metrics;

    Calls(WatchCache cache, Versions versions, HookClient client, Authorizer authorizer, AdmissionMetrics metrics) {
        this.metrics = metrics;
        this.authorizer = authorizer;
        this.cache = cache;
        this.versions = versions;
        this.client = client;
    }

    /** The objects of a write in the version that a webhook is to see. */
    record Shown(
            ResourceInfo as,
            @Nullable ObjectNode object,
            @Nullable ObjectNode old) {}

    /** A webhook that could not be asked. */
    static final class NotAsked extends RuntimeException {
        private final int code;

        /** @param code of the answer, or of what there was instead of one */
        NotAsked(Webhook webhook, String why, int code) {
            super("failed calling webhook \"" + webhook.name() + "\": " + why, null, false, false);
            this.code = code;
        }

        /** What the client is told when that is not ignored. */
        ApiException refusal() {
            String message = String.valueOf(getMessage());
            return new ApiException(
                    500,
                    "InternalError",
                    "Internal error occurred: " + message,
                    new ApiException.Details("", "", "", "", List.of(new ApiException.Cause("", message, "")), 0));
        }
    }

    /**
     * Asks, and goes on with the answer when the request is allowed; what comes of both is told to the metrics. Fails with {@link
     * NotAsked}, or when the webhook denies the request or may not be asked.
     */
    <T> Future<T> ask(
            Webhook webhook, Admission.Attempt attempt, Shown shown, Function<Review.Verdict, Future<T>> then) {
        long began = System.nanoTime();
        Future<Review.Verdict> asked = asked(webhook, attempt, shown);
        return asked.compose(verdict -> verdict.allowed()
                        ? then.apply(verdict)
                        : Future.failedFuture(Review.denial(webhook.name(), verdict.status())))
                .onComplete(done -> observe(webhook, attempt, asked.result(), done.cause(), began));
    }

    /** @param verdict null when there is none */
    private void observe(
            Webhook webhook,
            Admission.Attempt attempt,
            Review.@Nullable Verdict verdict,
            @Nullable Throwable cause,
            long began) {
        AdmissionMetrics.Rejection why = null;
        int code = 200;
        if (cause instanceof NotAsked notAsked) {
            code = notAsked.code;
            why = webhook.failureIgnored() ? null : AdmissionMetrics.Rejection.CALLING_WEBHOOK;
        } else if (verdict != null && !verdict.allowed() && cause instanceof ApiException denial) {
            code = denial.code();
            why = AdmissionMetrics.Rejection.NO_ERROR;
        } else if (cause != null) {
            code = 0;
            why = AdmissionMetrics.Rejection.API_SERVER;
        }
        if (why != null) {
            metrics.rejected(webhook, attempt.operation(), why, code);
        }
        long took = System.nanoTime() - began;
        if (webhook.mutates()) {
            attempt.passage().notes().aside(took);
        } else {
            attempt.passage().notes().besides(took);
        }
        metrics.asked(webhook, attempt.operation(), why != null, code, took);
    }

    /** A webhook that could not be asked is passed over. */
    void passedOver(Webhook webhook) {
        metrics.failedOpen(webhook);
    }

    static boolean exempt(ResourceInfo info) {
        return info.group().equals(OWN_GROUP) && EXEMPT.contains(info.resource());
    }

    /**
     * What a webhook is to be shown of a write; null when it is not concerned. Fails with Forbidden when its conditions
     * cannot be evaluated.
     */
    Future<@Nullable Shown> shown(Webhook webhook, Admission.Attempt attempt) {
        if (!Matching.namespace(webhook.namespaces(), attempt, cache) || !Matching.object(webhook.objects(), attempt)) {
            return Future.succeededFuture(null);
        }
        ResourceInfo as = version(webhook, attempt);
        if (as == null) {
            return Future.succeededFuture(null);
        }
        if (attempt.isAction()) {
            return conditioned(webhook, attempt, new Shown(as, attempt.object(), attempt.old()));
        }
        return converted(attempt.object(), attempt.info(), as)
                .compose(object -> converted(attempt.old(), attempt.info(), as)
                        .compose(old -> conditioned(webhook, attempt, new Shown(as, object, old))));
    }

    /** The version of the resource that the rules name, the request's own before others. */
    private @Nullable ResourceInfo version(Webhook webhook, Admission.Attempt attempt) {
        ResourceInfo spoken = attempt.passage().spoken();
        boolean possible = false;
        for (WebhookRule rule : webhook.rules()) {
            if (rule.matches(attempt.operation(), spoken, attempt.subresource())) {
                return spoken;
            }
            possible |= rule.mayMatch(attempt.operation(), spoken, attempt.subresource());
        }
        if (!possible || !webhook.equivalent()) {
            return null;
        }
        List<ResourceInfo> others = versions.of(spoken);
        for (WebhookRule rule : webhook.rules()) {
            for (ResourceInfo other : others) {
                if (rule.matches(attempt.operation(), other, attempt.subresource())) {
                    return other;
                }
            }
        }
        return null;
    }

    private Future<@Nullable ObjectNode> converted(@Nullable ObjectNode object, ResourceInfo from, ResourceInfo to) {
        if (object == null || from.apiVersion().equals(to.apiVersion())) {
            return Future.succeededFuture(object);
        }
        return versions.convert(object.deepCopy(), from, to).map(made -> made);
    }

    private Future<@Nullable Shown> conditioned(Webhook webhook, Admission.Attempt attempt, Shown shown) {
        if (webhook.conditions().isEmpty()) {
            return Future.succeededFuture(shown);
        }
        Map<String, JsonNode> values = new HashMap<>();
        if (shown.object() != null) {
            values.put("object", shown.object());
        }
        if (shown.old() != null) {
            values.put("oldObject", shown.old());
        }
        values.put("request", RequestTree.of(attempt, shown.as()));
        AccessQuestions questions = new AccessQuestions(authorizer, attempt);
        long began = System.nanoTime();
        return questions
                .evaluated(() -> webhook.conditions().ask(values, questions.variables()))
                .compose(outcome -> {
                    metrics.conditionsAsked(webhook, attempt.operation(), outcome, System.nanoTime() - began);
                    if (outcome.problem().isEmpty() || webhook.failureIgnored()) {
                        return Future.succeededFuture(outcome.hold() ? shown : null);
                    }
                    ResourceInfo spoken = attempt.passage().spoken();
                    return Future.failedFuture(ApiException.forbidden(
                            spoken.group(), spoken.resource(), attempt.name(), outcome.problem()));
                });
    }

    private Future<Review.Verdict> asked(Webhook webhook, Admission.Attempt attempt, Shown shown) {
        if (attempt.dryRun() && !webhook.sideEffectFree()) {
            return Future.failedFuture(
                    ApiException.badRequest("admission webhook \"" + webhook.name() + "\" does not support dry run"));
        }
        if (webhook.reviewVersion().isEmpty()) {
            return Future.failedFuture(new NotAsked(
                    webhook,
                    "could not create admission objects: webhook does not accept known AdmissionReview versions (v1,"
                            + " v1beta1)",
                    400));
        }
        String uid = UUID.randomUUID().toString();
        ObjectNode question =
                Review.question(webhook.reviewVersion(), uid, attempt, shown.as(), shown.object(), shown.old());
        return client.post(webhook.id(), webhook.client(), question, webhook.timeoutSeconds())
                .recover(cause -> Future.failedFuture(
                        new NotAsked(webhook, "failed to call webhook: " + cause.getMessage(), code(cause))))
                .compose(body -> verdict(webhook, attempt, uid, body));
    }

    private static int code(Throwable cause) {
        return cause instanceof HookFailure failure ? failure.code() : UNAVAILABLE;
    }

    private static Future<Review.Verdict> verdict(Webhook webhook, Admission.Attempt attempt, String uid, Buffer body) {
        Review.Verdict verdict;
        try {
            verdict = Review.answer(webhook.reviewVersion(), uid, webhook.mutates(), body);
        } catch (HookFailure e) {
            return Future.failedFuture(new NotAsked(webhook, String.valueOf(e.getMessage()), UNAVAILABLE));
        }
        verdict.annotations().forEach((key, value) -> attempt.passage().annotate(webhook.name() + "/" + key, value));
        verdict.warnings().forEach(attempt.warnings());
        return Future.succeededFuture(verdict);
    }
}
