package io.kvorum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kvorum.testkit.TestCluster;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Client libraries as they are published. */
class ClientLibrariesIT {
    private static TestCluster cluster;

    @BeforeAll
    static void up() {
        cluster = TestCluster.up(ClusterFixture.freshHome(ClientLibrariesIT.class), "--nodes", "1");
    }

    @AfterAll
    static void down() {
        cluster.close();
    }

    @Test
    void fabric8InformsCreatesWatchesDeletes() throws Exception {
        Config config = Config.fromKubeconfig(Files.readString(cluster.kubeconfig()));
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            ConcurrentLinkedQueue<String> informed = new ConcurrentLinkedQueue<>();
            ConcurrentLinkedQueue<String> watched = new ConcurrentLinkedQueue<>();
            try (SharedIndexInformer<ConfigMap> informer =
                            client.configMaps().inNamespace("default").inform(handler(informed));
                    var watch = client.configMaps()
                            .inNamespace("default")
                            .withName("fabric8")
                            .watch(watcher(watched))) {
                client.resource(map("red")).create();
                client.configMaps()
                        .inNamespace("default")
                        .withName("fabric8")
                        .edit(map -> new ConfigMapBuilder(map)
                                .addToData("colour", "blue")
                                .build());
                assertThat(client.configMaps()
                                .inNamespace("default")
                                .withName("fabric8")
                                .get()
                                .getData())
                        .isEqualTo(Map.of("colour", "blue"));
                client.configMaps().inNamespace("default").withName("fabric8").delete();
                ClusterFixture.eventuallyAsserted(Duration.ofSeconds(10), "informer and watch have seen it all", () -> {
                    assertThat(informed).containsExactly("added red", "updated blue", "deleted blue");
                    assertThat(watched).containsExactly("ADDED red", "MODIFIED blue", "DELETED blue");
                });
            }
            assertThat(client.nodes().list().getItems()).hasSize(1);
        }
    }

    private static ConfigMap map(String colour) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("fabric8")
                .endMetadata()
                .addToData("colour", colour)
                .build();
    }

    private static ResourceEventHandler<ConfigMap> handler(ConcurrentLinkedQueue<String> seen) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(ConfigMap map) {
                note("added", map);
            }

            @Override
            public void onUpdate(ConfigMap before, ConfigMap after) {
                note("updated", after);
            }

            @Override
            public void onDelete(ConfigMap map, boolean unknown) {
                note("deleted", map);
            }

            private void note(String what, ConfigMap map) {
                if (map.getMetadata().getName().equals("fabric8")) {
                    seen.add(what + " " + map.getData().get("colour"));
                }
            }
        };
    }

    private static Watcher<ConfigMap> watcher(ConcurrentLinkedQueue<String> seen) {
        return new Watcher<>() {
            @Override
            public void eventReceived(Action action, ConfigMap map) {
                seen.add(action + " " + map.getData().get("colour"));
            }

            @Override
            public void onClose(WatcherException cause) {
                seen.add("closed " + cause);
            }
        };
    }

    @Test
    void theOfficialClientCreatesListsDeletes() throws Exception {
        ApiClient client =
                io.kubernetes.client.util.Config.fromConfig(cluster.kubeconfig().toString());
        CoreV1Api api = new CoreV1Api(client);
        api.createNamespacedConfigMap(
                        "default",
                        new V1ConfigMap()
                                .metadata(new V1ObjectMeta().name("official"))
                                .putDataItem("key", "value"))
                .execute();
        assertThat(api.readNamespacedConfigMap("official", "default").execute().getData())
                .isEqualTo(Map.of("key", "value"));
        assertThat(api.listNamespacedConfigMap("default").execute().getItems())
                .extracting(map -> map.getMetadata().getName())
                .contains("official");
        api.deleteNamespacedConfigMap("official", "default").execute();
        assertThat(api.listNamespacedConfigMap("default").execute().getItems())
                .extracting(map -> map.getMetadata().getName())
                .doesNotContain("official");
    }
}
