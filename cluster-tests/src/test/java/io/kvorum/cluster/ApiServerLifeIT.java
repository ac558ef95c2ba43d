package io.kvorum.cluster;

import static io.kvorum.cluster.ClusterFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An API server whose keys change while it runs, and which takes its time to end. */
class ApiServerLifeIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String RELOADS = "apiserver_encryption_config_controller_automatic_reloads_total";
    private static final String PLAIN = "- identity: {}\n";
    private static final String SEALED = "- aesgcm: {keys: [{name: first, secret: MDEyMzQ1Njc4OWFiY2RlZg==}]}\n";

    private static TestCluster cluster;
    private static Path keys;
    private static Etcdctl etcdctl;

    @BeforeAll
    static void up() throws IOException {
        Path home = ClusterFixture.freshHome(ApiServerLifeIT.class);
        keys = Files.createDirectories(home.resolve("keys")).resolve("encryption.yaml");
        providers(PLAIN);
        cluster = TestCluster.up(
                home,
                "--nodes",
                "0",
                "--without",
                "scheduler,controller-manager",
                "--store-arg",
                "listen-client=2379",
                "--apiserver-arg",
                "encryption-provider-config=" + keys,
                "--apiserver-arg",
                "encryption-provider-config-automatic-reload=true",
                "--apiserver-arg",
                "shutdown-delay-duration=4s");
        etcdctl = Etcdctl.at(EtcdIT.endpoints(cluster));
    }

    @AfterAll
    static void down() {
        cluster.close();
    }

    private static void providers(String yaml) throws IOException {
        Path next = keys.resolveSibling("next");
        Files.writeString(
                next,
                "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n"
                        + "- resources: [secrets]\n  providers:\n"
                        + yaml.indent(2));
        Files.move(next, keys, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String stored(String secret) {
        return etcdctl.ask("get", "--print-value-only", "/registry/core/secrets/default/" + secret);
    }

    private static void secret(String name) {
        cluster.kubectl("create", "secret", "generic", name, "--from-literal=word=" + name)
                .ok();
    }

    private static String word(String name) {
        return cluster.ask("get", "secret", name, "-o", "go-template={{.data.word | base64decode}}");
    }

    private static boolean told(String status, int times) {
        return cluster.ask("get", "--raw", "/metrics")
                .lines()
                .anyMatch(line -> line.startsWith(RELOADS + "{")
                        && line.contains("status=\"" + status + "\"")
                        && line.endsWith(" " + times + ".0"));
    }

    @Test
    void newKeysAreUsedWithoutARestart() throws Exception {
        secret("before");
        assertThat(stored("before")).doesNotContain("k8s:enc:");
        providers(SEALED + PLAIN);
        eventually(SOON, "the keys were read", () -> told("success", 1));
        secret("after");
        assertThat(stored("after")).startsWith("k8s:enc:aesgcm:v1:first:");
        assertThat(word("before")).isEqualTo("before");
        assertThat(word("after")).isEqualTo("after");
        // What is wrong changes nothing but the count.
        providers("- aesgcm: {keys: []}\n");
        eventually(SOON, "the broken file was looked at", () -> told("failure", 1));
        secret("later");
        assertThat(stored("later")).startsWith("k8s:enc:aesgcm:v1:first:");
        assertThat(word("later")).isEqualTo("later");
        providers(SEALED + PLAIN);
    }

    @Test
    void whileItEndsItServesButIsNotReady() {
        long pid = cluster.component("apiserver-0").path("pid").asLong();
        assertThat(cluster.ask("get", "--raw", "/readyz")).isEqualTo("ok");
        ProcessHandle.of(pid).orElseThrow().destroy();
        eventually(SOON, "it says that it ends", () -> {
            Run ready = cluster.kubectl("get", "--raw", "/readyz?verbose");
            return ready.exitCode() != 0 && (ready.stdout() + ready.stderr()).contains("[-]shutdown failed");
        });
        assertThat(cluster.ask("get", "--raw", "/livez")).isEqualTo("ok");
        cluster.kubectl("create", "configmap", "made-while-ending").ok();
        assertThat(ProcessHandle.of(pid)).as("it has not ended yet").isPresent();
        eventually(
                SOON,
                "another one serves in its place",
                () -> cluster.component("apiserver-0").path("pid").asLong() != pid
                        && cluster.kubectl("get", "--raw", "/readyz").exitCode() == 0);
        cluster.kubectl("get", "configmap", "made-while-ending").ok();
    }
}
