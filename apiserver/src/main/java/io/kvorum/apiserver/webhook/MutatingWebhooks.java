package io.kvorum.apiserver.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.defaults.Defaults;
import io.kvorum.api.patch.JsonPatch;
import io.kvorum.api.schema.Decoder;
import io.kvorum.api.schema.FieldValidation;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.admission.Passage;
import io.kvorum.apiserver.cache.WatchCache;
import io.vertx.core.Future;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admission plugin MutatingAdmissionWebhook: the webhooks that are about a write are asked one after another, each
 * seeing what those before it made of the object.
 */
final class MutatingWebhooks implements Admission {
    private static final Logger LOG = LoggerFactory.getLogger(MutatingWebhooks.class);

    private final Webhooks webhooks;
    private final Versions versions;
    private final Calls calls;

    MutatingWebhooks(WatchCache cache, Versions versions, Calls calls, HookClient client) {
        this.webhooks = new Webhooks(cache, "admissionregistration.k8s.io/mutatingwebhookconfigurations", client);
        this.versions = versions;
        this.calls = calls;
    }

    @Override
    public boolean seesActions() {
        return true;
    }

    @Override
    public Future<Void> mutate(Attempt attempt) {
        List<Webhook> all = webhooks.all();
        if (all.isEmpty() || Calls.exempt(attempt.info())) {
            return Future.succeededFuture();
        }
        ObjectNode object = attempt.object();
        if (object == null) {
            return from(all, 0, attempt);
        }
        attempt.passage().enter(object);
        return from(all, 0, attempt).onSuccess(done -> attempt.passage().leave(object));
    }

    private Future<Void> from(List<Webhook> all, int first, Attempt attempt) {
        for (int i = first; i < all.size(); i++) {
            Future<Void> done = one(all.get(i), i, attempt);
            if (!done.succeeded()) {
                int next = i + 1;
                return done.compose(ignored -> from(all, next, attempt));
            }
        }
        return Future.succeededFuture();
    }

    private Future<Void> one(Webhook webhook, int index, Attempt attempt) {
        if (!attempt.passage().isDue(webhook.id())) {
            return Future.succeededFuture();
        }
        Future<Calls.Shown> shown = calls.shown(webhook, attempt);
        return shown.succeeded() && shown.result() == null
                ? Future.succeededFuture()
                : shown.compose(seen -> seen == null ? Future.succeededFuture() : call(webhook, index, attempt, seen));
    }

    private Future<Void> call(Webhook webhook, int index, Attempt attempt, Calls.Shown shown) {
        Passage passage = attempt.passage();
        String place = "round_" + passage.round() + "_index_" + index;
        return calls.ask(webhook, attempt, shown, verdict -> patched(webhook, attempt, shown, verdict))
                .map(changed -> {
                    if (changed) {
                        passage.objectChanged();
                    }
                    if (webhook.reinvocable()) {
                        passage.invoked(webhook.id());
                    }
                    passage.annotate("mutation.webhook.admission.k8s.io/" + place, mutation(webhook, changed));
                    return (Void) null;
                })
                .recover(cause -> {
                    if (!(cause instanceof Calls.NotAsked notAsked)) {
                        return Future.failedFuture(cause);
                    }
                    if (!webhook.failureIgnored()) {
                        return Future.failedFuture(notAsked.refusal());
                    }
                    calls.passedOver(webhook);
                    LOG.warn("a webhook is passed over: {}", notAsked.getMessage());
                    passage.annotate("mutation.webhook.admission.k8s.io/" + place, mutation(webhook, false));
                    passage.annotate("failed-open.mutation.webhook.admission.k8s.io/" + place, webhook.name());
                    return Future.succeededFuture();
                });
    }

    private static String mutation(Webhook webhook, boolean mutated) {
        return Tree.newObject()
                .put("configuration", webhook.configuration())
                .put("webhook", webhook.name())
                .put("mutated", mutated)
                .toString();
    }

    /** Does to the object what the webhook wants; whether that changed anything. */
    private Future<Boolean> patched(Webhook webhook, Attempt attempt, Calls.Shown shown, Review.Verdict verdict) {
        JsonNode patch = verdict.patch();
        if (patch.isEmpty()) {
            return Future.succeededFuture(false);
        }
        ObjectNode target = attempt.object();
        ObjectNode seen = shown.object();
        if (target == null || seen == null) {
            return Future.failedFuture(ApiException.internal("admission webhook \"" + webhook.name()
                    + "\" attempted to modify the object, which is not supported for this operation"));
        }
        if (!verdict.patchType().equals("JSONPatch")) {
            return Future.failedFuture(
                    new Calls.NotAsked(webhook, "unsupported patch type \"" + verdict.patchType() + "\"", 500));
        }
        ObjectNode result;
        try {
            ObjectNode patched = JsonPatch.apply(seen, patch);
            result = attempt.isAction() ? patched : decoded(shown.as(), patched);
        } catch (ApiException e) {
            return Future.failedFuture(ApiException.internal(String.valueOf(e.getMessage())));
        }
        Future<ObjectNode> stored = attempt.isAction()
                ? Future.succeededFuture(result)
                : versions.convert(result, shown.as(), attempt.info());
        return stored.map(converted -> {
            boolean changed = !Tree.semanticallyEqual(target, converted);
            target.removeAll();
            target.setAll(converted);
            return changed;
        });
    }

    private static ObjectNode decoded(ResourceInfo info, ObjectNode patched) {
        ObjectNode object =
                Decoder.decode(info, patched, FieldValidation.IGNORE).object();
        Defaults.apply(info, object);
        return object;
    }
}
