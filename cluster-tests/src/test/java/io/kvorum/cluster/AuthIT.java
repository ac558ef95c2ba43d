package io.kvorum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.testkit.Kubectl;
import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may, on a cluster of real processes with Node and RBAC. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AuthIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static TestCluster cluster;

    static List<Kubectl> versions() {
        return Kubectl.versions("1.27", "1.30", "1.33");
    }

    @BeforeAll
    static void up() {
        cluster = TestCluster.up(ClusterFixture.freshHome(AuthIT.class), "--stores", "1");
    }

    @AfterAll
    static void down() {
        cluster.close();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void kubectlAsksWhoItIsAndWhatItMay(Kubectl kubectl) {
        String namespace = "who-" + kubectl.version().replace('.', '-');
        cluster.kubectl(kubectl, "create", "namespace", namespace).ok();
        assertThat(cluster.kubectl(kubectl, "auth", "whoami").ok().stdout())
                .contains("kubernetes-admin")
                .contains("system:masters");
        assertThat(cluster.kubectl(kubectl, "auth", "whoami", "--as", "bob", "--as-group", "devs")
                        .ok()
                        .stdout())
                .contains("bob")
                .contains("devs");
        Run no = cluster.kubectl(kubectl, "auth", "can-i", "create", "deployments", "--as", "bob", "-n", namespace);
        assertThat(no.exitCode()).isEqualTo(1);
        assertThat(no.stdout().strip()).isEqualTo("no");
        cluster.kubectl(kubectl, "create", "rolebinding", "bob", "--clusterrole=edit", "--user=bob", "-n", namespace)
                .ok();
        assertThat(cluster.kubectl(kubectl, "auth", "can-i", "create", "deployments", "--as", "bob", "-n", namespace)
                        .ok()
                        .stdout()
                        .strip())
                .isEqualTo("yes");
        assertThat(cluster.kubectl(kubectl, "auth", "can-i", "--list", "--as", "bob", "-n", namespace)
                        .ok()
                        .stdout())
                .contains("deployments.apps")
                .contains("selfsubjectaccessreviews.authorization.k8s.io");
        Run forbidden = cluster.kubectl(kubectl, "get", "nodes", "--as", "bob");
        assertThat(forbidden.exitCode()).isEqualTo(1);
        assertThat(forbidden.stderr())
                .contains("Error from server (Forbidden): nodes is forbidden: User \"bob\" cannot list resource"
                        + " \"nodes\" in API group \"\" at the cluster scope");
    }

    @Test
    void rolesAreReconciledFromAFile() throws IOException {
        Path file = Files.writeString(
                cluster.home().resolve("role.yaml"),
                "apiVersion: rbac.authorization.k8s.io/v1\n"
                        + "kind: ClusterRole\n"
                        + "metadata:\n"
                        + "  name: pod-reader\n"
                        + "rules:\n"
                        + "- apiGroups: ['']\n"
                        + "  resources: [pods]\n"
                        + "  verbs: [get]\n");
        assertThat(cluster.ask("auth", "reconcile", "-f", file.toString())).contains("pod-reader reconciled");
        assertThat(cluster.ask("auth", "reconcile", "-f", file.toString())).contains("pod-reader");
    }

    /** A pod that asks the API with its own token can do what its account's bindings say, and nothing else. */
    @Test
    void aPodSpeaksForItsServiceAccount() throws IOException {
        cluster.kubectl("create", "namespace", "robots").ok();
        cluster.kubectl("-n", "robots", "create", "serviceaccount", "robot").ok();
        cluster.kubectl("-n", "robots", "create", "role", "reader", "--verb=list", "--resource=configmaps")
                .ok();
        cluster.kubectl(
                        "-n",
                        "robots",
                        "create",
                        "rolebinding",
                        "reader",
                        "--role=reader",
                        "--serviceaccount=robots:robot")
                .ok();
        String script = """
            cd var/run/secrets/kubernetes.io/serviceaccount
            ask() {
              curl -sS --cacert ca.crt -H "Authorization: Bearer $(cat token)" -o /dev/null -w "$1 %{http_code}\\n" \
                "https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/api/v1/$2"
            }
            echo namespace $(cat namespace)
            ask configmaps namespaces/robots/configmaps
            ask secrets namespaces/robots/secrets
            ask elsewhere namespaces/default/configmaps
            ask nodes nodes
            """;
        String manifest = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"asker","namespace":"robots"},
             "spec":{"serviceAccountName":"robot","restartPolicy":"Never",
              "containers":[{"name":"c","image":"busybox","command":["sh","-c",%s]}]}}
            """.formatted(JSON.writeValueAsString(script));
        Path file = Files.writeString(cluster.home().resolve("asker.json"), manifest);
        cluster.kubectl("apply", "-f", file.toString()).ok();
        cluster.kubectl(
                        "-n",
                        "robots",
                        "wait",
                        "pod/asker",
                        "--for=jsonpath={.status.phase}=Succeeded",
                        "--timeout=60s")
                .ok();
        assertThat(cluster.ask("-n", "robots", "logs", "asker").lines())
                .containsExactly("namespace robots", "configmaps 200", "secrets 403", "elsewhere 403", "nodes 403");
    }

    @Test
    void aTokenMadeByHandWorksUntilTheAccountIsGone() {
        cluster.kubectl("create", "serviceaccount", "helper").ok();
        String token = cluster.ask("create", "token", "helper", "--duration=20m");
        assertThat(withToken(token, "auth", "whoami").ok().stdout()).contains("system:serviceaccount:default:helper");
        assertThat(withToken(token, "get", "pods").stderr())
                .contains("User \"system:serviceaccount:default:helper\" cannot list resource \"pods\"");
        cluster.kubectl("delete", "serviceaccount", "helper").ok();
        assertThat(withToken(token, "get", "pods").stderr()).contains("You must be logged in to the server");
    }

    /** Only the token speaks: kubectl would show the administrator's certificate as well. */
    private static Run withToken(String token, String... words) {
        JsonNode view = cluster.json("config", "view", "--minify", "-o", "json");
        String server = view.at("/clusters/0/cluster/server").asText();
        Path empty = cluster.home().resolve("empty-kubeconfig");
        String[] all = new String[words.length + 4];
        all[0] = "--kubeconfig=" + empty;
        all[1] = "--server=" + server;
        all[2] = "--certificate-authority=" + cluster.folder().resolve("pki/ca.crt");
        all[3] = "--token=" + token;
        System.arraycopy(words, 0, all, 4, words.length);
        try {
            Files.writeString(empty, "apiVersion: v1\nkind: Config\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return cluster.kubectl(all);
    }

    /** As a kubelet: what the Node authorizer says of its user. */
    @Test
    void aKubeletCannotReadASecretThatNoPodOfItsNodeUses() throws IOException {
        cluster.kubectl("create", "namespace", "vault").ok();
        cluster.kubectl("-n", "vault", "create", "secret", "generic", "used", "--from-literal=a=b")
                .ok();
        cluster.kubectl("-n", "vault", "create", "secret", "generic", "unused", "--from-literal=a=b")
                .ok();
        Path file = Files.writeString(cluster.home().resolve("holder.json"), """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"holder","namespace":"vault"},
             "spec":{"nodeName":"node-1","terminationGracePeriodSeconds":0,"containers":[{"name":"c","image":"pause"}],
              "volumes":[{"name":"s","secret":{"secretName":"used"}}]}}
            """);
        cluster.kubectl("apply", "-f", file.toString()).ok();
        cluster.kubectl("-n", "vault", "wait", "pod/holder", "--for=condition=Ready", "--timeout=60s")
                .ok();
        assertThat(asNode("node-1", "-n", "vault", "get", "secret", "used", "-o", "name")
                        .ok()
                        .stdout()
                        .strip())
                .isEqualTo("secret/used");
        assertThat(asNode("node-1", "-n", "vault", "get", "secret", "unused").stderr())
                .contains("no relationship found between node 'node-1' and this object");
        assertThat(asNode("node-2", "-n", "vault", "get", "secret", "used").stderr())
                .contains("no relationship found between node 'node-2' and this object");
        assertThat(asNode("node-2", "-n", "vault", "get", "secrets").exitCode()).isEqualTo(1);
    }

    private static Run asNode(String node, String... words) {
        String[] all = new String[words.length + 2];
        all[0] = "--as=system:node:" + node;
        all[1] = "--as-group=system:nodes";
        System.arraycopy(words, 0, all, 2, words.length);
        return cluster.kubectl(all);
    }

    /** Last, so that it looks back on all the others; a server that starts may not refuse its components either. */
    @Test
    @Order(Integer.MAX_VALUE)
    void nothingWasRefusedToAComponentAndTheAuditLogTellsWhoDidWhat() {
        cluster.kvorum("restart", "apiserver-0").ok();
        ClusterFixture.eventually(
                Duration.ofSeconds(30),
                "the API server serves again",
                () -> cluster.kubectl("create", "configmap", "audited").exitCode() == 0);
        cluster.kubectl("get", "secrets", "--as", "mallory");
        Path log = cluster.folder().resolve("data/apiserver-0/audit.log");
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            List<JsonNode> events = events(log);
            assertThat(events).anySatisfy(event -> {
                assertThat(event.at("/objectRef/resource").asText()).isEqualTo("configmaps");
                assertThat(event.at("/verb").asText()).isEqualTo("create");
                assertThat(event.at("/user/username").asText()).isEqualTo("kubernetes-admin");
                assertThat(event.at("/responseStatus/code").asInt()).isEqualTo(201);
                assertThat(event.at("/annotations/authorization.k8s.io~1decision")
                                .asText())
                        .isEqualTo("allow");
            });
            assertThat(events).anySatisfy(event -> {
                assertThat(event.at("/impersonatedUser/username").asText()).isEqualTo("mallory");
                assertThat(event.at("/responseStatus/code").asInt()).isEqualTo(403);
                assertThat(event.at("/annotations/authorization.k8s.io~1decision")
                                .asText())
                        .isEqualTo("forbid");
            });
        });
        assertThat(events(log))
                .filteredOn(event -> event.at("/responseStatus/code").asInt() == 403
                        && event.path("impersonatedUser").isMissingNode()
                        && !event.at("/user/username").asText().startsWith("system:serviceaccount:default:")
                        && !event.at("/user/username").asText().startsWith("system:serviceaccount:robots:"))
                .as("components that were refused")
                .isEmpty();
    }

    private static List<JsonNode> events(Path log) {
        try {
            return Files.readAllLines(log).stream().map(AuthIT::parsed).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The line that is being written is not whole yet. */
    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException half) {
            return JSON.createObjectNode();
        }
    }
}
