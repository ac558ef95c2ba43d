package io.kvorum.cluster;

import static io.kvorum.cluster.ClusterFixture.eventuallyAsserted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.kubernetes.client.Exec;
import io.kubernetes.client.PodLogs;
import io.kubernetes.client.PortForward;
import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.kubernetes.client.extended.leaderelection.LeaderElector;
import io.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.kubernetes.client.informer.ResourceEventHandler;
import io.kubernetes.client.informer.SharedIndexInformer;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoordinationV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ConfigMapList;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.util.Config;
import io.kubernetes.client.util.PatchUtils;
import io.kvorum.testkit.TestCluster;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What programs do with the Java client of the Kubernetes project. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OfficialClientFlows {
    private static final String NAMESPACE = "official";
    private static final Duration SOON = Duration.ofSeconds(30);

    private ApiClient client;
    private CoreV1Api core;

    private static ApiClient client(Path kubeconfig) throws IOException {
        ApiClient client = Config.fromConfig(kubeconfig.toString());
        // As the library's documentation has it for watches and streams.
        client.setReadTimeout(0);
        return client;
    }

    @BeforeAll
    void connect(TestCluster cluster) throws Exception {
        client = client(cluster.kubeconfig());
        core = new CoreV1Api(client);
        core.createNamespace(new V1Namespace().metadata(new V1ObjectMeta().name(NAMESPACE)))
                .execute();
    }

    private static V1ConfigMap map(String name, String colour) {
        return new V1ConfigMap()
                .apiVersion("v1")
                .kind("ConfigMap")
                .metadata(new V1ObjectMeta().name(name).namespace(NAMESPACE).labels(Map.of("flow", "test")))
                .data(Map.of("colour", colour));
    }

    /** Written out: the library's objects would name empty maps, too, which are then the manager's as well. */
    private V1ConfigMap apply(String manager, boolean force, String colour) throws ApiException {
        V1Patch wanted = new V1Patch("""
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "applied"}, "data": {"colour": "%s"}}
                """.formatted(colour));
        return PatchUtils.patch(
                V1ConfigMap.class,
                () -> core.patchNamespacedConfigMap("applied", NAMESPACE, wanted)
                        .fieldManager(manager)
                        .force(force)
                        .buildCall(null),
                V1Patch.PATCH_FORMAT_APPLY_YAML,
                client);
    }

    @Test
    void anInformerMissesNothing(TestCluster cluster) throws Exception {
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        try (Tunnel tunnel = Tunnel.to(cluster)) {
            ApiClient far = client(tunnel.kubeconfig());
            SharedInformerFactory factory = new SharedInformerFactory(far);
            SharedIndexInformer<V1ConfigMap> informer = factory.sharedIndexInformerFor(
                    wanted -> new CoreV1Api(far)
                            .listNamespacedConfigMap(NAMESPACE)
                            .labelSelector("flow=test")
                            .resourceVersion(wanted.resourceVersion)
                            .timeoutSeconds(wanted.timeoutSeconds)
                            .watch(wanted.watch)
                            .buildCall(null),
                    V1ConfigMap.class,
                    V1ConfigMapList.class);
            informer.addEventHandler(handler(seen));
            factory.startAllRegisteredInformers();
            try {
                core.createNamespacedConfigMap(NAMESPACE, map("a", "red")).execute();
                core.createNamespacedConfigMap(NAMESPACE, map("b", "red")).execute();
                eventuallyAsserted(
                        SOON, "it follows", () -> assertThat(seen).containsExactly("added a red", "added b red"));

                tunnel.cut();
                core.replaceNamespacedConfigMap("a", NAMESPACE, map("a", "blue"))
                        .execute();
                tunnel.restore();
                eventuallyAsserted(
                        SOON,
                        "it goes on after a cut",
                        () -> assertThat(seen).containsExactly("added a red", "added b red", "updated a blue"));

                seen.clear();
                String known = informer.lastSyncResourceVersion();
                tunnel.cut();
                core.replaceNamespacedConfigMap("a", NAMESPACE, map("a", "green"))
                        .execute();
                core.deleteNamespacedConfigMap("b", NAMESPACE).execute();
                core.createNamespacedConfigMap(NAMESPACE, map("c", "green")).execute();
                ClusterFixture.forgetHistory(cluster);
                assertThat(ClusterFixture.watchFrom(cluster, NAMESPACE, "configmaps", known))
                        .contains("\"code\":410", "\"reason\":\"Expired\"");
                tunnel.restore();
                eventuallyAsserted(
                        SOON,
                        "it lists again",
                        () -> assertThat(seen)
                                .containsExactlyInAnyOrder("updated a green", "deleted b red", "added c green"));

                core.replaceNamespacedConfigMap("c", NAMESPACE, map("c", "blue"))
                        .execute();
                eventuallyAsserted(
                        SOON, "it follows again", () -> assertThat(seen).contains("updated c blue"));
                assertThat(informer.getIndexer().list())
                        .extracting(OfficialClientFlows::shown)
                        .containsExactlyInAnyOrder("a green", "c blue");
            } finally {
                factory.stopAllRegisteredInformers();
            }
        }
    }

    private static String shown(V1ConfigMap map) {
        return map.getMetadata().getName() + " " + map.getData().get("colour");
    }

    private static ResourceEventHandler<V1ConfigMap> handler(Queue<String> seen) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(V1ConfigMap map) {
                seen.add("added " + shown(map));
            }

            @Override
            public void onUpdate(V1ConfigMap before, V1ConfigMap after) {
                // A list that tells nothing new is told as an update, too.
                if (!before.getMetadata()
                        .getResourceVersion()
                        .equals(after.getMetadata().getResourceVersion())) {
                    seen.add("updated " + shown(after));
                }
            }

            @Override
            public void onDelete(V1ConfigMap map, boolean unknown) {
                seen.add("deleted " + shown(map));
            }
        };
    }

    @Test
    void leadershipPassesOn(TestCluster cluster) throws Exception {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        try (Tunnel tunnel = Tunnel.to(cluster);
                LeaderElector one = elector(client(tunnel.kubeconfig()), "one");
                LeaderElector two = elector(client, "two");
                LeaderElector three = elector(client(tunnel.kubeconfig()), "three")) {
            run(one, "one", told);
            eventuallyAsserted(SOON, "the first leads", () -> assertThat(told).containsExactly("one leads"));
            run(two, "two", told);

            tunnel.cut();
            eventuallyAsserted(
                    SOON,
                    "the other takes over",
                    () -> assertThat(told).containsExactly("one leads", "one stopped", "two leads"));
            assertThat(holder()).isEqualTo("two");

            tunnel.restore();
            run(three, "three", told);
            two.close();
            eventuallyAsserted(
                    SOON,
                    "a released lease is taken",
                    () -> assertThat(told)
                            .containsExactly("one leads", "one stopped", "two leads", "two stopped", "three leads"));
            assertThat(holder()).isEqualTo("three");
        }
    }

    private static LeaderElector elector(ApiClient by, String name) {
        return new LeaderElector(new LeaderElectionConfig(
                new LeaseLock(NAMESPACE, "election", name, by),
                Duration.ofSeconds(3),
                Duration.ofSeconds(2),
                Duration.ofMillis(500)));
    }

    private static void run(LeaderElector elector, String name, Queue<String> told) {
        Thread thread =
                new Thread(() -> elector.run(() -> told.add(name + " leads"), () -> told.add(name + " stopped")), name);
        thread.setDaemon(true);
        thread.start();
    }

    private String holder() throws ApiException {
        return new CoordinationV1Api(client)
                .readNamespacedLease("election", NAMESPACE)
                .execute()
                .getSpec()
                .getHolderIdentity();
    }

    @Test
    void serverSideApplyKnowsWhoOwnsWhat(TestCluster cluster) throws Exception {
        apply("one", false, "red");
        assertThatThrownBy(() -> apply("two", false, "blue"))
                .asInstanceOf(type(ApiException.class))
                .satisfies(refused -> {
                    assertThat(refused.getCode()).isEqualTo(409);
                    assertThat(refused.getResponseBody()).contains("conflict with \\\"one\\\": .data.colour");
                });
        V1ConfigMap forced = apply("two", true, "blue");
        assertThat(forced.getData()).isEqualTo(Map.of("colour", "blue"));
        // The library reads no managed fields.
        assertThat(cluster.ask("get", "--raw", "/api/v1/namespaces/" + NAMESPACE + "/configmaps/applied"))
                .contains("\"manager\":\"two\"")
                .doesNotContain("\"manager\":\"one\"");
    }

    @Test
    void execKeepsStreamsApart() throws Exception {
        Process process = new Exec(client)
                .newExecutionBuilder(
                        "default", "box", new String[] {"sh", "-c", "read line; echo out $line; echo err >&2; exit 4"})
                .setStdin(true)
                .setStdout(true)
                .setStderr(true)
                .setTty(false)
                .execute();
        InputStream out = process.getInputStream();
        InputStream err = process.getErrorStream();
        process.getOutputStream().write("typed\n".getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        assertThat(new String(out.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("out typed\n");
        assertThat(new String(err.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("err\n");
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(4);
    }

    @Test
    void portForwardReachesThePod() throws Exception {
        try (PortForward.PortForwardResult forward = new PortForward(client).forward("default", "web", List.of(80))) {
            forward.getOutboundStream(80)
                    .write("GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(forward.getInputStream(80).readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("Welcome to nginx!");
        }
    }

    @Test
    void logsAreFollowed() throws Exception {
        try (InputStream log = new PodLogs(client).streamNamespacedPodLog("default", "box", "box");
                BufferedReader lines = new BufferedReader(new InputStreamReader(log, StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("logged");
        }
    }
}
