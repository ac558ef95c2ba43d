package io.example.webpage;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.Workflow;
import io.javaoperatorsdk.operator.api.reconciler.dependent.Dependent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Keeps the three dependents of a page as they should be, the status true, and a copy of the page in a folder outside the cluster. */
@Workflow(
        dependents = {
            @Dependent(type = HtmlConfigMap.class),
            @Dependent(type = PageDeployment.class),
            @Dependent(type = PageService.class)
        })
@ControllerConfiguration
public class WebPageReconciler implements Reconciler<WebPage>, Cleaner<WebPage> {
    static final String SELECTOR = "app.kubernetes.io/managed-by=web-page-operator";
    static final Map<String, String> LABELS = Map.of("app.kubernetes.io/managed-by", "web-page-operator");

    private final Path folder;

    /** @param folder of the copies, one file a page: what a finalizer is for */
    public WebPageReconciler(Path folder) {
        this.folder = folder;
    }

    private Path copy(WebPage page) {
        return folder.resolve(
                page.getMetadata().getNamespace() + "." + page.getMetadata().getName() + ".html");
    }

    @Override
    public UpdateControl<WebPage> reconcile(WebPage page, Context<WebPage> context) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(copy(page), page.getSpec().getHtml());
        WebPageStatus status = new WebPageStatus();
        status.setConfigMap(context.getSecondaryResource(ConfigMap.class)
                .map(map -> map.getMetadata().getName())
                .orElse(null));
        status.setReadyReplicas(context.getSecondaryResource(Deployment.class)
                .map(Deployment::getStatus)
                .map(DeploymentStatus::getReadyReplicas)
                .orElse(0));
        status.setObservedGeneration(page.getMetadata().getGeneration());
        WebPage patch = new WebPage();
        patch.setMetadata(new ObjectMetaBuilder()
                .withNamespace(page.getMetadata().getNamespace())
                .withName(page.getMetadata().getName())
                .build());
        patch.setStatus(status);
        return UpdateControl.patchStatus(patch);
    }

    @Override
    public DeleteControl cleanup(WebPage page, Context<WebPage> context) throws IOException {
        Files.deleteIfExists(copy(page));
        return DeleteControl.defaultDelete();
    }
}
