package io.kvorum.apiserver.webhook;

import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.cache.WatchCache;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admission plugin ValidatingAdmissionWebhook: all webhooks that are about a write are asked at once. */
final class ValidatingWebhooks implements Admission {
    private static final Logger LOG = LoggerFactory.getLogger(ValidatingWebhooks.class);

    private final Webhooks webhooks;
    private final Calls calls;

    ValidatingWebhooks(WatchCache cache, Calls calls, HookClient client) {
        this.webhooks = new Webhooks(cache, "admissionregistration.k8s.io/validatingwebhookconfigurations", client);
        this.calls = calls;
    }

    @Override
    public boolean seesActions() {
        return true;
    }

    @Override
    public Future<Void> validate(Attempt attempt) {
        List<Webhook> all = webhooks.all();
        if (all.isEmpty() || Calls.exempt(attempt.info())) {
            return Future.succeededFuture();
        }
        List<Future<Runnable>> concerned = new ArrayList<>();
        List<Future<Void>> asked = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Webhook webhook = all.get(i);
            int index = i;
            concerned.add(calls.shown(webhook, attempt).map(shown -> () -> {
                if (shown != null) {
                    asked.add(ask(webhook, index, attempt, shown));
                }
            }));
        }
        // Whether the request gets that far is known of all of them before the first is asked.
        return Future.join(concerned)
                .transform(known -> firstFailure(concerned))
                .compose(known -> {
                    concerned.forEach(each -> each.result().run());
                    return asked.isEmpty()
                            ? Future.succeededFuture()
                            : Future.join(asked).transform(done -> firstFailure(asked));
                });
    }

    /** In the order they are listed, whoever answered first. */
    private static Future<Void> firstFailure(List<? extends Future<?>> all) {
        for (Future<?> each : all) {
            if (each.failed()) {
                return Future.failedFuture(each.cause());
            }
        }
        return Future.succeededFuture();
    }

    private Future<Void> ask(Webhook webhook, int index, Attempt attempt, Calls.Shown shown) {
        Future<Review.Verdict> asked = calls.ask(webhook, attempt, shown, Future::succeededFuture);
        return asked.<Void>mapEmpty().recover(cause -> {
            if (!(cause instanceof Calls.NotAsked notAsked)) {
                return Future.failedFuture(cause);
            }
            if (!webhook.failureIgnored()) {
                return Future.failedFuture(notAsked.refusal());
            }
            calls.passedOver(webhook);
            LOG.warn("a webhook is passed over: {}", notAsked.getMessage());
            attempt.passage()
                    .annotate("failed-open.validating.webhook.admission.k8s.io/round_0_index_" + index, webhook.name());
            return Future.succeededFuture();
        });
    }
}
