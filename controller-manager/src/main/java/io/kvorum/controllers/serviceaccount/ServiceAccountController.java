package io.kvorum.controllers.serviceaccount;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.kvorum.api.ApiException;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.kvorum.controllers.pods.PodControl;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** The service account controller; keys are namespaces. */
public final class ServiceAccountController extends ReconcileLoop<String> {
    private static final String DEFAULT = "default";

    private final ResourceClient<ServiceAccount> serviceAccounts;
    private final Lister<ServiceAccount> serviceAccountLister;
    private final Lister<Namespace> namespaceLister;

    public ServiceAccountController(ControllerContext context, int concurrency) {
        super(context, "serviceaccount-controller", concurrency);
        serviceAccounts = context.client().resources(ServiceAccount.class);
        Informer<ServiceAccount> informer = context.informers().of(ServiceAccount.class);
        serviceAccountLister = informer.lister();
        Informer<Namespace> namespaces = context.informers().of(Namespace.class);
        namespaceLister = namespaces.lister();
        namespaces.handler(Informer.Handler.present(
                namespace -> controller.enqueue(namespace.getMetadata().getName())));
        informer.handler(new Informer.Handler<>() {
            @Override
            public void added(ServiceAccount object) {}

            @Override
            public void updated(ServiceAccount before, ServiceAccount after) {}

            @Override
            public void deleted(ServiceAccount object) {
                controller.enqueue(object.getMetadata().getNamespace());
            }
        });
    }

    @Override
    public Future<Result> reconcile(String name) {
        @Nullable Namespace namespace = namespaceLister.get(new ObjectKey("", name));
        if (namespace == null
                || namespace.getMetadata().getDeletionTimestamp() != null
                || serviceAccountLister.get(new ObjectKey(name, DEFAULT)) != null) {
            return Future.succeededFuture(Result.done());
        }
        ServiceAccount account = new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(name)
                .withName(DEFAULT)
                .endMetadata()
                .build();
        return serviceAccounts
                .create(account)
                .map(Result.done())
                .recover(cause -> PodControl.namespaceTerminating(cause)
                                || (cause instanceof ApiException no && no.alreadyExists())
                        ? Future.succeededFuture(Result.done())
                        : Future.failedFuture(cause));
    }
}
