package io.kvorum.controllers.certificates;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.kvorum.api.ApiException;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** A loop over CertificateSigningRequests; keys are their names. */
abstract class RequestLoop extends ReconcileLoop<String> {
    private static final int CONCURRENCY = 5;

    final ResourceClient<CertificateSigningRequest> requests;
    private final Lister<CertificateSigningRequest> lister;

    RequestLoop(ControllerContext context, String name) {
        super(context, name, CONCURRENCY);
        requests = context.client().resources(CertificateSigningRequest.class);
        Informer<CertificateSigningRequest> informer = context.informers().of(CertificateSigningRequest.class);
        lister = informer.lister();
        informer.handler(Informer.Handler.present(
                request -> controller.enqueue(request.getMetadata().getName())));
    }

    @Override
    public final Future<Result> reconcile(String name) {
        @Nullable CertificateSigningRequest request = lister.get(new ObjectKey("", name));
        if (request == null) {
            return Future.succeededFuture(Result.done());
        }
        return handle(request)
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture(Result.done())
                        : Future.failedFuture(cause));
    }

    abstract Future<Result> handle(CertificateSigningRequest request);
}
