package io.example.webpage;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.CRUDKubernetesDependentResource;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;

/** The address of the web servers. */
@KubernetesDependent(informer = @Informer(labelSelector = WebPageReconciler.SELECTOR))
public class PageService extends CRUDKubernetesDependentResource<Service, WebPage> {
    @Override
    protected Service desired(WebPage page, Context<WebPage> context) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(page.getMetadata().getNamespace())
                .withName(page.getMetadata().getName())
                .withLabels(WebPageReconciler.LABELS)
                .endMetadata()
                .withNewSpec()
                .addToSelector("app", page.getMetadata().getName())
                .addNewPort()
                .withPort(80)
                .withNewTargetPort(80)
                .endPort()
                .endSpec()
                .build();
    }
}
