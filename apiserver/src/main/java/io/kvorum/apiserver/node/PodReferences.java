package io.kvorum.apiserver.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a pod refers to, as {@code resource/name} within its namespace. Pure. */
final class PodReferences {
    private static final String SECRETS = "secrets/";
    private static final String CONFIG_MAPS = "configmaps/";
    private static final String CLAIMS = "persistentvolumeclaims/";
    private static final String ACCOUNTS = "serviceaccounts/";

    /** Volume sources that name a Secret by {@code secretRef.name}. */
    private static final List<String> SECRET_REFS =
            List.of("cephfs", "cinder", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos");

    private final Set<String> found = new HashSet<>();

    private PodReferences() {}

    static Set<String> of(JsonNode pod) {
        PodReferences references = new PodReferences();
        JsonNode spec = pod.path("spec");
        references.add(ACCOUNTS, Tree.text(spec, "serviceAccountName"));
        spec.path("imagePullSecrets").forEach(secret -> references.add(SECRETS, Tree.text(secret, "name")));
        for (String containers : List.of("containers", "initContainers", "ephemeralContainers")) {
            spec.path(containers).forEach(references::container);
        }
        String podName = Tree.text(pod, "metadata", "name");
        spec.path("volumes").forEach(volume -> references.volume(volume, podName));
        return Set.copyOf(references.found);
    }

    private void container(JsonNode container) {
        container.path("env").forEach(variable -> {
            add(SECRETS, Tree.text(variable, "valueFrom", "secretKeyRef", "name"));
            add(CONFIG_MAPS, Tree.text(variable, "valueFrom", "configMapKeyRef", "name"));
        });
        container.path("envFrom").forEach(source -> {
            add(SECRETS, Tree.text(source, "secretRef", "name"));
            add(CONFIG_MAPS, Tree.text(source, "configMapRef", "name"));
        });
    }

    private void volume(JsonNode volume, String podName) {
        add(SECRETS, Tree.text(volume, "secret", "secretName"));
        add(CONFIG_MAPS, Tree.text(volume, "configMap", "name"));
        add(CLAIMS, Tree.text(volume, "persistentVolumeClaim", "claimName"));
        add(SECRETS, Tree.text(volume, "azureFile", "secretName"));
        add(SECRETS, Tree.text(volume, "csi", "nodePublishSecretRef", "name"));
        SECRET_REFS.forEach(source -> add(SECRETS, Tree.text(volume, source, "secretRef", "name")));
        if (Tree.has(volume, "ephemeral")) {
            add(CLAIMS, podName + "-" + Tree.text(volume, "name"));
        }
        volume.path("projected").path("sources").forEach(source -> {
            add(SECRETS, Tree.text(source, "secret", "name"));
            add(CONFIG_MAPS, Tree.text(source, "configMap", "name"));
        });
    }

    private void add(String kind, String name) {
        if (!name.isEmpty()) {
            found.add(kind + name);
        }
    }
}
