package io.example.webpage;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.CRUDKubernetesDependentResource;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;

/** The web servers with the page mounted. */
@KubernetesDependent(informer = @Informer(labelSelector = WebPageReconciler.SELECTOR))
public class PageDeployment extends CRUDKubernetesDependentResource<Deployment, WebPage> {
    @Override
    protected Deployment desired(WebPage page, Context<WebPage> context) {
        String name = page.getMetadata().getName();
        return new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace(page.getMetadata().getNamespace())
                .withName(name)
                .withLabels(WebPageReconciler.LABELS)
                .endMetadata()
                .withNewSpec()
                .withReplicas(page.getSpec().getReplicas())
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("nginx")
                .withImage("nginx:1.17.0")
                .addNewPort()
                .withContainerPort(80)
                .endPort()
                .addNewVolumeMount()
                .withName("html")
                .withMountPath("/usr/share/nginx/html")
                .endVolumeMount()
                .endContainer()
                .addNewVolume()
                .withName("html")
                .withNewConfigMap()
                .withName(HtmlConfigMap.nameFor(page))
                .endConfigMap()
                .endVolume()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }
}
