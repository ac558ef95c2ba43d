package io.kvorum.cluster;

import static io.kvorum.cluster.ClusterFixture.eventuallyAsserted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.Release;
import com.marcnuri.helm.UninstallCommand;
import com.marcnuri.helm.UpgradeCommand;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What people do with charts, by Helm's own code: Go and client-go, in a native library. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class HelmFlows {
    private static final Helm CHART =
            new Helm(Path.of("src/test/resources/helm/shop").toAbsolutePath());
    private static final String RELEASE_LABEL = "app.kubernetes.io/instance";
    private static final int READY_SECONDS = 60;
    private static final Duration SOON = Duration.ofSeconds(30);
    /** The garbage collector looks for new kinds of objects every 30 s, and the chart brings one. */
    private static final Duration COLLECTED = Duration.ofSeconds(60);

    private KubernetesClient client;
    private Path kubeconfig;

    @BeforeAll
    void connect(TestCluster cluster) throws IOException {
        kubeconfig = cluster.kubeconfig();
        client = ClusterFixture.fabric8(kubeconfig, new JdkHttpClientFactory());
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    private InstallCommand install(String name, String namespace) {
        return CHART.install().withKubeConfig(kubeconfig).withName(name).withNamespace(namespace);
    }

    private UpgradeCommand upgrade(String name, String namespace) {
        return CHART.upgrade().withKubeConfig(kubeconfig).withName(name).withNamespace(namespace);
    }

    private List<String> releases(String namespace) {
        return Helm.list().all().withNamespace(namespace).withKubeConfig(kubeconfig).call().stream()
                .map(HelmFlows::shown)
                .toList();
    }

    private static String shown(Release release) {
        return release.getName() + " " + release.getRevision() + " " + release.getStatus();
    }

    /** Each revision of the namespace's only release with its status, as Helm keeps them. */
    private List<String> history(String namespace) {
        return client.secrets().inNamespace(namespace).withLabel("owner", "helm").list().getItems().stream()
                .map(secret -> secret.getMetadata().getLabels())
                .sorted(Comparator.comparing(labels -> Integer.valueOf(labels.get("version"))))
                .map(labels -> labels.get("version") + " " + labels.get("status"))
                .toList();
    }

    private <T extends HasMetadata> Stream<T> of(Class<T> kind, String name, String namespace) {
        return client.resources(kind).inNamespace(namespace).withLabel(RELEASE_LABEL, name).list().getItems().stream();
    }

    private Stream<HasMetadata> objects(String name, String namespace) {
        return Stream.concat(
                Stream.of(
                                ConfigMap.class,
                                Deployment.class,
                                NetworkPolicy.class,
                                PodDisruptionBudget.class,
                                Role.class,
                                RoleBinding.class,
                                Secret.class,
                                Service.class,
                                ServiceAccount.class,
                                StatefulSet.class)
                        .flatMap(kind -> of(kind, name, namespace)),
                client
                        .genericKubernetesResources("helm.example.com/v1", "Widget")
                        .inNamespace(namespace)
                        .withLabel(RELEASE_LABEL, name)
                        .list()
                        .getItems()
                        .stream());
    }

    private static String shown(HasMetadata object) {
        return object.getKind() + " " + object.getMetadata().getName();
    }

    /** The generations of what has one, and the resource versions of what nobody but its user writes. */
    private Map<String, String> versions(String namespace) {
        Map<String, String> all = new TreeMap<>();
        Stream.concat(objects("shop", namespace), client.secrets().inNamespace(namespace).list().getItems().stream())
                .forEach(object -> all.put(
                        shown(object),
                        object.getMetadata().getGeneration() == null
                                ? object.getMetadata().getResourceVersion()
                                : "generation " + object.getMetadata().getGeneration()));
        return all;
    }

    private Resource<GenericKubernetesResource> widget(String namespace) {
        return client.genericKubernetesResources("helm.example.com/v1", "Widget")
                .inNamespace(namespace)
                .withName("shop-widget");
    }

    private Resource<Deployment> web(String namespace) {
        return client.resources(Deployment.class).inNamespace(namespace).withName("shop-web");
    }

    private Map<String, String> facts(String namespace) {
        return client.configMaps()
                .inNamespace(namespace)
                .withName("shop-facts")
                .get()
                .getData();
    }

    private String password(String namespace) {
        return client.secrets()
                .inNamespace(namespace)
                .withName("shop-login")
                .get()
                .getData()
                .get("password");
    }

    private static Container container(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec().getContainers().get(0);
    }

    private static boolean has(String colour, Container container) {
        return container.getEnv().contains(new EnvVar("COLOUR", colour, null));
    }

    /** Of the Deployment, whose own status may be behind what Helm has waited for. */
    private long readyPods(String namespace, String colour) {
        return client
                .pods()
                .inNamespace(namespace)
                .withLabel("app.kubernetes.io/name", "web")
                .list()
                .getItems()
                .stream()
                .filter(Readiness::isPodReady)
                .filter(pod -> has(colour, pod.getSpec().getContainers().get(0)))
                .count();
    }

    @Test
    void theChartIsSound() {
        LintResult lint = CHART.lint().strict().call();
        assertThat(lint.getMessages()).isEmpty();
        assertThat(lint.isFailed()).isFalse();
    }

    @Test
    void aReleaseLivesFromInstallToUninstall() {
        String namespace = "helm";
        Release first = install("shop", namespace)
                .createNamespace()
                .waitReady()
                .withTimeout(READY_SECONDS)
                .call();
        assertThat(shown(first)).isEqualTo("shop 1 deployed");
        everythingIsThere(namespace);

        assertThatThrownBy(() -> install("shop", namespace).call())
                .hasMessageContaining("cannot re-use a name that is still in use");
        dryRunsWriteNothing(namespace);
        assertThat(releases(namespace)).containsExactly("shop 1 deployed");

        itsTestAsksTheService(namespace);
        othersFieldsOutliveAnUpgrade(namespace);
        upgrade("shop", namespace).reuseValues().set("colour", "green").call();
        assertThat(facts(namespace)).doesNotContainKey("extra");
        assertThat(size(namespace)).isEqualTo(7);
        assertThat(has("green", container(web(namespace).get()))).isTrue();
        assertThat(history(namespace)).containsExactly("1 superseded", "2 superseded", "3 deployed");

        aRefusedUpgradeIsToldAndMended(namespace);
        anAtomicUpgradeIsRolledBack(namespace);
        uninstalled(namespace);
    }

    private void everythingIsThere(String namespace) {
        assertThat(objects("shop", namespace).map(HelmFlows::shown))
                .containsExactlyInAnyOrder(
                        "ConfigMap shop-facts",
                        "Deployment shop-web",
                        "NetworkPolicy shop-web",
                        "PodDisruptionBudget shop-web",
                        "Role shop-web",
                        "RoleBinding shop-web",
                        "Secret shop-login",
                        "Service shop-members",
                        "Service shop-web",
                        "ServiceAccount shop-web",
                        "StatefulSet shop-members",
                        "Widget shop-widget");
        assertThat(readyPods(namespace, "red")).isEqualTo(1);
        assertThat(facts(namespace))
                .isEqualTo(Map.of(
                        "version",
                        client.getKubernetesVersion().getGitVersion(),
                        "hasStatefulSets",
                        "true",
                        "hasWidgets",
                        "true",
                        "hasGizmos",
                        "false",
                        "nodes",
                        Integer.toString(client.nodes().list().getItems().size()),
                        "systemNamespace",
                        client.namespaces()
                                .withName("kube-system")
                                .get()
                                .getMetadata()
                                .getUid(),
                        "absent",
                        "0",
                        "extra",
                        "yes"));
        // The hook's Job is deleted once it has succeeded, so that only its events tell of it.
        assertThat(client.resources(Job.class).inNamespace(namespace).list().getItems())
                .isEmpty();
        eventuallyAsserted(
                SOON,
                "the hook's Job has run",
                () -> assertThat(client.v1()
                                .events()
                                .inNamespace(namespace)
                                .withField("involvedObject.kind", "Job")
                                .list()
                                .getItems())
                        .extracting(event -> event.getInvolvedObject().getName() + " " + event.getReason())
                        .contains("shop-migrate Completed"));
    }

    private void dryRunsWriteNothing(String namespace) {
        Map<String, String> before = versions(namespace);
        Release upgraded = upgrade("shop", namespace)
                .withDryRunOption(DryRun.SERVER)
                .set("size", 9)
                .set("replicas", 3)
                .call();
        assertThat(shown(upgraded)).isEqualTo("shop 2 pending-upgrade");
        Release installed =
                install("other", namespace).withDryRunOption(DryRun.SERVER).call();
        assertThat(shown(installed)).isEqualTo("other 1 pending-install");
        assertThat(versions(namespace)).isEqualTo(before);
        assertThat(objects("other", namespace)).isEmpty();
    }

    private void itsTestAsksTheService(String namespace) {
        String address = client.services()
                .inNamespace(namespace)
                .withName("shop-web")
                .get()
                .getSpec()
                .getClusterIP();
        // Helm waits for the pod to be ready, not for the proxies to know it.
        eventuallyAsserted(
                SOON, "the Service is served", () -> ClusterFixture.assertServes(address, 80, "Welcome to nginx!"));
        Helm.test("shop")
                .withNamespace(namespace)
                .withKubeConfig(kubeconfig)
                .withTimeout(READY_SECONDS)
                .call();
        var served = client.pods().inNamespace(namespace).withName("shop-served");
        assertThat(served.get().getStatus().getPhase()).isEqualTo("Succeeded");
        assertThat(served.getLog()).contains("Welcome to nginx!");
    }

    /** Three states are merged: the chart's before, the chart's now, and the one that others have changed. */
    private void othersFieldsOutliveAnUpgrade(String namespace) {
        String password = password(namespace);
        web(namespace)
                .edit(now -> new DeploymentBuilder(now)
                        .editMetadata()
                        .addToAnnotations("example.com/on-call", "ann")
                        .endMetadata()
                        .editSpec()
                        .withReplicas(0)
                        .withRevisionHistoryLimit(3)
                        .editTemplate()
                        .editSpec()
                        .editFirstContainer()
                        .addNewEnv()
                        .withName("INJECTED")
                        .withValue("yes")
                        .endEnv()
                        .endContainer()
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build());
        widget(namespace).edit(now -> {
            now.setAdditionalProperty("spec", Map.of("size", 5, "note", "mine"));
            return now;
        });

        Release second = upgrade("shop", namespace)
                .waitReady()
                .withTimeout(READY_SECONDS)
                .set("replicas", 2)
                .set("size", 7)
                .set("colour", "blue")
                .set("extra", false)
                .call();

        assertThat(shown(second)).isEqualTo("shop 2 deployed");
        Deployment web = web(namespace).get();
        assertThat(web.getSpec().getReplicas()).isEqualTo(2);
        assertThat(readyPods(namespace, "blue")).isEqualTo(2);
        assertThat(web.getMetadata().getAnnotations()).containsEntry("example.com/on-call", "ann");
        assertThat(web.getSpec().getRevisionHistoryLimit()).isEqualTo(3);
        assertThat(container(web).getEnv())
                .containsExactlyInAnyOrder(new EnvVar("COLOUR", "blue", null), new EnvVar("INJECTED", "yes", null));
        Pod member =
                client.pods().inNamespace(namespace).withName("shop-members-0").get();
        assertThat(has("blue", member.getSpec().getContainers().get(0))).isTrue();
        assertThat(widget(namespace).get().<Map<String, Object>>get("spec"))
                .isEqualTo(Map.of("size", 7, "note", "mine"));
        assertThat(facts(namespace)).doesNotContainKey("extra");
        assertThat(password(namespace)).isEqualTo(password);
    }

    private int size(String namespace) {
        return widget(namespace).get().get("spec", "size");
    }

    private void aRefusedUpgradeIsToldAndMended(String namespace) {
        assertThatThrownBy(() -> upgrade("shop", namespace)
                        .reuseValues()
                        .set("size", "many")
                        .call())
                .hasMessageContaining("Widget.helm.example.com \"shop-widget\" is invalid: spec.size: Invalid value:"
                        + " \"string\": spec.size in body must be of type integer: \"string\"");
        assertThat(releases(namespace)).containsExactly("shop 4 failed");
        assertThat(size(namespace)).isEqualTo(7);

        upgrade("shop", namespace)
                .reuseValues()
                .waitReady()
                .withTimeout(READY_SECONDS)
                .set("size", 8)
                .call();
        assertThat(history(namespace))
                .containsExactly("1 superseded", "2 superseded", "3 superseded", "4 failed", "5 deployed");
        assertThat(size(namespace)).isEqualTo(8);
    }

    private void anAtomicUpgradeIsRolledBack(String namespace) {
        assertThatThrownBy(() -> upgrade("shop", namespace)
                        .reuseValues()
                        .atomic()
                        .withTimeout(5)
                        .set("image", "no-such-image")
                        .set("size", 9)
                        .call())
                .hasMessageContaining("release shop failed, and has been rolled back due to atomic being set");
        assertThat(history(namespace))
                .containsExactly(
                        "1 superseded",
                        "2 superseded",
                        "3 superseded",
                        "4 failed",
                        "5 superseded",
                        "6 failed",
                        "7 deployed");
        assertThat(container(web(namespace).get()).getImage()).isEqualTo("nginx");
        assertThat(readyPods(namespace, "green")).isEqualTo(2);
        assertThat(size(namespace)).isEqualTo(8);
    }

    private void uninstalled(String namespace) {
        Helm.uninstall("shop")
                .keepHistory()
                .withCascade(UninstallCommand.Cascade.FOREGROUND)
                .withNamespace(namespace)
                .withKubeConfig(kubeconfig)
                .call();
        assertThat(releases(namespace)).containsExactly("shop 7 uninstalled");
        eventuallyAsserted(
                COLLECTED,
                "what belonged to the release is gone",
                () -> assertThat(Stream.concat(
                                        objects("shop", namespace),
                                        Stream.of(ReplicaSet.class, Pod.class)
                                                .flatMap(kind -> of(kind, "shop", namespace)))
                                .map(HelmFlows::shown))
                        .isEmpty());
        // Definitions are never Helm's to delete.
        assertThat(client.apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withName("widgets.helm.example.com")
                        .get())
                .isNotNull();
        assertThatThrownBy(() -> Helm.uninstall("absent")
                        .withNamespace(namespace)
                        .withKubeConfig(kubeconfig)
                        .call())
                .hasMessageContaining("release: not found");
    }

    @Test
    void anUpgradeInstallsWhatIsNotThere() {
        String namespace = "helm-second";
        upgrade("shop", namespace)
                .install()
                .createNamespace()
                .set("replicas", 0)
                .set("members", 0)
                .call();
        assertThat(history(namespace)).containsExactly("1 deployed");
        assertThat(web(namespace).get().getSpec().getReplicas()).isZero();
        assertThatThrownBy(() -> Helm.test("shop")
                        .withNamespace(namespace)
                        .withKubeConfig(kubeconfig)
                        .withTimeout(READY_SECONDS)
                        .call())
                .hasMessageContaining("pod shop-served failed");
        assertThat(Helm.list().allNamespaces().withKubeConfig(kubeconfig).call())
                .extracting(release -> release.getNamespace() + "/" + shown(release))
                .contains("helm-second/shop 1 deployed");
    }
}
