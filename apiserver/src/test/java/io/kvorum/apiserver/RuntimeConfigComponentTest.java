package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.BuiltinCatalog;
import io.kvorum.apiserver.ApiServerConfig.AuthorizationMode;
import io.kvorum.apiserver.audit.AuditLog;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What {@code --runtime-config} switches off is in no answer. */
class RuntimeConfigComponentTest {
    private static TestApiServer server;
    private static Http http;

    @BeforeAll
    static void start() throws Exception {
        RuntimeConfig config = RuntimeConfig.parse(
                List.of("batch/v1=false", "apps/v1/daemonsets=false", "autoscaling/v2=false"),
                BuiltinCatalog.load().all());
        server = TestApiServer.start(
                0,
                null,
                TestApiServer.auth(true, AuthorizationMode.ALWAYS_ALLOW),
                vertx -> ServingOptions.plain(vertx).serving(config),
                AuditLog.NONE);
        http = new Http(server);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Test
    void nothingOfItIsServed() {
        for (String path : List.of(
                "/apis/batch",
                "/apis/batch/v1",
                "/apis/batch/v1/jobs",
                "/apis/batch/v1/namespaces/default/jobs/a",
                "/apis/apps/v1/daemonsets",
                "/apis/autoscaling/v2/horizontalpodautoscalers",
                "/openapi/v3/apis/batch/v1")) {
            assertThat(http.get(path).status()).as(path).isEqualTo(404);
        }
        assertThat(http.post(
                                "/apis/batch/v1/namespaces/default/jobs",
                                "{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\",\"metadata\":{\"name\":\"j\"}}")
                        .status())
                .isEqualTo(404);
        for (String path : List.of(
                "/api/v1/pods",
                "/apis/apps/v1/deployments",
                "/apis/autoscaling/v1/horizontalpodautoscalers",
                "/openapi/v3/apis/apps/v1")) {
            assertThat(http.get(path).status()).as(path).isEqualTo(200);
        }
    }

    @Test
    void discoveryDoesNotTellOfIt() {
        assertThat(http.get("/apis").json().path("groups").findValuesAsText("name"))
                .contains("apps", "autoscaling")
                .doesNotContain("batch");
        assertThat(http.get("/apis/autoscaling").json().findValuesAsText("groupVersion"))
                .containsOnly("autoscaling/v1");
        assertThat(http.get("/apis/apps/v1").json().path("resources").findValuesAsText("name"))
                .contains("deployments")
                .noneMatch(name -> name.startsWith("daemonsets"));
        assertThat(http.get("/").json().path("paths").toString()).doesNotContain("/apis/batch");
    }

    @Test
    void openApiDoesNotTellOfIt() {
        assertThat(names(http.get("/openapi/v3").json().path("paths")))
                .contains("api/v1", "apis/apps/v1", "apis/autoscaling")
                .doesNotContain("apis/batch", "apis/batch/v1", "apis/autoscaling/v2");
        JsonNode apps = http.get("/openapi/v3/apis/apps/v1").json();
        assertThat(names(apps.path("paths")))
                .contains("/apis/apps/v1/deployments")
                .noneMatch(path -> path.contains("daemonsets"));
        assertThat(names(apps.at("/components/schemas")))
                .contains("io.k8s.api.apps.v1.Deployment")
                .doesNotContain("io.k8s.api.apps.v1.DaemonSet");
        JsonNode all = http.get("/openapi/v2").json();
        assertThat(names(all.path("paths")))
                .contains("/api/v1/pods")
                .noneMatch(path -> path.startsWith("/apis/batch/"));
        assertThat(names(all.path("definitions")))
                .contains("io.k8s.api.core.v1.Pod", "io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler")
                .doesNotContain("io.k8s.api.batch.v1.Job", "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler");
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }
}
