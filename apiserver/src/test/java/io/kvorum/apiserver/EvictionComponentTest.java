package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code pods/eviction} against disruption budgets, over HTTP. Each test works in a namespace of its own. */
class EvictionComponentTest {
    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer();

    private static final Http http = server.http();

    private static String namespace(String name) {
        http.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + name + "\"}}");
        return name;
    }

    private static String pods(String namespace) {
        return "/api/v1/namespaces/" + namespace + "/pods";
    }

    private static String budgets(String namespace) {
        return "/apis/policy/v1/namespaces/" + namespace + "/poddisruptionbudgets";
    }

    /** A pod on a node, so that its deletion takes its time. */
    private static void pod(String namespace, String name, String phase, boolean ready) {
        Http.Answer created = http.post(
                pods(namespace),
                "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{\"app\":\"web\"}},"
                        + "\"spec\":{\"nodeName\":\"n1\",\"serviceAccountName\":\"default\","
                        + "\"containers\":[{\"name\":\"c\",\"image\":\"nginx\"}]}}");
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        Http.Answer status = http.merge(
                pods(namespace) + "/" + name + "/status",
                "{\"status\":{\"phase\":\"" + phase + "\",\"conditions\":[{\"type\":\"Ready\",\"status\":\""
                        + (ready ? "True" : "False") + "\"}]}}");
        assertThat(status.status()).as(status.text()).isEqualTo(200);
    }

    private static void budget(String namespace, String name, String spec, int allowed, int healthy, int desired) {
        Http.Answer created = http.post(
                budgets(namespace),
                "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{\"selector\":{\"matchLabels\":{\"app\":\"web\"}}"
                        + spec + "}}");
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        ObjectNode object = (ObjectNode) created.json();
        object.putObject("status")
                .put("observedGeneration", 1)
                .put("disruptionsAllowed", allowed)
                .put("currentHealthy", healthy)
                .put("desiredHealthy", desired)
                .put("expectedPods", healthy);
        Http.Answer status = http.put(budgets(namespace) + "/" + name + "/status", object.toString());
        assertThat(status.status()).as(status.text()).isEqualTo(200);
    }

    private static Http.Answer evict(String namespace, String name, String more) {
        return http.post(
                pods(namespace) + "/" + name + "/eviction",
                "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"" + name
                        + "\",\"namespace\":\"" + namespace + "\"}" + more + "}");
    }

    private static JsonNode read(String path) {
        return http.get(path).json();
    }

    @Test
    void chargesTheBudgetAndMarksThePod() {
        String ns = namespace("charge");
        pod(ns, "a", "Running", true);
        pod(ns, "b", "Running", true);
        budget(ns, "web", "", 1, 2, 1);
        Http.Answer first = evict(ns, "a", ",\"deleteOptions\":{\"gracePeriodSeconds\":7}");
        assertThat(first.status()).as(first.text()).isEqualTo(201);
        assertThat(first.json().path("status").asText()).isEqualTo("Success");
        JsonNode pod = read(pods(ns) + "/a");
        assertThat(pod.path("metadata").path("deletionGracePeriodSeconds").asInt())
                .isEqualTo(7);
        assertThat(pod.path("status").path("conditions").toString())
                .contains("DisruptionTarget", "EvictionByEvictionAPI");
        JsonNode status = read(budgets(ns) + "/web").path("status");
        assertThat(status.path("disruptionsAllowed").asInt()).isZero();
        assertThat(status.path("disruptedPods").has("a")).isTrue();
        assertThat(status.path("conditions").get(0).path("reason").asText()).isEqualTo("InsufficientPods");

        Http.Answer second = evict(ns, "b", "");
        assertThat(second.status()).isEqualTo(429);
        assertThat(second.json().path("reason").asText()).isEqualTo("TooManyRequests");
        assertThat(second.json().path("message").asText())
                .isEqualTo("Cannot evict pod as it would violate the pod's disruption budget.");
        JsonNode cause = second.json().path("details").path("causes").get(0);
        assertThat(cause.path("reason").asText()).isEqualTo("DisruptionBudget");
        assertThat(cause.path("message").asText())
                .isEqualTo("The disruption budget web needs 1 healthy pods and has 2 currently");
        assertThat(read(pods(ns) + "/b").path("metadata").has("deletionTimestamp"))
                .isFalse();

        assertThat(evict(ns, "a", "").status())
                .as("a pod that goes already needs no allowance")
                .isEqualTo(201);
    }

    @Test
    void evictionsAtTheSameTimeNeverSpendTheSameAllowance() {
        String ns = namespace("race");
        for (int i = 0; i < 8; i++) {
            pod(ns, "p" + i, "Running", true);
        }
        budget(ns, "web", "", 3, 8, 5);
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String name = "p" + i;
            answers.add(CompletableFuture.supplyAsync(() -> evict(ns, name, "").status()));
        }
        List<Integer> codes = answers.stream().map(CompletableFuture::join).toList();
        assertThat(codes.stream().filter(code -> code == 201)).hasSize(3);
        assertThat(codes.stream().filter(code -> code == 429)).hasSize(5);
        assertThat(read(budgets(ns) + "/web").path("status").path("disruptedPods"))
                .hasSize(3);
    }

    @Test
    void severalBudgetsForOnePodAreAnErrorOfTheServer() {
        String ns = namespace("two");
        pod(ns, "a", "Running", true);
        budget(ns, "one", "", 1, 1, 0);
        budget(ns, "two", "", 1, 1, 0);
        Http.Answer answer = evict(ns, "a", "");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.json().path("message").asText())
                .isEqualTo(
                        "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
    }

    @Test
    void podsThatDoNotRunNeedNoAllowance() {
        String ns = namespace("terminal");
        budget(ns, "web", "", 0, 0, 1);
        for (String phase : List.of("Pending", "Succeeded", "Failed")) {
            String name = phase.toLowerCase(Locale.ROOT);
            pod(ns, name, phase, false);
            assertThat(evict(ns, name, "").status()).as(phase).isEqualTo(201);
        }
        assertThat(read(budgets(ns) + "/web").path("status").has("disruptedPods"))
                .isFalse();
    }

    @Test
    void anUnhealthyPodGoesWhereItsBudgetIsHealthyOrSaysSo() {
        String healthy = namespace("healthy");
        pod(healthy, "a", "Running", false);
        budget(healthy, "web", "", 0, 2, 2);
        assertThat(evict(healthy, "a", "").status()).isEqualTo(201);

        String broken = namespace("broken");
        pod(broken, "a", "Running", false);
        budget(broken, "web", "", 0, 1, 2);
        assertThat(evict(broken, "a", "").status()).isEqualTo(429);

        String always = namespace("always");
        pod(always, "a", "Running", false);
        budget(always, "web", ",\"unhealthyPodEvictionPolicy\":\"AlwaysAllow\"", 0, 1, 2);
        assertThat(evict(always, "a", "").status()).isEqualTo(201);
    }

    @Test
    void aBudgetThatHasNotBeenLookedAtForbids() {
        String ns = namespace("unseen");
        pod(ns, "a", "Running", true);
        http.post(
                budgets(ns),
                "{\"metadata\":{\"name\":\"web\"},\"spec\":{\"selector\":{\"matchLabels\":{\"app\":\"web\"}}}}");
        Http.Answer answer = evict(ns, "a", "");
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.text()).contains("The disruption budget web is still being processed by the server.");
    }

    @Test
    void rehearsalChangesNothing() {
        String ns = namespace("dry");
        pod(ns, "a", "Running", true);
        budget(ns, "web", "", 1, 1, 0);
        assertThat(evict(ns, "a", ",\"deleteOptions\":{\"dryRun\":[\"All\"]}").status())
                .isEqualTo(201);
        assertThat(read(pods(ns) + "/a").path("metadata").has("deletionTimestamp"))
                .isFalse();
        assertThat(read(budgets(ns) + "/web")
                        .path("status")
                        .path("disruptionsAllowed")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void preconditionsAndNamesAreHeld() {
        String ns = namespace("pre");
        pod(ns, "a", "Running", true);
        assertThat(evict(ns, "a", ",\"deleteOptions\":{\"preconditions\":{\"uid\":\"other\"}}")
                        .status())
                .isEqualTo(409);
        assertThat(evict(ns, "missing", "").status()).isEqualTo(404);
        Http.Answer other = http.post(
                pods(ns) + "/a/eviction",
                "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"b\"}}");
        assertThat(other.status()).isEqualTo(400);
        assertThat(other.json().path("message").asText())
                .isEqualTo("name in URL does not match name in Eviction object");
    }
}
