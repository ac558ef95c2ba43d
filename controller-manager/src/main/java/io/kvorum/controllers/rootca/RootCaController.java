package io.kvorum.controllers.rootca;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.kvorum.api.ApiException;
import io.kvorum.client.Informer;
import io.kvorum.client.ListOptions;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.kvorum.controllers.pods.PodControl;
import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The publisher of the ConfigMap {@code kube-root-ca.crt}; keys are namespaces. */
public final class RootCaController extends ReconcileLoop<String> {
    static final String CONFIG_MAP = "kube-root-ca.crt";
    private static final String DESCRIPTION = "kubernetes.io/description";
    private static final String DESCRIPTION_TEXT =
            "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the"
                    + " internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of"
                    + " Kubernetes clusters.";

    private final ResourceClient<ConfigMap> configMaps;
    private final Lister<ConfigMap> configMapLister;
    private final Lister<Namespace> namespaceLister;
    private final String certificates;

    /** @param certificates in PEM */
    public RootCaController(ControllerContext context, String certificates) {
        super(context, "root-ca-certificate-publisher-controller", 2);
        this.certificates = certificates;
        configMaps = context.client().resources(ConfigMap.class);
        Informer<ConfigMap> informer =
                context.informers().of(ConfigMap.class, ListOptions.fields("metadata.name=" + CONFIG_MAP));
        configMapLister = informer.lister();
        Informer<Namespace> namespaces = context.informers().of(Namespace.class);
        namespaceLister = namespaces.lister();
        namespaces.handler(Informer.Handler.present(
                namespace -> controller.enqueue(namespace.getMetadata().getName())));
        informer.handler(new Informer.Handler<>() {
            @Override
            public void added(ConfigMap object) {}

            @Override
            public void updated(ConfigMap before, ConfigMap after) {
                controller.enqueue(after.getMetadata().getNamespace());
            }

            @Override
            public void deleted(ConfigMap object) {
                controller.enqueue(object.getMetadata().getNamespace());
            }
        });
    }

    @Override
    public Future<Result> reconcile(String name) {
        @Nullable Namespace namespace = namespaceLister.get(new ObjectKey("", name));
        if (namespace == null || namespace.getMetadata().getDeletionTimestamp() != null) {
            return Future.succeededFuture(Result.done());
        }
        @Nullable ConfigMap current = configMapLister.get(new ObjectKey(name, CONFIG_MAP));
        Map<String, String> data = Map.of("ca.crt", certificates);
        if (current == null) {
            ConfigMap fresh = new ConfigMapBuilder()
                    .withNewMetadata()
                    .withNamespace(name)
                    .withName(CONFIG_MAP)
                    .addToAnnotations(DESCRIPTION, DESCRIPTION_TEXT)
                    .endMetadata()
                    .withData(data)
                    .build();
            return configMaps
                    .create(fresh)
                    .map(Result.done())
                    .recover(cause -> PodControl.namespaceTerminating(cause)
                                    || (cause instanceof ApiException no && no.alreadyExists())
                            ? Future.succeededFuture(Result.done())
                            : Future.failedFuture(cause));
        }
        boolean described = current.getMetadata().getAnnotations() != null
                && current.getMetadata().getAnnotations().containsKey(DESCRIPTION);
        if (data.equals(current.getData()) && described) {
            return Future.succeededFuture(Result.done());
        }
        return configMaps
                .update(new ConfigMapBuilder(current)
                        .editMetadata()
                        .addToAnnotations(DESCRIPTION, DESCRIPTION_TEXT)
                        .endMetadata()
                        .withData(data)
                        .build())
                .map(Result.done());
    }
}
