package io.kvorum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.testkit.Kubectl;
import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands a user types, with the kubectl versions that are there; each version in a namespace of its own. */
class KubectlIT {
    private static TestCluster cluster;

    static List<Kubectl> versions() {
        return Kubectl.versions("1.27", "1.32");
    }

    @BeforeAll
    static void up() {
        cluster = TestCluster.up(ClusterFixture.freshHome(KubectlIT.class));
    }

    @AfterAll
    static void down() {
        cluster.close();
    }

    /** kubectl of one version in one namespace. */
    private record Session(Kubectl kubectl, String namespace) {
        static Session open(Kubectl kubectl, String purpose) {
            String namespace = purpose + "-" + kubectl.version().replace('.', '-');
            cluster.kubectl(kubectl, "create", "namespace", namespace).ok();
            return new Session(kubectl, namespace);
        }

        Run run(String... words) {
            return run(Map.of(), words);
        }

        Run run(Map<String, String> environment, String... words) {
            List<String> all = new ArrayList<>(List.of("-n", namespace));
            all.addAll(List.of(words));
            return cluster.kubectl(kubectl, environment, all.toArray(String[]::new));
        }

        String ask(String... words) {
            return run(words).ok().stdout().strip();
        }
    }

    private static Path manifest(String name, String text) throws IOException {
        return Files.writeString(cluster.home().resolve(name), text);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void applyDiffEditLabelAnnotate(Kubectl kubectl) throws IOException {
        Session session = Session.open(kubectl, "apply");
        Path file = manifest(
                "cm-" + session.namespace() + ".yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  colour: red\n  size: small\n");
        assertThat(session.ask("apply", "-f", file.toString())).isEqualTo("configmap/settings created");
        assertThat(session.ask("apply", "-f", file.toString())).isEqualTo("configmap/settings unchanged");
        assertThat(session.run("diff", "-f", file.toString()).exitCode()).isZero();
        manifest(
                "cm-" + session.namespace() + ".yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  colour: blue\n");
        Run diff = session.run("diff", "-f", file.toString());
        assertThat(diff.exitCode()).as(diff.toString()).isEqualTo(1);
        assertThat(diff.stdout())
                .contains("-  colour: red")
                .contains("+  colour: blue")
                .contains("-  size: small");
        assertThat(session.ask("apply", "-f", file.toString())).isEqualTo("configmap/settings configured");
        assertThat(session.ask("get", "cm", "settings", "-o", "jsonpath={.data}"))
                .isEqualTo("{\"colour\":\"blue\"}");

        Path editor = cluster.home().resolve("editor.sh");
        Files.deleteIfExists(editor);
        Files.createFile(editor, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.writeString(editor, "#!/bin/sh\nsed -i 's/colour: blue/colour: green/' \"$1\"\n");
        assertThat(session.run(Map.of("KUBE_EDITOR", editor.toString()), "edit", "cm", "settings")
                        .ok()
                        .stdout())
                .contains("configmap/settings edited");
        assertThat(session.ask("get", "cm", "settings", "-o", "jsonpath={.data.colour}"))
                .isEqualTo("green");

        session.run("label", "cm", "settings", "tier=back").ok();
        session.run("annotate", "cm", "settings", "note=kept").ok();
        assertThat(session.ask("get", "cm", "-l", "tier=back", "-o", "name")).isEqualTo("configmap/settings");
        assertThat(session.ask("get", "cm", "settings", "-o", "jsonpath={.metadata.annotations.note}"))
                .isEqualTo("kept");
        session.run("label", "cm", "settings", "tier-").ok();
        assertThat(session.ask("get", "cm", "-l", "tier=back", "-o", "name")).isEmpty();
        assertThat(session.run("get", "cm", "absent").stderr())
                .contains("Error from server (NotFound): configmaps \"absent\" not found");
        assertThat(session.ask("delete", "cm", "settings")).startsWith("configmap \"settings\" deleted");
    }

    @ParameterizedTest
    @MethodSource("versions")
    void deploymentFromCreateToDelete(Kubectl kubectl) {
        Session session = Session.open(kubectl, "deploy");
        session.run("create", "deployment", "web", "--image=nginx", "--replicas=2")
                .ok();
        assertThat(session.ask("rollout", "status", "deployment/web", "--timeout=60s"))
                .contains("successfully rolled out");
        assertThat(session.ask("get", "deploy", "web"))
                .matches("(?s)NAME +READY +UP-TO-DATE +AVAILABLE +AGE\\s+web +2/2 +2 +2 +\\d+s");
        assertThat(session.ask("get", "deploy", "web", "-o", "wide"))
                .containsPattern("CONTAINERS +IMAGES +SELECTOR")
                .containsPattern("nginx +nginx +app=web");
        assertThat(session.ask("get", "rs")).containsPattern("NAME +DESIRED +CURRENT +READY +AGE");
        assertThat(session.ask("get", "pods"))
                .containsPattern("NAME +READY +STATUS +RESTARTS +AGE")
                .containsPattern("web-[a-z0-9]+-[a-z0-9]{5} +1/1 +Running +0 +\\d+s");
        assertThat(session.ask("get", "pods", "-o", "wide"))
                .containsPattern("IP +NODE +NOMINATED NODE +READINESS GATES")
                .containsPattern("127\\.\\d+\\.\\d+\\.\\d+ +node-\\d +<none> +<none>");

        session.run("set", "image", "deployment/web", "nginx=nginx:1.27").ok();
        session.run("rollout", "status", "deployment/web", "--timeout=60s").ok();
        assertThat(session.ask("get", "deploy", "web", "-o", "jsonpath={.spec.template.spec.containers[0].image}"))
                .isEqualTo("nginx:1.27");
        assertThat(session.ask("rollout", "history", "deployment/web"))
                .containsPattern("(?m)^1 +<none>$")
                .containsPattern("(?m)^2 +<none>$");
        session.run("rollout", "undo", "deployment/web").ok();
        session.run("rollout", "status", "deployment/web", "--timeout=60s").ok();
        assertThat(session.ask("get", "deploy", "web", "-o", "jsonpath={.spec.template.spec.containers[0].image}"))
                .isEqualTo("nginx");
        session.run("rollout", "pause", "deployment/web").ok();
        session.run("set", "image", "deployment/web", "nginx=nginx:1.28").ok();
        assertThat(session.ask("get", "rs", "-o", "jsonpath={.items[*].spec.template.spec.containers[0].image}"))
                .doesNotContain("nginx:1.28");
        session.run("rollout", "resume", "deployment/web").ok();
        session.run("rollout", "status", "deployment/web", "--timeout=60s").ok();
        session.run("rollout", "restart", "deployment/web").ok();
        session.run("rollout", "status", "deployment/web", "--timeout=60s").ok();
        session.run("scale", "deployment/web", "--replicas=1").ok();
        ClusterFixture.eventually(
                Duration.ofSeconds(30),
                "one pod is left",
                () -> session.ask("get", "pods", "-l", "app=web", "-o", "name")
                                .lines()
                                .count()
                        == 1);

        session.run("expose", "deployment", "web", "--port=80", "--name=web-service")
                .ok();
        assertThat(session.ask("get", "svc", "web-service"))
                .containsPattern("NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\\(S\\) +AGE")
                .containsPattern("web-service +ClusterIP +127\\.\\d+\\.\\d+\\.\\d+ +<none> +80/TCP");
        assertThat(session.ask("describe", "deployment", "web"))
                .contains("StrategyType:           RollingUpdate")
                .contains("RollingUpdateStrategy:  25% max unavailable, 25% max surge")
                .contains("ScalingReplicaSet");
        assertThat(session.ask("describe", "svc", "web-service"))
                .contains("Endpoints:")
                .contains(":80");
        assertThat(session.ask("events")).contains("ScalingReplicaSet").contains("SuccessfulCreate");
        assertThat(session.ask("wait", "--for=condition=Available", "deployment/web", "--timeout=30s"))
                .isEqualTo("deployment.apps/web condition met");
        session.run("delete", "deployment", "web").ok();
        session.run("wait", "--for=delete", "pod", "-l", "app=web", "--timeout=60s")
                .ok();
        assertThat(session.ask("get", "pods", "-o", "name")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void runLogsDescribeWait(Kubectl kubectl) {
        Session session = Session.open(kubectl, "run");
        session.run(
                        "run",
                        "talker",
                        "--image=busybox",
                        "--restart=Never",
                        "--",
                        "sh",
                        "-c",
                        "echo one; echo two; sleep 4; echo three")
                .ok();
        session.run("wait", "--for=jsonpath={.status.phase}=Running", "pod/talker", "--timeout=30s")
                .ok();
        assertThat(session.ask("logs", "-f", "talker")).isEqualTo("one\ntwo\nthree");
        assertThat(session.ask("wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/talker", "--timeout=30s"))
                .isEqualTo("pod/talker condition met");
        assertThat(session.ask("get", "pod", "talker")).containsPattern("talker +0/1 +Completed +0");
        assertThat(session.ask("logs", "talker", "--tail=1")).isEqualTo("three");
        assertThat(session.ask("describe", "pod", "talker"))
                .contains("Status:           Succeeded")
                .contains("Exit Code:    0")
                .contains("Scheduled")
                .contains("Started");
        assertThat(session.ask("get", "pod", "talker", "-o", "yaml"))
                .contains("kind: Pod")
                .contains("phase: Succeeded");
        assertThat(session.ask("get", "pod", "talker", "-o", "json")).contains("\"kind\": \"Pod\"");
        session.run("delete", "pod", "talker").ok();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void watchShowsChanges(Kubectl kubectl) {
        Session session = Session.open(kubectl, "watch");
        session.run("create", "configmap", "before").ok();
        Run watch = session.run("get", "configmap", "-w", "--request-timeout=3s", "--no-headers", "-o", "name");
        assertThat(watch.stdout()).contains("configmap/before");
    }

    @ParameterizedTest
    @MethodSource("versions")
    void explainAndDiscovery(Kubectl kubectl) {
        assertThat(cluster.kubectl(kubectl, "explain", "pod.spec.containers.livenessProbe")
                        .ok()
                        .stdout())
                .contains("health check to be performed against a container");
        assertThat(cluster.kubectl(kubectl, "explain", "deployment.spec.strategy")
                        .ok()
                        .stdout())
                .contains("rollingUpdate");
        assertThat(cluster.kubectl(kubectl, "api-resources").ok().stdout())
                .containsPattern("pods +po +v1 +true +Pod")
                .containsPattern("deployments +deploy +apps/v1 +true +Deployment")
                .containsPattern("nodes +no +v1 +false +Node");
        assertThat(cluster.kubectl(kubectl, "api-versions").ok().stdout().lines())
                .contains("v1", "apps/v1", "batch/v1", "events.k8s.io/v1");
        assertThat(cluster.kubectl(kubectl, "version", "-o", "json").ok().stdout())
                .contains("+kvorum");
        for (String resource : cluster.kubectl(kubectl, "api-resources", "--verbs=list", "-o", "name")
                .ok()
                .stdout()
                .split("\\s+")) {
            cluster.kubectl(kubectl, "get", resource, "-A").ok();
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void cordonAndUncordon(Kubectl kubectl) {
        assertThat(cluster.kubectl(kubectl, "cordon", "node-2").ok().stdout()).contains("node/node-2 cordoned");
        assertThat(cluster.ask("get", "node", "node-2", "--no-headers")).contains("Ready,SchedulingDisabled");
        assertThat(cluster.kubectl(kubectl, "uncordon", "node-2").ok().stdout()).contains("node/node-2 uncordoned");
        assertThat(cluster.ask("get", "node", "node-2", "--no-headers")).doesNotContain("SchedulingDisabled");
        assertThat(cluster.kubectl(kubectl, "describe", "node", "node-1").ok().stdout())
                .contains("Kubelet Version:")
                .contains("Allocated resources:");
    }

    @ParameterizedTest
    @MethodSource("versions")
    void badInputIsRefusedWithTheFieldsName(Kubectl kubectl) throws IOException {
        Session session = Session.open(kubectl, "bad");
        Path unknown =
                manifest("unknown.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndatta:\n  a: b\n");
        assertThat(session.run("apply", "-f", unknown.toString()).stderr()).contains("unknown field \"datta\"");
        Path invalid = manifest(
                "invalid.yaml",
                "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: x\nspec:\n  selector:\n    matchLabels: {app: x}\n"
                        + "  template:\n    metadata:\n      labels: {app: other}\n    spec:\n      containers:\n      - name: c\n        image: nginx\n");
        assertThat(session.run("apply", "-f", invalid.toString()).stderr())
                .contains("The Deployment \"x\" is invalid: spec.template.metadata.labels: Invalid value")
                .contains("`selector` does not match template `labels`");
    }
}
