package io.kvorum.controllers.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.kvorum.client.PatchType;
import io.kvorum.controllers.rootca.RootCaController;
import io.kvorum.controllers.serviceaccount.ServiceAccountController;
import io.kvorum.controllers.testing.ControllerHarness;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The life of a namespace: furnished at its birth, emptied at its end. */
class NamespaceControllerTest {
    private ControllerHarness harness;

    @BeforeEach
    void start() {
        harness = new ControllerHarness();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private void create(String name) {
        harness.create(new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withFinalizers("kubernetes")
                .endSpec()
                .build());
    }

    private void configMap(String namespace, String... finalizers) {
        harness.create(new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("settings")
                .withFinalizers(finalizers)
                .endMetadata()
                .build());
    }

    private void delete(String name) {
        ControllerHarness.await(harness.api()
                .run(() -> harness.api().resources(Namespace.class).delete(null, name, new DeleteOptions())));
    }

    @Test
    void aNewNamespaceIsFurnishedAndStaysSo() {
        create("team");
        harness.start(
                context -> new ServiceAccountController(context, 1), context -> new RootCaController(context, "PEM"));
        harness.api()
                .until(() -> harness.api().find(ServiceAccount.class, "team", "default") != null
                        && harness.api().find(ConfigMap.class, "team", "kube-root-ca.crt") != null);
        assertThat(harness.api()
                        .run(() ->
                                Objects.requireNonNull(harness.api().find(ConfigMap.class, "team", "kube-root-ca.crt")))
                        .getData())
                .containsEntry("ca.crt", "PEM");
        harness.api()
                .run(() ->
                        harness.api().resources(ServiceAccount.class).delete("team", "default", new DeleteOptions()));
        harness.api()
                .run(() -> harness.api()
                        .resources(ConfigMap.class)
                        .patch(
                                "team",
                                "kube-root-ca.crt",
                                PatchType.MERGE,
                                "{\"data\":{\"ca.crt\":\"forged\"}}",
                                null));
        harness.api()
                .until(() -> harness.api().writes().stream()
                                        .filter(each -> each.equals("create serviceaccounts default"))
                                        .count()
                                == 2
                        && "PEM"
                                .equals(Objects.requireNonNull(
                                                harness.api().find(ConfigMap.class, "team", "kube-root-ca.crt"))
                                        .getData()
                                        .get("ca.crt")));
    }

    @Test
    void aDeletedNamespaceIsEmptiedAndGoes() {
        create("team");
        create("other");
        configMap("team");
        configMap("other");
        harness.start(context -> new NamespaceController(context, 10, Duration.ofMillis(50)));
        delete("team");
        harness.api().until(() -> harness.api().find(Namespace.class, "", "team") == null);
        assertThat(harness.api().run(() -> harness.api().all(ConfigMap.class)))
                .singleElement()
                .matches(each -> each.getMetadata().getNamespace().equals("other"));
    }

    @Test
    void podsGoBeforeTheOthers() {
        create("team");
        configMap("team");
        harness.create(new PodBuilder()
                .withNewMetadata()
                .withNamespace("team")
                .withName("held")
                .withFinalizers("example.com/hold")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build());
        harness.start(context -> new NamespaceController(context, 10, Duration.ofMillis(50)));
        delete("team");
        harness.api().until(() -> {
            Namespace namespace = Objects.requireNonNull(harness.api().find(Namespace.class, "", "team"));
            return namespace.getStatus() != null
                    && namespace.getStatus().getConditions().stream()
                            .anyMatch(each -> each.getMessage().contains("pods. has 1 resource instances"));
        });
        assertThat(harness.api().run(() -> harness.api().all(ConfigMap.class))).hasSize(1);
        harness.api()
                .run(() -> harness.api()
                        .resources(Pod.class)
                        .patch("team", "held", PatchType.MERGE, "{\"metadata\":{\"finalizers\":null}}", null));
        harness.api().until(() -> harness.api().find(Namespace.class, "", "team") == null);
        assertThat(harness.api().run(() -> harness.api().all(ConfigMap.class))).isEmpty();
    }

    @Test
    void conditionsTellWhatANamespaceWaitsFor() {
        create("team");
        configMap("team", "example.com/hold");
        harness.start(context -> new NamespaceController(context, 10, Duration.ofMillis(50)));
        delete("team");
        harness.api().until(() -> {
            Namespace namespace = Objects.requireNonNull(harness.api().find(Namespace.class, "", "team"));
            return namespace.getStatus() != null
                    && !namespace.getStatus().getConditions().isEmpty();
        });
        List<NamespaceCondition> conditions = harness.api()
                .run(() -> Objects.requireNonNull(harness.api().find(Namespace.class, "", "team")))
                .getStatus()
                .getConditions();
        assertThat(conditions)
                .extracting(each -> each.getType() + "=" + each.getStatus() + ": " + each.getMessage())
                .contains(
                        "NamespaceDeletionDiscoveryFailure=False: All resources successfully discovered",
                        "NamespaceContentRemaining=True: Some resources are remaining: configmaps. has 1 resource instances",
                        "NamespaceFinalizersRemaining=True: Some content in the namespace has finalizers remaining:"
                                + " example.com/hold in 1 resource instances");
        harness.api()
                .run(() -> harness.api()
                        .resources(ConfigMap.class)
                        .patch("team", "settings", PatchType.MERGE, "{\"metadata\":{\"finalizers\":null}}", null));
        harness.api().until(() -> harness.api().find(Namespace.class, "", "team") == null);
    }
}
