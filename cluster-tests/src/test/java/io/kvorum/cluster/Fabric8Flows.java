package io.kvorum.cluster;

import static io.kvorum.cluster.ClusterFixture.eventuallyAsserted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kvorum.testkit.TestCluster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What programs do with fabric8's client, by one of its transports. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Fabric8Flows {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final String namespace;
    private final HttpClient.Factory transport;
    private KubernetesClient client;

    Fabric8Flows(String namespace, HttpClient.Factory transport) {
        this.namespace = namespace;
        this.transport = transport;
    }

    @BeforeAll
    void connect(TestCluster cluster) throws IOException {
        client = ClusterFixture.fabric8(cluster.kubeconfig(), transport);
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    private ConfigMap map(String name, String colour) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .addToData("colour", colour)
                .build();
    }

    private void put(String name, String colour) {
        client.resource(map(name, colour)).serverSideApply();
    }

    private static <T extends HasMetadata> ResourceEventHandler<T> handler(
            Queue<String> seen, Function<T, String> shown) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(T added) {
                seen.add("added " + shown.apply(added));
            }

            @Override
            public void onUpdate(T before, T after) {
                seen.add("updated " + shown.apply(after));
            }

            @Override
            public void onDelete(T deleted, boolean unknown) {
                seen.add("deleted " + shown.apply(deleted));
            }
        };
    }

    private static String shown(ConfigMap map) {
        return map.getMetadata().getName() + " " + map.getData().get("colour");
    }

    private static String shown(GenericKubernetesResource gadget) {
        return gadget.get("spec", "size") + " " + gadget.get("status", "state");
    }

    @Test
    void anInformerMissesNothing(TestCluster cluster) throws IOException {
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        try (Tunnel tunnel = Tunnel.to(cluster);
                KubernetesClient far = ClusterFixture.fabric8(tunnel.kubeconfig(), transport);
                SharedIndexInformer<ConfigMap> informer = far.configMaps()
                        .inNamespace(namespace)
                        .withoutField("metadata.name", "kube-root-ca.crt")
                        .inform(handler(seen, Fabric8Flows::shown))) {
            put("a", "red");
            put("b", "red");
            eventuallyAsserted(
                    SOON, "it follows", () -> assertThat(seen).containsExactly("added a red", "added b red"));

            tunnel.cut();
            put("a", "blue");
            tunnel.restore();
            eventuallyAsserted(
                    SOON,
                    "it goes on after a cut",
                    () -> assertThat(seen).containsExactly("added a red", "added b red", "updated a blue"));

            seen.clear();
            String known = informer.lastSyncResourceVersion();
            tunnel.cut();
            put("a", "green");
            client.configMaps().inNamespace(namespace).withName("b").delete();
            put("c", "green");
            ClusterFixture.forgetHistory(cluster);
            assertThat(ClusterFixture.watchFrom(cluster, namespace, "configmaps", known))
                    .contains("\"code\":410", "\"reason\":\"Expired\"");
            tunnel.restore();
            eventuallyAsserted(
                    SOON,
                    "it lists again",
                    () -> assertThat(seen)
                            .containsExactlyInAnyOrder("updated a green", "deleted b red", "added c green"));

            put("c", "blue");
            eventuallyAsserted(SOON, "it follows again", () -> assertThat(seen).contains("updated c blue"));
            assertThat(informer.getStore().list())
                    .extracting(Fabric8Flows::shown)
                    .containsExactlyInAnyOrder("a green", "c blue");
        }
    }

    @Test
    void leadershipPassesOn(TestCluster cluster) throws IOException {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        try (Tunnel tunnel = Tunnel.to(cluster);
                KubernetesClient far = impatient(tunnel.kubeconfig())) {
            elector(far, "one", told).start();
            eventuallyAsserted(SOON, "the first leads", () -> assertThat(told).containsExactly("one leads"));
            CompletableFuture<?> two = elector(client, "two", told).start();

            tunnel.cut();
            eventuallyAsserted(
                    SOON,
                    "the other takes over",
                    () -> assertThat(told).containsExactly("one leads", "one stopped", "two leads"));
            assertThat(holder()).isEqualTo("two");

            tunnel.restore();
            CompletableFuture<?> again = elector(far, "one", told).start();
            two.cancel(true);
            eventuallyAsserted(
                    SOON,
                    "a released lease is taken",
                    () -> assertThat(told)
                            .containsExactly("one leads", "one stopped", "two leads", "two stopped", "one leads"));
            assertThat(holder()).isEqualTo("one");
            again.cancel(true);
        }
    }

    /** A candidate must not try a single request again until long after its lease has ended. */
    private KubernetesClient impatient(Path kubeconfig) throws IOException {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.fromKubeconfig(Files.readString(kubeconfig)))
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .withHttpClientFactory(transport)
                .build();
    }

    private LeaderElector elector(KubernetesClient by, String name, Queue<String> told) {
        return by.leaderElector()
                .withConfig(new LeaderElectionConfigBuilder()
                        .withName(name)
                        .withLock(new LeaseLock(namespace, "election", name))
                        .withLeaseDuration(Duration.ofSeconds(3))
                        .withRenewDeadline(Duration.ofSeconds(2))
                        .withRetryPeriod(Duration.ofMillis(500))
                        .withReleaseOnCancel(true)
                        .withLeaderCallbacks(new LeaderCallbacks(
                                () -> told.add(name + " leads"), () -> told.add(name + " stopped"), leader -> {}))
                        .build())
                .build();
    }

    private String holder() {
        return client.leases()
                .inNamespace(namespace)
                .withName("election")
                .get()
                .getSpec()
                .getHolderIdentity();
    }

    @Test
    void serverSideApplyKnowsWhoOwnsWhat() {
        client.resource(map("applied", "red")).fieldManager("one").serverSideApply();
        assertThatThrownBy(() -> client.resource(map("applied", "blue"))
                        .fieldManager("two")
                        .serverSideApply())
                .asInstanceOf(type(KubernetesClientException.class))
                .satisfies(refused -> {
                    assertThat(refused.getCode()).isEqualTo(409);
                    assertThat(refused.getStatus().getReason()).isEqualTo("Conflict");
                    assertThat(refused.getStatus().getMessage()).contains("conflict with \"one\": .data.colour");
                });
        ConfigMap forced = client.resource(map("applied", "blue"))
                .fieldManager("two")
                .forceConflicts()
                .serverSideApply();
        assertThat(forced.getData()).isEqualTo(Map.of("colour", "blue"));
        assertThat(forced.getMetadata().getManagedFields())
                .extracting(ManagedFieldsEntry::getManager)
                .containsExactly("two");
    }

    @Test
    void execKeepsStreamsApart() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (var exec = client.pods()
                .inNamespace("default")
                .withName("box")
                .readingInput(new ByteArrayInputStream("typed\n".getBytes(StandardCharsets.UTF_8)))
                .writingOutput(out)
                .writingError(err)
                .exec("sh", "-c", "read line; echo out $line; echo err >&2; exit 3")) {
            assertThat(exec.exitCode().get(30, TimeUnit.SECONDS)).isEqualTo(3);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("out typed\n");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("err\n");
    }

    @Test
    void portForwardReachesPodAndService() throws IOException {
        try (LocalPortForward pod =
                        client.pods().inNamespace("default").withName("web").portForward(80);
                LocalPortForward service =
                        client.services().inNamespace("default").withName("web").portForward(80)) {
            for (int i = 0; i < 3; i++) {
                ClusterFixture.assertServes("127.0.0.1", pod.getLocalPort(), "Welcome to nginx!");
                ClusterFixture.assertServes("127.0.0.1", service.getLocalPort(), "Welcome to nginx!");
            }
            assertThat(pod.getServerThrowables()).isEmpty();
            assertThat(service.getServerThrowables()).isEmpty();
        }
    }

    @Test
    void logsAreReadAndFollowed() {
        var box = client.pods().inNamespace("default").withName("box");
        assertThat(box.getLog()).isEqualTo("logged\n");
        assertThat(box.usingTimestamps().tailingLines(1).getLog()).matches("\\d{4}-\\d\\d-\\d\\dT\\S+Z logged\n");
        ByteArrayOutputStream followed = new ByteArrayOutputStream();
        try (LogWatch watch = box.watchLog(followed)) {
            eventuallyAsserted(
                    SOON,
                    "the log is followed",
                    () -> assertThat(followed.toString(StandardCharsets.UTF_8)).isEqualTo("logged\n"));
            assertThat(watch.getOutput()).isNull();
        }
    }

    /** A definition that was just made has a status without conditions. */
    private static boolean established(@Nullable CustomResourceDefinition now) {
        return now != null
                && now.getStatus() != null
                && now.getStatus().getConditions() != null
                && now.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established")
                                && condition.getStatus().equals("True"));
    }

    @Test
    void customResourcesAreServedAndWatched() {
        String group = namespace + ".example.com";
        CustomResourceDefinition definition = new CustomResourceDefinitionBuilder()
                .withNewMetadata()
                .withName("gadgets." + group)
                .endMetadata()
                .withNewSpec()
                .withGroup(group)
                .withScope("Namespaced")
                .withNewNames()
                .withKind("Gadget")
                .withPlural("gadgets")
                .endNames()
                .addNewVersion()
                .withName("v1")
                .withServed(true)
                .withStorage(true)
                .withNewSubresources()
                .withNewStatus()
                .endStatus()
                .endSubresources()
                .withNewSchema()
                .withOpenAPIV3Schema(new JSONSchemaPropsBuilder()
                        .withType("object")
                        .addToProperties(
                                "spec",
                                new JSONSchemaPropsBuilder()
                                        .withType("object")
                                        .addToProperties(
                                                "size",
                                                new JSONSchemaPropsBuilder()
                                                        .withType("integer")
                                                        .withMaximum(9.0)
                                                        .build())
                                        .build())
                        .addToProperties(
                                "status",
                                new JSONSchemaPropsBuilder()
                                        .withType("object")
                                        .addToProperties(
                                                "state",
                                                new JSONSchemaPropsBuilder()
                                                        .withType("string")
                                                        .build())
                                        .build())
                        .build())
                .endSchema()
                .endVersion()
                .endSpec()
                .build();
        client.resource(definition).create();
        client.resource(definition).waitUntilCondition(Fabric8Flows::established, 30, TimeUnit.SECONDS);
        var gadgets = client.genericKubernetesResources(CustomResourceDefinitionContext.fromCrd(definition))
                .inNamespace(namespace);
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        try (SharedIndexInformer<GenericKubernetesResource> informer =
                gadgets.inform(handler(seen, Fabric8Flows::shown))) {
            gadgets.resource(gadget(group, 3, null)).create();
            assertThatThrownBy(() -> gadgets.resource(gadget(group, 12, null)).update())
                    .asInstanceOf(type(KubernetesClientException.class))
                    .satisfies(refused -> {
                        assertThat(refused.getCode()).isEqualTo(422);
                        assertThat(refused.getStatus().getMessage())
                                .contains("spec.size in body should be less than or equal to 9");
                    });
            gadgets.resource(gadget(group, 4, "lost")).updateStatus();
            gadgets.withName("g").edit(now -> {
                now.setAdditionalProperty("spec", Map.of("size", 5));
                return now;
            });
            gadgets.withName("g").delete();
            eventuallyAsserted(
                    SOON,
                    "the informer has seen it all",
                    () -> assertThat(seen)
                            .containsExactly("added 3 null", "updated 3 lost", "updated 5 lost", "deleted 5 lost"));
            assertThat(informer.getStore().list()).isEmpty();
        }
        client.resource(definition).delete();
    }

    private static GenericKubernetesResource gadget(String group, int size, String state) {
        GenericKubernetesResource gadget = new GenericKubernetesResourceBuilder()
                .withApiVersion(group + "/v1")
                .withKind("Gadget")
                .withNewMetadata()
                .withName("g")
                .endMetadata()
                .build();
        gadget.setAdditionalProperty("spec", Map.of("size", size));
        if (state != null) {
            gadget.setAdditionalProperty("status", Map.of("state", state));
        }
        return gadget;
    }
}
