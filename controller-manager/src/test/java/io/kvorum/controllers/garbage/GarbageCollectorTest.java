package io.kvorum.controllers.garbage;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.kvorum.client.OwnerReferences;
import io.kvorum.controllers.testing.ControllerHarness;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GarbageCollectorTest {
    private ControllerHarness harness;

    @BeforeEach
    void start() {
        harness = new ControllerHarness();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private void run() {
        harness.start(context -> new GarbageCollector(context, 20, Duration.ofSeconds(30)));
    }

    private ConfigMap owner() {
        return harness.create(new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("owner")
                .endMetadata()
                .build());
    }

    private Secret dependent(String name, ConfigMap owner) {
        return harness.create(new SecretBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .withOwnerReferences(OwnerReferences.controller(owner))
                .endMetadata()
                .build());
    }

    private void delete(String propagation) {
        DeleteOptions options =
                new DeleteOptionsBuilder().withPropagationPolicy(propagation).build();
        ControllerHarness.await(
                harness.api().run(() -> harness.api().resources(ConfigMap.class).delete("default", "owner", options)));
    }

    @Test
    void backgroundDeletionTakesDependentsAlong() {
        ConfigMap owner = owner();
        Secret child = dependent("child", owner);
        harness.create(new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("grandchild")
                .withOwnerReferences(OwnerReferences.controller(child))
                .endMetadata()
                .build());
        run();
        delete("Background");
        harness.api()
                .until(() -> harness.api().all(Secret.class).isEmpty()
                        && harness.api().all(ConfigMap.class).isEmpty());
    }

    @Test
    void dependentsOfAnOwnerGoneBeforeTheStartAreFound() {
        ConfigMap owner = owner();
        dependent("child", owner);
        delete("Background");
        run();
        harness.api().until(() -> harness.api().all(Secret.class).isEmpty());
    }

    /** Pods and Nodes come from the caches of other controllers, what they own from watches of the collector's own. */
    @Test
    void sharedCachesAndOwnWatchesMakeOneGraph() {
        Pod pod = harness.create(new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("pod")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build());
        harness.create(new SecretBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("of-pod")
                .withOwnerReferences(OwnerReferences.controller(pod))
                .endMetadata()
                .build());
        Node node = harness.create(
                new NodeBuilder().withNewMetadata().withName("n1").endMetadata().build());
        harness.create(new LeaseBuilder()
                .withNewMetadata()
                .withNamespace("kube-node-lease")
                .withName("n1")
                .withOwnerReferences(OwnerReferences.controller(node))
                .endMetadata()
                .build());
        run();
        ControllerHarness.await(harness.api()
                .run(() -> harness.api().resources(Pod.class).delete("default", "pod", new DeleteOptions())));
        ControllerHarness.await(
                harness.api().run(() -> harness.api().resources(Node.class).delete(null, "n1", new DeleteOptions())));
        harness.api()
                .until(() -> harness.api().all(Secret.class).isEmpty()
                        && harness.api().all(Lease.class).isEmpty());
    }

    /** A namesake with another uid is not the owner. */
    @Test
    void aNewObjectOfTheSameNameDoesNotSaveTheDependents() {
        ConfigMap owner = owner();
        dependent("child", owner);
        delete("Background");
        owner();
        run();
        harness.api().until(() -> harness.api().all(Secret.class).isEmpty());
        assertThat(harness.api().run(() -> harness.api().all(ConfigMap.class))).hasSize(1);
    }

    @Test
    void foregroundDeletionTakesDependentsFirst() {
        ConfigMap owner = owner();
        dependent("child", owner);
        run();
        harness.api().until(() -> true);
        delete("Foreground");
        harness.api().until(() -> harness.api().all(ConfigMap.class).isEmpty());
        assertThat(harness.api().run(() -> harness.api().all(Secret.class))).isEmpty();
    }

    @Test
    void aForegroundDeletionGoesRoundACircleOfOwners() {
        ConfigMap owner = owner();
        Secret child = dependent("child", owner);
        ConfigMap grandchild = harness.create(new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("grandchild")
                .withOwnerReferences(OwnerReferences.controller(child))
                .endMetadata()
                .build());
        ControllerHarness.await(harness.api()
                .run(() -> harness.api()
                        .resources(ConfigMap.class)
                        .update(new ConfigMapBuilder(owner)
                                .editMetadata()
                                .withOwnerReferences(OwnerReferences.controller(grandchild))
                                .endMetadata()
                                .build())));
        run();
        delete("Foreground");
        harness.api()
                .until(() -> harness.api().all(Secret.class).isEmpty()
                        && harness.api().all(ConfigMap.class).isEmpty());
    }

    @Test
    void orphaningLetsDependentsStay() {
        ConfigMap owner = owner();
        dependent("child", owner);
        run();
        delete("Orphan");
        harness.api().until(() -> harness.api().all(ConfigMap.class).isEmpty());
        assertThat(harness.api().run(() -> harness.api().all(Secret.class)))
                .singleElement()
                .matches(secret -> secret.getMetadata().getOwnerReferences().isEmpty());
    }

    @Test
    void oneLivingOwnerIsEnough() {
        ConfigMap owner = owner();
        ConfigMap second = harness.create(new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("second")
                .endMetadata()
                .build());
        harness.create(new SecretBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("child")
                .withOwnerReferences(OwnerReferences.controller(owner), OwnerReferences.controller(second))
                .endMetadata()
                .build());
        run();
        delete("Background");
        harness.api()
                .until(() -> harness.api().all(Secret.class).stream()
                        .allMatch(secret ->
                                secret.getMetadata().getOwnerReferences().size() == 1));
        assertThat(harness.api().run(() -> harness.api().all(Secret.class)))
                .singleElement()
                .matches(secret -> secret.getMetadata()
                        .getOwnerReferences()
                        .get(0)
                        .getName()
                        .equals("second"));
    }
}
