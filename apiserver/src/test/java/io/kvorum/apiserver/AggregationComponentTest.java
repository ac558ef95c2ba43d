package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** APIServices: those of the server itself, and an extension API server behind a Service. */
class AggregationComponentTest {
    private static final String SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices";
    private static final String GROUP = "ext.example.com";
    private static final String V2 =
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    private static final String RESOURCES = """
            {"kind":"APIResourceList","groupVersion":"ext.example.com/v1","resources":[
            {"name":"toys","singularName":"toy","namespaced":true,"kind":"Toy","verbs":["get"],"shortNames":["ty"]},
            {"name":"toys/status","namespaced":true,"kind":"Toy","verbs":["get"]}]}
            """;
    private static final String OPEN_API = """
            {"paths":{"apis/ext.example.com/v1":{"serverRelativeURL":"/openapi/v3/apis/ext.example.com/v1?hash=7"}}}
            """;

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final TestAuthority authority = new TestAuthority("CN=theirs");
    private TestApiServer server;
    private Http http;
    private int port;

    @BeforeEach
    void start() throws Exception {
        server = TestApiServer.start(0);
        http = new Http(server);
        TestAuthority.Identity serving = authority.issue("CN=ext", "ext.default.svc");
        Path certificate = TestAuthority.pem(
                folder, "e.crt", "CERTIFICATE", serving.certificate().getEncoded());
        Path key = TestAuthority.pem(
                folder, "e.key", "PRIVATE KEY", serving.keys().getPrivate().getEncoded());
        HttpServerOptions options = new HttpServerOptions()
                .setSsl(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(certificate.toString())
                        .setKeyPath(key.toString()));
        HttpServer extension = vertx.createHttpServer(options)
                .requestHandler(AggregationComponentTest::answer)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        port = extension.actualPort();
        server.keepApiServices();
    }

    private static void answer(HttpServerRequest request) {
        String body = switch (request.path()) {
            case "/apis/ext.example.com/v1" -> RESOURCES;
            case "/openapi/v3" -> OPEN_API;
            default ->
                "{\"path\":\"" + request.uri() + "\",\"user\":\"" + request.getHeader("X-Remote-User")
                        + "\",\"groups\":\"" + request.headers().getAll("X-Remote-Group") + "\"}";
        };
        boolean known =
                request.path().startsWith("/apis/" + GROUP) || request.path().startsWith("/openapi");
        request.response()
                .setStatusCode(known ? 200 : 404)
                .putHeader("Content-Type", "application/json")
                .end(body);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private void service() {
        http.post(
                "/api/v1/namespaces/default/services",
                "{\"metadata\":{\"name\":\"ext\"},\"spec\":{\"ports\":[{\"port\":443}]}}");
        http.post(
                "/api/v1/namespaces/default/endpoints",
                "{\"metadata\":{\"name\":\"ext\"},\"subsets\":[{\"addresses\":[{\"ip\":\"127.0.0.1\"}],"
                        + "\"ports\":[{\"port\":" + port + "}]}]}");
    }

    private Http.Answer register(String trust) {
        return http.post(
                SERVICES,
                "{\"metadata\":{\"name\":\"v1.ext.example.com\"},\"spec\":{\"group\":\"" + GROUP
                        + "\",\"version\":\"v1\",\"groupPriorityMinimum\":100,\"versionPriority\":10,"
                        + "\"service\":{\"name\":\"ext\",\"namespace\":\"default\"}," + trust + "}}");
    }

    private String bundle(TestAuthority of) throws Exception {
        Path pem = TestAuthority.pem(
                folder, "b.crt", "CERTIFICATE", of.self.certificate().getEncoded());
        byte[] text = Files.readString(pem).getBytes(StandardCharsets.US_ASCII);
        return "\"caBundle\":\"" + Base64.getEncoder().encodeToString(text) + "\"";
    }

    /** The condition Available, once it is as wanted. */
    private JsonNode condition(Predicate<JsonNode> wanted) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        JsonNode seen = null;
        while (System.nanoTime() < end) {
            seen = http.get(SERVICES + "/v1.ext.example.com").json().at("/status/conditions/0");
            if (wanted.test(seen)) {
                return seen;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError("condition is " + seen);
    }

    private static Predicate<JsonNode> reason(String reason) {
        return condition -> condition.path("reason").asText().equals(reason);
    }

    @Test
    void theGroupsOfTheServerItselfHaveTheirServices() {
        JsonNode apps = http.get(SERVICES + "/v1.apps").json();
        assertThat(apps.at("/spec/groupPriorityMinimum").asInt()).isEqualTo(17800);
        assertThat(apps.at("/status/conditions/0/reason").asText()).isEqualTo("Local");
        assertThat(apps.at("/status/conditions/0/status").asText()).isEqualTo("True");
        assertThat(http.get(SERVICES + "/v1.").json().at("/spec/version").asText())
                .isEqualTo("v1");
    }

    /** The answer's status, once it is as wanted. */
    private void status(String path, int wanted) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (http.get(path).status() != wanted) {
            assertThat(System.nanoTime()).as(path + " is " + wanted).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    @Test
    void customResourcesHaveTheirServiceWhileTheyAreEstablished() throws Exception {
        String definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        Http.Answer made = http.post(
                definitions,
                "{\"metadata\":{\"name\":\"toys.shop.example\"},\"spec\":{\"group\":\"shop.example\","
                        + "\"scope\":\"Namespaced\",\"names\":{\"plural\":\"toys\",\"kind\":\"Toy\"},\"versions\":["
                        + "{\"name\":\"v1\",\"served\":true,\"storage\":true,\"schema\":{\"openAPIV3Schema\":"
                        + "{\"type\":\"object\"}}}]}}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        status(SERVICES + "/v1.shop.example", 200);
        JsonNode service = http.get(SERVICES + "/v1.shop.example").json();
        assertThat(service.at("/spec/groupPriorityMinimum").asInt()).isEqualTo(1000);
        assertThat(service.at("/spec/versionPriority").asInt()).isEqualTo(100);
        http.delete(definitions + "/toys.shop.example", "");
        status(SERVICES + "/v1.shop.example", 404);
    }

    @Test
    void anExtensionServerIsAskedInTheUsersName() throws Exception {
        service();
        assertThat(register(bundle(authority)).status()).isEqualTo(201);
        condition(reason("Passed"));
        Http.Answer toy = http.get("/apis/ext.example.com/v1/namespaces/default/toys/a?x=y", "X-Remote-User", "root");
        assertThat(toy.status()).as(toy.text()).isEqualTo(200);
        assertThat(toy.json().path("path").asText())
                .isEqualTo("/apis/ext.example.com/v1/namespaces/default/toys/a?x=y");
        assertThat(toy.json().path("user").asText()).isEqualTo("system:anonymous");
        assertThat(toy.json().path("groups").asText()).isEqualTo("[system:unauthenticated]");
        JsonNode groups = http.get("/apis").json().path("groups");
        assertThat(groups.findValuesAsText("groupVersion")).contains("ext.example.com/v1", "metrics.k8s.io/v1beta1");
        assertThat(http.get("/apis/ext.example.com")
                        .json()
                        .at("/preferredVersion/version")
                        .asText())
                .isEqualTo("v1");
        assertThat(http.get("/apis", "Accept", V2).text())
                .contains("\"resource\":\"toys\"")
                .contains("\"subresource\":\"status\"")
                .contains("\"shortNames\":[\"ty\"]");
    }

    @Test
    void itsOpenApiIsPartOfTheIndex() throws Exception {
        service();
        register(bundle(authority));
        condition(reason("Passed"));
        String url = "/openapi/v3/apis/ext.example.com/v1?hash=7";
        assertThat(http.get("/openapi/v3").text()).contains(url);
        assertThat(http.get(url).json().path("path").asText()).isEqualTo(url);
    }

    @Test
    void whatIsMissingIsNamedUntilItIsThere() throws Exception {
        register("\"insecureSkipTLSVerify\":true");
        assertThat(condition(reason("ServiceNotFound")).path("message").asText())
                .isEqualTo("service/ext in \"default\" is not present");
        assertThat(http.get("/apis/ext.example.com/v1/toys").status()).isEqualTo(503);
        service();
        condition(reason("Passed"));
        assertThat(http.get("/apis/ext.example.com/v1/toys").status()).isEqualTo(200);
    }

    @Test
    void aServerThatTheBundleDoesNotCertifyIsNotBelieved() throws Exception {
        service();
        register(bundle(new TestAuthority("CN=others")));
        assertThat(condition(reason("FailedDiscoveryCheck")).path("status").asText())
                .isEqualTo("False");
        assertThat(http.get("/apis/ext.example.com/v1/toys").status()).isEqualTo(503);
    }

    @Test
    void theRulesOfApiServicesAreUpstreams() {
        Http.Answer answer = http.post(
                SERVICES,
                "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"group\":\"g.example\",\"version\":\"v1\","
                        + "\"groupPriorityMinimum\":20001,\"versionPriority\":0,\"insecureSkipTLSVerify\":true}}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("message").asText())
                .contains("must be `spec.version+\".\"+spec.group`: \"v1.g.example\"")
                .contains("spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000")
                .contains("spec.versionPriority: Invalid value: 0: must be positive and less than 1000")
                .contains("local APIServices may not have insecureSkipTLSVerify");
    }

    @Test
    void metricsAreServedAndEmptyWithoutKubelets() {
        assertThat(http.get("/apis/metrics.k8s.io/v1beta1")
                        .json()
                        .at("/resources/1/kind")
                        .asText())
                .isEqualTo("PodMetrics");
        http.post("/api/v1/nodes", "{\"metadata\":{\"name\":\"n1\"}}");
        Http.Answer list = http.get("/apis/metrics.k8s.io/v1beta1/nodes");
        assertThat(list.status()).as(list.text()).isEqualTo(200);
        assertThat(list.json().path("kind").asText()).isEqualTo("NodeMetricsList");
        assertThat(list.json().path("items")).isEmpty();
        assertThat(http.get("/apis/metrics.k8s.io/v1beta1/namespaces/default/pods/none")
                        .status())
                .isEqualTo(404);
        assertThat(http.post("/apis/metrics.k8s.io/v1beta1/nodes", "{}").status())
                .isEqualTo(405);
    }
}
