package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apiserver.ApiServerConfig.AuthorizationMode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code /metrics} tells of requests, in the form in which kube-apiserver tells it. */
class MetricsComponentTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String REQUESTS = "apiserver_request_total";
    private static final String DURATIONS = "apiserver_request_duration_seconds_count";
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static TestApiServer server;

    @SuppressWarnings("NullAway.Init")
    private static Http http;

    @SuppressWarnings("NullAway.Init")
    private static Http nobody;

    @BeforeAll
    static void start() throws Exception {
        TestAuthority authority = new TestAuthority("CN=ours");
        server = TestApiServer.start(
                0, authority.serving(folder), TestApiServer.auth(true, AuthorizationMode.ALWAYS_ALLOW));
        nobody = new Http(server, authority.client(null));
        http = new Http(server, authority.client(authority.issue("O=system:masters,CN=root")));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    private static String map(String name) {
        return "{\"metadata\":{\"name\":\"" + name + "\"}}";
    }

    /** One of upstream's, as its list of metrics has it. */
    record Metric(String name, String type, Set<String> labels, List<String> bounds) {}

    static List<Metric> metrics() {
        var lines = new BufferedReader(new InputStreamReader(
                        Objects.requireNonNull(MetricsComponentTest.class.getResourceAsStream("metrics.tsv")),
                        StandardCharsets.UTF_8))
                .lines();
        return lines.skip(1)
                .map(line -> line.split("\t", -1))
                .map(f -> new Metric(
                        f[0],
                        f[1],
                        words(f[2]).collect(Collectors.toCollection(TreeSet::new)),
                        words(f[3]).toList()))
                .toList();
    }

    private static Stream<String> words(String text) {
        return Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty());
    }

    private static Set<String> labels(String line) {
        return LABEL.matcher(line)
                .results()
                .map(label -> label.group(1))
                .filter(label -> !label.equals("le"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @MethodSource("metrics")
    void hasUpstreamsForm(Metric metric) throws Exception {
        http.get("/readyz");
        http.get("/api/v1/namespaces/default/endpoints");
        http.post(MAPS, map("form"));
        try (var watch = http.watch(MAPS + "?watch=1")) {
            watch.next();
            List<String> lines = Samples.of(http).text().lines().toList();
            assertThat(lines).contains("# TYPE " + metric.name + " " + metric.type);
            assertThat(lines).anyMatch(line -> line.matches("# HELP " + metric.name + " \\w.*\\."));
            List<String> samples = lines.stream()
                    .filter(line -> line.matches(metric.name + "(_bucket|_count|_sum)?[{ ].*"))
                    .toList();
            assertThat(samples)
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(labels(line)).isEqualTo(metric.labels));
            List<String> bounds = samples.stream()
                    .filter(line -> line.startsWith(metric.name + "_bucket"))
                    .flatMap(line -> LABEL.matcher(line).results())
                    .filter(label ->
                            label.group(1).equals("le") && !label.group(2).equals("+Inf"))
                    .map(label -> label.group(2))
                    .distinct()
                    .toList();
            assertThat(bounds).isEqualTo(metric.bounds);
        }
    }

    @Test
    void requestsAreToldApartAsUpstreamDoes() {
        http.post(MAPS, map("a"));
        http.post(MAPS + "?dryRun=All", map("b"));
        http.post(MAPS, map("a"));
        http.get(MAPS + "/a");
        http.get(MAPS);
        http.get("/api/v1/configmaps");
        http.send("PATCH", MAPS + "/a", "{}", "Content-Type", "application/merge-patch+json");
        http.send(
                "PATCH",
                MAPS + "/c?fieldManager=me",
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"}}",
                "Content-Type",
                "application/apply-patch+yaml");
        http.delete(MAPS + "/a", "");
        http.delete(MAPS + "?labelSelector=no=body", "");
        http.get("/apis/nobody.example.com/v1/things");
        http.send("BREW", MAPS, "");
        http.get("/livez");
        Samples samples = Samples.of(http);
        // Other tests make ConfigMaps, too.
        assertThat(samples.of(REQUESTS, of("POST", "resource", "code=201", "dry_run=")))
                .isGreaterThanOrEqualTo(1);
        assertThat(samples.of(REQUESTS, of("POST", "resource", "code=409", "dry_run=")))
                .isGreaterThanOrEqualTo(1);
        for (String once : List.of(
                "POST resource code=201 dry_run=All",
                "GET resource code=200 dry_run=",
                "LIST namespace code=200 dry_run=",
                "LIST cluster code=200 dry_run=",
                "PATCH resource code=200 dry_run=",
                "APPLY resource code=201 dry_run=",
                "DELETE resource code=200 dry_run=",
                "DELETE namespace code=200 dry_run=")) {
            String[] words = once.split(" ");
            assertThat(samples.of(REQUESTS, of(words[0], words[1], words[2], words[3])))
                    .as(once)
                    .isEqualTo(1);
        }
        assertThat(samples.of(DURATIONS, of("PATCH", "resource", "dry_run="))).isEqualTo(1);
        assertThat(samples.text().lines().filter(line -> line.startsWith(REQUESTS)))
                .as("what nobody serves makes no meters of its own")
                .noneMatch(line -> line.contains("nobody.example.com") || line.contains("things"))
                .anyMatch(line -> line.contains("code=\"405\"") && line.contains("verb=\"other\""))
                .anyMatch(line -> line.contains("subresource=\"/livez\"") && line.contains("component=\"\""));
    }

    /** @param more beside what is the same for all requests for ConfigMaps */
    private static String[] of(String verb, String scope, String... more) {
        return Stream.concat(
                        Stream.of(
                                "verb=" + verb,
                                "scope=" + scope,
                                "component=apiserver",
                                "group=",
                                "version=v1",
                                "resource=configmaps",
                                "subresource="),
                        Arrays.stream(more))
                .toArray(String[]::new);
    }

    /** Else whoever may not even do anything could make as many meters as he has names. */
    @Test
    void whatIsRefusedMakesNoMetersOfItsOwn() {
        String[] wrong = {"Authorization", "Bearer of-nobody"};
        for (String path : List.of(
                "/apis/refused.example.com/v1/things",
                "/api/v1/namespaces/default/refusedthings/x",
                "/api/v1/namespaces/default/pods/x/refusedpart")) {
            assertThat(nobody.get(path, wrong).status()).isEqualTo(401);
        }
        assertThat(nobody.get("/api/v1/namespaces/default/pods", wrong).status())
                .isEqualTo(401);
        assertThat(Samples.of(http).text().lines())
                .noneMatch(line -> line.contains("refused.example.com")
                        || line.contains("refusedthings")
                        || line.contains("refusedpart"))
                .anyMatch(line -> line.startsWith(REQUESTS + "{code=\"401\"") && line.contains("resource=\"pods\""));
    }

    /** As upstream counts it: when it is over, for as long as it lasted. */
    @Test
    void aWatchCountsAsOpenAndThenForAllItsTime() throws Exception {
        String secrets = "/api/v1/namespaces/default/secrets";
        String[] open = {
            "verb=WATCH",
            "scope=namespace",
            "component=apiserver",
            "group=",
            "version=v1",
            "resource=secrets",
            "subresource="
        };
        String[] over =
                Stream.concat(Arrays.stream(open), Stream.of("dry_run=")).toArray(String[]::new);
        try (var watch = http.watch(secrets + "?watch=1&timeoutSeconds=1")) {
            http.post(secrets, map("seen"));
            assertThat(watch.next().path("type").asText()).isEqualTo("ADDED");
            Samples samples = Samples.of(http);
            assertThat(samples.of("apiserver_longrunning_requests", open)).isEqualTo(1);
            assertThat(samples.of(DURATIONS, over)).isZero();
            assertThat(samples.of("apiserver_watch_events_total", "group=", "version=v1", "kind=Secret"))
                    .isEqualTo(1);
            watch.rest();
        }
        Samples samples = Samples.of(http);
        assertThat(samples.of("apiserver_longrunning_requests", open)).isZero();
        assertThat(samples.of(DURATIONS, over)).isEqualTo(1);
        assertThat(samples.of("apiserver_request_duration_seconds_sum", over)).isGreaterThan(.9);
    }

    @Test
    void countsWhatThereIs() {
        http.post("/api/v1/namespaces/default/serviceaccounts", map("counted"));
        http.get("/livez");
        Samples samples = Samples.of(http);
        assertThat(samples.of("apiserver_storage_objects", "resource=serviceaccounts"))
                .isGreaterThanOrEqualTo(1);
        assertThat(samples.of("apiserver_resource_objects", "group=", "resource=namespaces"))
                .isEqualTo(samples.of("apiserver_storage_objects", "resource=namespaces"))
                .isGreaterThanOrEqualTo(4);
        assertThat(samples.of("etcd_requests_total", "operation=create", "group=", "resource=serviceaccounts"))
                .isGreaterThanOrEqualTo(1);
        assertThat(samples.of("kubernetes_healthcheck", "name=ping", "type=livez"))
                .isEqualTo(1);
    }

    @Test
    void rulesOfCustomResourcesAreTimed() throws Exception {
        String compiled = "apiserver_cel_compilation_duration_seconds_count";
        String evaluated = "apiserver_cel_evaluation_duration_seconds_count";
        Samples before = Samples.of(http);
        Http.Answer defined = http.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", """
                {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
                "metadata":{"name":"gauges.meters.example.com"},
                "spec":{"group":"meters.example.com","scope":"Namespaced",
                "names":{"plural":"gauges","singular":"gauge","kind":"Gauge"},
                "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object",
                "properties":{"spec":{"type":"object","properties":{"n":{"type":"integer"}},
                "x-kubernetes-validations":[{"rule":"self.n < 5"}]}}}}}]}}""");
        assertThat(defined.status()).as(defined.text()).isEqualTo(201);
        try (var watch = http.watch("/apis/apiextensions.k8s.io/v1/customresourcedefinitions?watch=1&timeoutSeconds=20"
                + "&fieldSelector=metadata.name=gauges.meters.example.com")) {
            while (!watch.next().toString().contains("\"Established\"")) {
                // Not served yet.
            }
        }
        Samples made = Samples.of(http);
        assertThat(made.of(compiled)).isEqualTo(before.of(compiled) + 1);
        assertThat(made.of(evaluated)).isEqualTo(before.of(evaluated));
        String gauges = "/apis/meters.example.com/v1/namespaces/default/gauges";
        assertThat(http.post(gauges, gauge("few", 1)).status()).isEqualTo(201);
        assertThat(http.post(gauges, gauge("many", 9)).status()).isEqualTo(422);
        Samples after = Samples.of(http);
        assertThat(after.of(compiled)).isEqualTo(made.of(compiled) + 1);
        assertThat(after.of(evaluated)).isEqualTo(made.of(evaluated) + 2);
    }

    private static String gauge(String name, int n) {
        return "{\"apiVersion\":\"meters.example.com/v1\",\"kind\":\"Gauge\",\"metadata\":{\"name\":\"" + name
                + "\"},\"spec\":{\"n\":" + n + "}}";
    }

    @Test
    void aHandshakeThatFailsIsCounted() throws Exception {
        double before = Samples.of(http).of("apiserver_tls_handshake_errors_total");
        try (Socket plain = new Socket("127.0.0.1", server.port())) {
            plain.setSoTimeout((int) Duration.ofSeconds(10).toMillis());
            plain.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            // To its end: the server has given it up by then.
            plain.getInputStream().readAllBytes();
        }
        assertThat(Samples.of(http).of("apiserver_tls_handshake_errors_total")).isEqualTo(before + 1);
    }
}
