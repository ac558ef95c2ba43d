package io.example.webpage;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.CRUDKubernetesDependentResource;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;
import java.util.Map;

/** The page's file. */
@KubernetesDependent(informer = @Informer(labelSelector = WebPageReconciler.SELECTOR))
public class HtmlConfigMap extends CRUDKubernetesDependentResource<ConfigMap, WebPage> {
    @Override
    protected ConfigMap desired(WebPage page, Context<WebPage> context) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(page.getMetadata().getNamespace())
                .withName(nameFor(page))
                .withLabels(WebPageReconciler.LABELS)
                .endMetadata()
                .withData(Map.of("index.html", page.getSpec().getHtml()))
                .build();
    }

    static String nameFor(WebPage page) {
        return page.getMetadata().getName() + "-html";
    }
}
