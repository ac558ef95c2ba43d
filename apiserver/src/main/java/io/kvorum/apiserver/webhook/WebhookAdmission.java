package io.kvorum.apiserver.webhook;

import io.kvorum.api.ResourceCatalog;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.registry.Converter;

/** The two plugins that ask webhooks; they share the way to ask. */
public final class WebhookAdmission {
    private final MutatingWebhooks mutating;
    private final ValidatingWebhooks validating;

    /** @param converter for custom resources whose webhooks see another version than the request's */
    public WebhookAdmission(
            WatchCache cache,
            ResourceCatalog catalog,
            Converter converter,
            HookClient client,
            Authorizer authorizer,
            AdmissionMetrics metrics) {
        Versions versions = new Versions(catalog, converter);
        Calls calls = new Calls(cache, versions, client, authorizer, metrics);
        mutating = new MutatingWebhooks(cache, versions, calls, client);
        validating = new ValidatingWebhooks(cache, calls, client);
    }

    /** MutatingAdmissionWebhook. */
    public Admission mutating() {
        return mutating;
    }

    /** ValidatingAdmissionWebhook. */
    public Admission validating() {
        return validating;
    }
}
