package io.kvorum.cluster;

import static io.kvorum.cluster.ClusterFixture.eventually;
import static io.kvorum.cluster.ClusterFixture.eventuallyAsserted;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The operator of {@code examples/webpage-operator}, a process of its own, from its definition to its last finalizer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OperatorFlows {
    private static final Path OPERATOR =
            Path.of("../examples/webpage-operator").toAbsolutePath().normalize();
    private static final String NAMESPACE = "operator";
    private static final List<String> DEPENDENTS = List.of("configmap/hello-html", "deployment/hello", "service/hello");
    private static final Duration SOON = Duration.ofSeconds(60);

    private TestCluster cluster;
    private Path pages;

    @BeforeAll
    void define(TestCluster running, @TempDir Path folder) {
        cluster = running;
        pages = folder;
        cluster.kubectl("create", "namespace", NAMESPACE).ok();
        cluster.kubectl(
                        "apply",
                        "-f",
                        OPERATOR.resolve("target/classes/META-INF/fabric8/webpages.pages.example.com-v1.yml")
                                .toString())
                .ok();
        cluster.kubectl(
                        "wait",
                        "--for=condition=Established",
                        "customresourcedefinition/webpages.pages.example.com",
                        "--timeout=30s")
                .ok();
    }

    private Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        OPERATOR.resolve("target/classes") + ":" + OPERATOR.resolve("target/lib") + "/*",
                        "io.example.webpage.WebPageOperator")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        cluster.home().resolve("operator.log").toFile()));
        builder.environment().put("KUBECONFIG", cluster.kubeconfig().toString());
        builder.environment().put("PAGES", pages.toString());
        return builder.start();
    }

    private static void stop(Process operator) throws InterruptedException {
        operator.destroy();
        if (!operator.waitFor(20, TimeUnit.SECONDS)) {
            operator.destroyForcibly().waitFor();
            throw new AssertionError("the operator did not end when it was asked to");
        }
    }

    private Run in(String... words) {
        String[] all = new String[words.length + 2];
        all[0] = "--namespace";
        all[1] = NAMESPACE;
        System.arraycopy(words, 0, all, 2, words.length);
        return cluster.kubectl(all);
    }

    private String uid(String object) {
        return in("get", object, "--ignore-not-found", "-o", "jsonpath={.metadata.uid}")
                .ok()
                .stdout();
    }

    private Path copy() {
        return pages.resolve(NAMESPACE + ".hello.html");
    }

    @Test
    void aPageIsServedKeptAndCleanedUp() throws Exception {
        Path yaml = OPERATOR.resolve("webpage.yaml");
        Path empty = pages.resolve("empty.yaml");
        Files.writeString(empty, Files.readString(yaml).replaceFirst("html:.*", "replicas: 1"));
        assertThat(in("create", "-f", empty.toString()).stderr()).contains("spec.html: Required value");
        Files.delete(empty);

        Process operator = start();
        try {
            in("create", "-f", yaml.toString()).ok();
            isServed("<h1>Hello</h1>", 1);
            assertThat(in("get", "webpage", "hello", "-o", "jsonpath={.metadata.finalizers}")
                            .stdout())
                    .isEqualTo("[\"webpages.pages.example.com/finalizer\"]");
            assertThat(in("get", "wp").stdout()).matches("(?s)NAME +WANTED +READY\\s+hello +1 +1\\s+");

            in(
                            "patch",
                            "webpage",
                            "hello",
                            "--type=merge",
                            "-p",
                            "{\"spec\":{\"html\":\"<h1>Hello again</h1>\",\"replicas\":2}}")
                    .ok();
            isServed("<h1>Hello again</h1>", 2);

            for (String dependent : DEPENDENTS) {
                String before = uid(dependent);
                in("delete", dependent).ok();
                eventually(SOON, dependent + " is made again", () -> {
                    String now = uid(dependent);
                    return !now.isEmpty() && !now.equals(before);
                });
            }
            isServed("<h1>Hello again</h1>", 2);
        } finally {
            stop(operator);
        }

        in("delete", "webpage", "hello", "--wait=false").ok();
        assertThat(in("get", "webpage", "hello", "-o", "jsonpath={.metadata.deletionTimestamp}")
                        .ok()
                        .stdout())
                .isNotEmpty();
        assertThat(copy()).exists();
        operator = start();
        try {
            in("wait", "--for=delete", "webpage/hello", "--timeout=60s").ok();
            assertThat(copy()).doesNotExist();
            eventually(
                    SOON,
                    "what it owned is collected",
                    () -> DEPENDENTS.stream()
                            .allMatch(dependent -> uid(dependent).isEmpty()));
        } finally {
            stop(operator);
        }
    }

    /** The status says so, and so does who asks the Service. */
    private void isServed(String html, int replicas) {
        eventuallyAsserted(SOON, "the status is as it should be", () -> {
            JsonNode page = cluster.json("get", "webpage", "hello", "--namespace", NAMESPACE);
            assertThat(page.at("/status/observedGeneration")).isEqualTo(page.at("/metadata/generation"));
            assertThat(page.at("/status/configMap").asText()).isEqualTo("hello-html");
            assertThat(page.at("/status/readyReplicas").asInt()).isEqualTo(replicas);
        });
        assertThat(copy()).hasContent(html);
        String address = in("get", "service", "hello", "-o", "jsonpath={.spec.clusterIP}")
                .ok()
                .stdout();
        eventuallyAsserted(SOON, "the page is served", () -> ClusterFixture.assertServes(address, 80, html));
    }
}
