package io.kvorum.apiserver;

import static io.kvorum.apiserver.ConfigMaps.configMap;
import static io.kvorum.apiserver.Http.created;
import static io.kvorum.apiserver.Http.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectJson;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Admission webhooks over HTTPS; each test has a namespace and configurations of its own, and paths under its name. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WebhookComponentTest {
    private static final String GROUP = "/apis/admissionregistration.k8s.io/v1/";
    private static final String VALIDATING = GROUP + "validatingwebhookconfigurations";
    private static final String MUTATING = GROUP + "mutatingwebhookconfigurations";

    @TempDir
    static Path folder;

    private static Vertx vertx;
    private static HttpServer webhook;
    private static TestApiServer server;
    private static Http http;
    private static String bundle;

    /** What the webhook at a path answers to a request, as the {@code response}; and what it was asked. */
    private static final Map<String, Function<JsonNode, String>> ANSWERS = new ConcurrentHashMap<>();

    private static final Map<String, List<JsonNode>> ASKED = new ConcurrentHashMap<>();

    @BeforeAll
    static void start() throws Exception {
        TestAuthority authority = new TestAuthority("CN=webhooks");
        ApiServerConfig.Tls tls = authority.serving(folder);
        bundle = Base64.getEncoder().encodeToString(Files.readAllBytes(tls.clientCa()));
        vertx = Vertx.vertx();
        webhook = vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .setCertPath(folder.resolve("server.crt").toString())
                                .setKeyPath(folder.resolve("server.key").toString())))
                .requestHandler(request -> request.body().onSuccess(body -> {
                    String answer = answer(request.path(), ObjectJson.parse(body.getBytes()));
                    if (!answer.isEmpty()) {
                        request.response()
                                .putHeader("Content-Type", "application/json")
                                .end(Buffer.buffer(answer));
                    }
                }))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        server = TestApiServer.start(0);
        http = new Http(server);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    /** Empty: no answer ever comes. */
    private static String answer(String path, ObjectNode review) {
        ASKED.computeIfAbsent(path, key -> new CopyOnWriteArrayList<>()).add(review.deepCopy());
        String said = Objects.requireNonNull(ANSWERS.get(path)).apply(review.path("request"));
        if (said.isEmpty()) {
            return "";
        }
        ObjectNode response = ObjectJson.parse(said.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        response.set("uid", review.at("/request/uid"));
        review.remove("request");
        review.set("response", response);
        return review.toString();
    }

    private static String patch(String operations) {
        String json = operations.replace('\'', '"');
        return "{'allowed':true,'patchType':'JSONPatch','patch':'"
                + Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8)) + "'}";
    }

    private static List<JsonNode> asked(String path) {
        return ASKED.getOrDefault(path, List.of());
    }

    /** A webhook about ConfigMaps; what is in {@code more} comes on top. */
    private static String hook(String name, String path, String more) {
        ObjectNode hook = ObjectJson.parse(("{'name':'" + name
                        + "','sideEffects':'None','admissionReviewVersions':['v1'],"
                        + "'clientConfig':{'url':'https://127.0.0.1:" + webhook.actualPort() + path + "','caBundle':'"
                        + bundle + "'},'namespaceSelector':{'matchLabels':{'hooks':'"
                        + path.substring(1).replaceAll("[-/].*", "") + "'}},"
                        + "'rules':[{'apiGroups':[''],'apiVersions':['v1'],'operations':['CREATE','UPDATE'],"
                        + "'resources':['configmaps']}]}")
                .replace('\'', '"')
                .getBytes(StandardCharsets.UTF_8));
        hook.setAll(ObjectJson.parse(
                ("{" + more + "}").replace('\'', '"').replace('`', '\'').getBytes(StandardCharsets.UTF_8)));
        return hook.toString();
    }

    private static void configured(String configurations, String name, String... hooks) {
        created(http.post(
                configurations,
                "{\"metadata\":{\"name\":\"" + name + "\"},\"webhooks\":[" + String.join(",", hooks) + "]}"));
    }

    /** The path of the ConfigMaps of a new namespace that has its name as the label {@code hooks}. */
    private static String namespace(String name) {
        created(http.post(
                "/api/v1/namespaces",
                "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{\"hooks\":\"" + name + "\"}}}"));
        return "/api/v1/namespaces/" + name + "/configmaps";
    }

    @Test
    void aDenialIsTheAnswerWithTheStatusTheWebhookGives() {
        String path = namespace("denied");
        ANSWERS.put(
                "/denied",
                request -> request.at("/object/data/colour").asText().equals("red")
                        ? "{'allowed':false,'warnings':['red again'],'status':{'code':403,'reason':'Forbidden',"
                                + "'message':'no red'}}"
                        : request.at("/object/data/colour").asText().equals("grey")
                                ? "{'allowed':false}"
                                : "{'allowed':true,'warnings':['mind the gap']}");
        configured(VALIDATING, "denied", hook("denied.example.com", "/denied", ""));
        Http.Answer allowed = created(http.post(path, configMap("a", "blue")));
        assertThat(allowed.headers().firstValue("Warning").orElse("")).isEqualTo("299 - \"mind the gap\"");
        Http.Answer refused = http.post(path, configMap("b", "red"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().path("reason").asText()).isEqualTo("Forbidden");
        assertThat(refused.headers().firstValue("Warning").orElse("")).isEqualTo("299 - \"red again\"");
        assertThat(message(refused)).isEqualTo("admission webhook \"denied.example.com\" denied the request: no red");
        Http.Answer mute = http.merge(path + "/a", "{\"data\":{\"colour\":\"grey\"}}");
        assertThat(mute.status()).isEqualTo(400);
        assertThat(mute.json().has("reason")).isFalse();
        assertThat(message(mute))
                .isEqualTo("admission webhook \"denied.example.com\" denied the request without explanation");
        created(http.post("/api/v1/namespaces/default/configmaps", configMap("denied", "red")));
    }

    @Test
    void whatComesOfAskingIsCounted() {
        String path = namespace("counted");
        ANSWERS.put(
                "/counted",
                request -> request.at("/object/data/colour").asText().equals("red")
                        ? "{'allowed':false,'status':{'code':403}}"
                        : request.at("/object/data/colour").asText().equals("odd")
                                ? "{'allowed':false,'status':{'code':700}}"
                                : "{'allowed':true}");
        String condition = "'matchConditions':[{'name':'c','expression':'object.data.colour != `out`'}]";
        configured(VALIDATING, "counted", hook("counted.example.com", "/counted", condition));
        String nowhere = "'clientConfig':{'url':'https://127.0.0.1:1/x'}";
        configured(
                MUTATING, "counted", hook("away.example.com", "/counted/away", "'failurePolicy':'Ignore'," + nowhere));
        created(http.post(path, configMap("a", "blue")));
        created(http.post(path, configMap("b", "out")));
        assertThat(http.post(path, configMap("c", "red")).status()).isEqualTo(403);
        assertThat(http.post(path, configMap("d", "odd")).status()).isEqualTo(700);
        String[] create = {"name=counted.example.com", "type=validating", "operation=CREATE"};
        Samples samples = Samples.of(http);
        String requests = "apiserver_admission_webhook_request_total";
        assertThat(samples.of(requests, with(create, "code=200", "rejected=false")))
                .isEqualTo(1);
        assertThat(samples.of(requests, with(create, "code=403", "rejected=true")))
                .isEqualTo(1);
        assertThat(samples.of(requests, with(create, "code=600", "rejected=true")))
                .isEqualTo(1);
        String rejections = "apiserver_admission_webhook_rejection_count";
        assertThat(samples.of(rejections, with(create, "error_type=no_error", "rejection_code=403")))
                .isEqualTo(1);
        String durations = "apiserver_admission_webhook_admission_duration_seconds_";
        assertThat(samples.of(durations + "count", with(create, "rejected=true")))
                .isEqualTo(2);
        assertThat(samples.of(durations + "bucket", with(create, "rejected=true", "le=25")))
                .isEqualTo(2);
        // What the webhooks took is not the server's own time.
        String sum = "apiserver_request_%sduration_seconds_sum";
        String[] posts = {
            "verb=POST",
            "group=",
            "version=v1",
            "resource=configmaps",
            "subresource=",
            "scope=resource",
            "component=apiserver"
        };
        assertThat(samples.of(String.format(sum, "sli_"), posts))
                .isPositive()
                .isLessThan(samples.of(String.format(sum, ""), with(posts, "dry_run=")));
        String conditions = "apiserver_admission_match_condition_";
        assertThat(samples.of(conditions + "exclusions_total", with(create, "kind=webhook")))
                .isEqualTo(1);
        assertThat(samples.of(conditions + "evaluation_seconds_count", with(create, "kind=webhook")))
                .isEqualTo(4);
        // Whoever is passed over has rejected nothing.
        assertThat(samples.of("apiserver_admission_webhook_fail_open_count", "name=away.example.com", "type=admit"))
                .isEqualTo(4);
        assertThat(samples.of(
                        requests,
                        "name=away.example.com",
                        "type=admit",
                        "operation=CREATE",
                        "code=503",
                        "rejected=false"))
                .isEqualTo(4);
        String strict = namespace("refused");
        configured(VALIDATING, "refused", hook("refused.example.com", "/refused", nowhere));
        assertThat(http.post(strict, configMap("a", "blue")).status()).isEqualTo(500);
        assertThat(Samples.of(http)
                        .of(
                                rejections,
                                "name=refused.example.com",
                                "type=validating",
                                "operation=CREATE",
                                "error_type=calling_webhook_error",
                                "rejection_code=503"))
                .isEqualTo(1);
    }

    private static String[] with(String[] labels, String... more) {
        return Stream.concat(Arrays.stream(labels), Arrays.stream(more)).toArray(String[]::new);
    }

    @Test
    void aWebhookIsToldWhoDoesWhat() {
        String path = namespace("told");
        ANSWERS.put("/told", request -> "{'allowed':true}");
        configured(
                VALIDATING,
                "told",
                hook(
                        "told.example.com",
                        "/told",
                        "'rules':[{'apiGroups':['*'],'apiVersions':['*'],'operations':['*'],'resources':['*/*']}]"));
        created(http.post(path, configMap("a", "blue")));
        http.merge(path + "/a", "{\"data\":{\"colour\":\"red\"}}");
        assertThat(http.delete(path + "/a?dryRun=All", "").status()).isEqualTo(200);
        List<JsonNode> reviews = asked("/told").stream()
                .filter(review ->
                        review.at("/request/resource/resource").asText().equals("configmaps")
                                && review.at("/request/name").asText().equals("a"))
                .toList();
        assertThat(reviews).hasSize(3);
        JsonNode creation = reviews.get(0);
        assertThat(creation.path("apiVersion").asText()).isEqualTo("admission.k8s.io/v1");
        assertThat(creation.at("/request/operation").asText()).isEqualTo("CREATE");
        assertThat(creation.at("/request/namespace").asText()).isEqualTo("told");
        assertThat(creation.at("/request/kind").toString())
                .isEqualTo("{\"group\":\"\",\"version\":\"v1\",\"kind\":\"ConfigMap\"}");
        assertThat(creation.at("/request/userInfo/username").asText()).isNotEmpty();
        assertThat(creation.at("/request/oldObject").isNull()).isTrue();
        assertThat(creation.at("/request/object/kind").asText()).isEqualTo("ConfigMap");
        JsonNode update = reviews.get(1);
        assertThat(update.at("/request/oldObject/data/colour").asText()).isEqualTo("blue");
        assertThat(update.at("/request/object/data/colour").asText()).isEqualTo("red");
        JsonNode deletion = reviews.get(2);
        assertThat(deletion.at("/request/operation").asText()).isEqualTo("DELETE");
        assertThat(deletion.at("/request/object").isNull()).isTrue();
        assertThat(deletion.at("/request/oldObject/data/colour").asText()).isEqualTo("red");
        assertThat(deletion.at("/request/dryRun").asBoolean()).isTrue();
    }

    @Test
    void patchesAreAppliedInOrderAndTheResultIsValidated() {
        String path = namespace("patched");
        ANSWERS.put("/patched/1", request -> patch("[{'op':'add','path':'/data/one','value':'1'}]"));
        ANSWERS.put(
                "/patched/2",
                request -> patch("[{'op':'add','path':'/data/two','value':'"
                        + (request.at("/object/data/one").asText()) + "2'}]"));
        ANSWERS.put("/patched/3", request -> patch("[{'op':'add','path':'/data/bad key','value':'x'}]"));
        // The name decides, not the time of creation.
        configured(MUTATING, "patched-b", hook("second.example.com", "/patched/2", ""));
        configured(MUTATING, "patched-a", hook("first.example.com", "/patched/1", ""));
        JsonNode made = created(http.post(path, configMap("a", "blue"))).json();
        assertThat(made.at("/data/two").asText()).isEqualTo("12");
        assertThat(made.at("/metadata/uid").asText()).isNotEmpty();
        configured(MUTATING, "patched-c", hook("third.example.com", "/patched/3", ""));
        Http.Answer refused = http.post(path, configMap("b", "blue"));
        assertThat(refused.status()).as(refused.text()).isEqualTo(422);
        assertThat(message(refused)).contains("data[bad key]");
    }

    @Test
    void whoeverWantsItSeesLaterChanges() {
        String path = namespace("again");
        ANSWERS.put(
                "/again/1",
                request -> request.at("/object/data").has("late")
                        ? patch("[{'op':'add','path':'/data/seen','value':'yes'}]")
                        : "{'allowed':true}");
        ANSWERS.put(
                "/again/2",
                request -> request.at("/object/data").has("late")
                        ? "{'allowed':true}"
                        : patch("[{'op':'add','path':'/data/late','value':'yes'}]"));
        configured(
                MUTATING,
                "again",
                hook("one.example.com", "/again/1", "'reinvocationPolicy':'IfNeeded'"),
                hook("two.example.com", "/again/2", ""));
        JsonNode made = created(http.post(path, configMap("a", "blue"))).json();
        assertThat(made.at("/data/seen").asText()).isEqualTo("yes");
        assertThat(asked("/again/1")).hasSize(2);
        assertThat(asked("/again/2")).hasSize(1);
    }

    @Test
    void aWebhookThatCannotBeAskedRefusesUnlessThatIsIgnored() {
        String strict = namespace("strict");
        String lax = namespace("lax");
        String url = "'clientConfig':{'url':'https://127.0.0.1:1/x'}";
        configured(VALIDATING, "strict", hook("strict.example.com", "/strict", url));
        configured(VALIDATING, "lax", hook("lax.example.com", "/lax", "'failurePolicy':'Ignore'," + url));
        Http.Answer refused = http.post(strict, configMap("a", "blue"));
        assertThat(refused.status()).isEqualTo(500);
        assertThat(refused.json().path("reason").asText()).isEqualTo("InternalError");
        assertThat(message(refused))
                .isEqualTo("Internal error occurred: failed calling webhook \"strict.example.com\": failed to call"
                        + " webhook: Post \"https://127.0.0.1:1/x?timeout=10s\": dial tcp 127.0.0.1:1: connect:"
                        + " connection refused");
        created(http.post(lax, configMap("a", "blue")));
    }

    @Test
    void aWebhookHasItsTimeAndMustBeCertified() {
        String path = namespace("slow");
        ANSWERS.put("/slow", request -> "");
        configured(VALIDATING, "slow", hook("slow.example.com", "/slow", "'timeoutSeconds':1"));
        assertThat(message(http.post(path, configMap("a", "blue"))))
                .endsWith("/slow?timeout=1s\": context deadline exceeded");
        String stranger = namespace("stranger");
        configured(
                VALIDATING,
                "stranger",
                hook(
                        "stranger.example.com",
                        "/stranger",
                        "'clientConfig':{'url':'https://127.0.0.1:" + webhook.actualPort() + "/stranger'}"));
        assertThat(message(http.post(stranger, configMap("a", "blue"))))
                .endsWith("tls: failed to verify certificate: x509: certificate signed by unknown authority");
        assertThat(asked("/stranger")).isEmpty();
    }

    @Test
    void aServiceThatIsNotThereIsNamed() {
        String path = namespace("nowhere");
        configured(
                MUTATING,
                "nowhere",
                hook(
                        "nowhere.example.com",
                        "/nowhere",
                        "'clientConfig':{'service':{'namespace':'nowhere','name':'hooks','path':'/x'}}"));
        assertThat(message(http.post(path, configMap("a", "blue"))))
                .endsWith("failed to call webhook: Post \"https://hooks.nowhere.svc:443/x?timeout=10s\": service"
                        + " \"hooks\" not found");
    }

    @Test
    void selectorsAndConditionsSayWhoIsConcerned() {
        String path = namespace("chosen");
        ANSWERS.put("/chosen/labels", request -> "{'allowed':false}");
        ANSWERS.put("/chosen/condition", request -> "{'allowed':false}");
        configured(
                VALIDATING,
                "chosen",
                hook("labels.example.com", "/chosen/labels", "'objectSelector':{'matchLabels':{'on':'yes'}}"),
                hook(
                        "condition.example.com",
                        "/chosen/condition",
                        "'matchConditions':[{'name':'red','expression':'object.data.colour == `red` &&"
                                + " request.userInfo.username != ``'}]"));
        created(http.post(path, configMap("a", "blue")));
        assertThat(message(http.post(path, configMap("b", "red")))).contains("condition.example.com");
        assertThat(message(http.merge(path + "/a", "{\"metadata\":{\"labels\":{\"on\":\"yes\"}}}")))
                .contains("labels.example.com");
    }

    @Test
    void aConditionThatFailsRefuses() {
        String path = namespace("unsure");
        configured(
                VALIDATING,
                "unsure",
                hook(
                        "unsure.example.com",
                        "/unsure",
                        "'matchConditions':[{'name':'x','expression':'object.data.absent == `x`'}]"));
        Http.Answer refused = http.post(path, configMap("a", "blue"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(message(refused)).contains("no such key: absent");
    }

    @Test
    void aDryRunIsToldToBeOne() {
        String path = namespace("rehearsed");
        ANSWERS.put("/rehearsed", request -> "{'allowed':true}");
        configured(VALIDATING, "rehearsed", hook("rehearsed.example.com", "/rehearsed", ""));
        created(http.post(path + "?dryRun=All", configMap("a", "blue")));
        assertThat(asked("/rehearsed").get(0).at("/request/dryRun").asBoolean()).isTrue();
    }

    @Test
    void theVersionTheRulesNameIsShown() {
        String namespace = "versioned";
        namespace(namespace);
        ANSWERS.put(
                "/versioned",
                request -> patch("[{'op':'replace','path':'/spec/targetCPUUtilizationPercentage','value':70}]"));
        configured(
                MUTATING,
                "versioned",
                hook(
                        "versioned.example.com",
                        "/versioned",
                        "'rules':[{'apiGroups':['autoscaling'],'apiVersions':['v1'],'operations':['CREATE'],"
                                + "'resources':['horizontalpodautoscalers']}]"));
        JsonNode made = created(
                        http.post(
                                "/apis/autoscaling/v2/namespaces/versioned/horizontalpodautoscalers",
                                "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"maxReplicas\":3,\"scaleTargetRef\":{\"kind\":\"Deployment\","
                                        + "\"name\":\"web\",\"apiVersion\":\"apps/v1\"},\"metrics\":[{\"type\":\"Resource\",\"resource\":"
                                        + "{\"name\":\"cpu\",\"target\":{\"type\":\"Utilization\",\"averageUtilization\":50}}}]}}"))
                .json();
        assertThat(made.path("apiVersion").asText()).isEqualTo("autoscaling/v2");
        assertThat(made.at("/spec/metrics/0/resource/target/averageUtilization").asInt())
                .isEqualTo(70);
        JsonNode request = asked("/versioned").get(0).path("request");
        assertThat(request.at("/kind/version").asText()).isEqualTo("v1");
        assertThat(request.at("/requestKind/version").asText()).isEqualTo("v2");
        assertThat(request.at("/object/apiVersion").asText()).isEqualTo("autoscaling/v1");
    }

    @Test
    void aDeletionCanBeDenied() {
        String path = namespace("kept");
        ANSWERS.put(
                "/kept",
                request -> request.at("/oldObject/data/colour").asText().equals("gold")
                        ? "{'allowed':false,'status':{'message':'gold is kept'}}"
                        : "{'allowed':true}");
        configured(
                VALIDATING,
                "kept",
                hook(
                        "kept.example.com",
                        "/kept",
                        "'rules':[{'apiGroups':[''],'apiVersions':['v1'],'operations':['DELETE'],'resources':['configmaps']}]"));
        created(http.post(path, configMap("a", "gold")));
        created(http.post(path, configMap("b", "tin")));
        assertThat(message(http.delete(path + "/a", ""))).endsWith("denied the request: gold is kept");
        assertThat(http.delete(path + "/b", "").status()).isEqualTo(200);
        assertThat(http.get(path + "/a").status()).isEqualTo(200);
        assertThat(http.delete(path + "/none", "").status()).isEqualTo(404);
    }

    @Test
    void whatIsDoneToPodsIsShownToo() {
        String ns = namespace("actions").replace("/configmaps", "");
        ANSWERS.put(
                "/actions",
                request -> request.path("operation").asText().equals("CONNECT")
                        ? "{'allowed':false,'status':{'message':'nobody comes in'}}"
                        : "{'allowed':true}");
        configured(
                VALIDATING,
                "actions",
                hook(
                        "actions.example.com",
                        "/actions",
                        "'rules':[{'apiGroups':[''],'apiVersions':['v1'],'operations':['*'],"
                                + "'resources':['pods/exec','pods/eviction','pods/binding','services/proxy']}]"));
        created(http.post(
                ns + "/pods",
                "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}"));
        assertThat(asked("/actions")).isEmpty();
        created(http.post(
                ns + "/pods/p/binding",
                "{\"metadata\":{\"name\":\"p\"},\"target\":{\"kind\":\"Node\",\"name\":\"n\"}}"));
        assertThat(message(http.post(ns + "/pods/p/exec?command=ls&command=-l&stdout=1&container=c", "")))
                .isEqualTo("admission webhook \"actions.example.com\" denied the request: nobody comes in");
        assertThat(http.get(ns + "/services/s:80/proxy/a/b").status()).isEqualTo(400);
        created(http.post(ns + "/pods/p/eviction", "{\"metadata\":{\"name\":\"p\"}}"));
        List<JsonNode> asked =
                asked("/actions").stream().map(review -> review.path("request")).toList();
        assertThat(asked)
                .extracting(
                        request -> request.path("operation").asText(),
                        request -> request.path("subResource").asText(),
                        request -> request.at("/kind/kind").asText(),
                        request -> request.at("/object/kind").asText())
                .containsExactly(
                        tuple("CREATE", "binding", "Binding", "Binding"),
                        tuple("CONNECT", "exec", "PodExecOptions", "PodExecOptions"),
                        tuple("CONNECT", "proxy", "ServiceProxyOptions", "ServiceProxyOptions"),
                        tuple("CREATE", "eviction", "Eviction", "Eviction"));
        assertThat(asked.get(1).path("object"))
                .hasToString("{\"kind\":\"PodExecOptions\",\"stdout\":true,"
                        + "\"container\":\"c\",\"command\":[\"ls\",\"-l\"],\"apiVersion\":\"v1\"}");
        assertThat(asked.get(2).at("/object/path").asText()).isEqualTo("a/b");
    }

    @Test
    void aScaleIsShownAsAScaleAndMayBeChanged() {
        String ns = namespace("scales").replace("/api/v1", "/apis/apps/v1").replace("/configmaps", "");
        ANSWERS.put(
                "/scales",
                request -> request.at("/object/spec/replicas").asInt() > 5
                        ? patch("[{'op':'replace','path':'/spec/replicas','value':5}]")
                        : "{'allowed':true,'warnings':['seen']}");
        configured(
                MUTATING,
                "scales",
                hook(
                        "scales.example.com",
                        "/scales",
                        "'rules':[{'apiGroups':['apps'],'apiVersions':['v1'],'operations':['*'],"
                                + "'resources':['deployments/scale']}]"));
        created(http.post(ns + "/deployments", """
            {"metadata":{"name":"d"},"spec":{"replicas":1,"selector":{"matchLabels":{"a":"b"}},"template":{
            "metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}\
            """));
        Http.Answer scaled = http.merge(ns + "/deployments/d/scale?fieldManager=me", "{\"spec\":{\"replicas\":9}}");
        assertThat(scaled.json().at("/spec/replicas").asInt()).isEqualTo(5);
        assertThat(http.get(ns + "/deployments/d").json().at("/spec/replicas").asInt())
                .isEqualTo(5);
        Http.Answer again = http.merge(ns + "/deployments/d/scale", "{\"spec\":{\"replicas\":2}}");
        assertThat(again.headers().firstValue("Warning").orElse("")).isEqualTo("299 - \"seen\"");
        assertThat(http.merge(ns + "/deployments/d", "{\"spec\":{\"replicas\":3}}")
                        .status())
                .isEqualTo(200);
        List<JsonNode> asked =
                asked("/scales").stream().map(review -> review.path("request")).toList();
        assertThat(asked)
                .extracting(
                        request -> request.at("/kind/group").asText() + " "
                                + request.at("/kind/kind").asText(),
                        request -> request.path("subResource").asText(),
                        request -> request.at("/object/kind").asText(),
                        request -> request.at("/oldObject/spec/replicas").asInt(),
                        request -> request.at("/options").toString())
                .containsExactly(
                        tuple(
                                "autoscaling Scale",
                                "scale",
                                "Scale",
                                1,
                                "{\"kind\":\"UpdateOptions\",\"apiVersion\":\"meta.k8s.io/v1\",\"fieldManager\":\"me\"}"),
                        tuple(
                                "autoscaling Scale",
                                "scale",
                                "Scale",
                                5,
                                "{\"kind\":\"UpdateOptions\",\"apiVersion\":\"meta.k8s.io/v1\"}"));
    }

    @Test
    void theOptionsOfADeletionAreShown() {
        String maps = namespace("options");
        ANSWERS.put("/options", request -> "{'allowed':true}");
        configured(
                VALIDATING,
                "options",
                hook(
                        "options.example.com",
                        "/options",
                        "'rules':[{'apiGroups':[''],'apiVersions':['v1'],'operations':['DELETE'],"
                                + "'resources':['configmaps']}]"));
        created(http.post(maps, "{\"metadata\":{\"name\":\"m\"}}"));
        http.delete(maps + "/m", "{\"gracePeriodSeconds\":7,\"propagationPolicy\":\"Background\"}");
        assertThat(asked("/options"))
                .extracting(review -> review.at("/request/options").toString())
                .containsExactly("{\"kind\":\"DeleteOptions\",\"apiVersion\":\"meta.k8s.io/v1\","
                        + "\"gracePeriodSeconds\":7,\"propagationPolicy\":\"Background\"}");
    }

    /** A definition of ores with two versions that are alike; back when it is served. */
    private static void defineOres() throws Exception {
        String definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        String schema = """
            "served":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"data":{"type":"object",
            "properties":{"one":{"type":"string"},"two":{"type":"string"},"three":{"type":"string","default":"3"}}}}}}}
            """;
        created(http.post(definitions, """
            {"metadata":{"name":"ores.mine.example.com"},"spec":{"group":"mine.example.com","scope":"Namespaced",
            "names":{"plural":"ores","kind":"Ore"},"versions":[{"name":"v1","storage":true,\
            """ + schema + ",{\"name\":\"v2\",\"storage\":false," + schema + "]}}"));
        try (Http.Watch watch = http.watch(definitions + "?watch=1&timeoutSeconds=20")) {
            JsonNode event = watch.next();
            while (!event.toString().contains("the initial names have been accepted")) {
                assertThat(event.isMissingNode()).isFalse();
                event = watch.next();
            }
        }
    }

    @Test
    void whatAPatchMakesOfACustomResourceIsPrunedAndDefaultedInTheVersionTheRulesName() throws Exception {
        defineOres();
        namespace("mined");
        String rules = "'rules':[{'apiGroups':['mine.example.com'],'apiVersions':['v1'],'operations':['*'],"
                + "'resources':['ores']}]";
        ANSWERS.put(
                "/mined/1",
                request -> patch("[{'op':'add','path':'/data/two','value':'2'},"
                        + "{'op':'add','path':'/data/four','value':'4'},{'op':'remove','path':'/data/three'}]"));
        ANSWERS.put("/mined/2", request -> "{'allowed':false}");
        configured(
                MUTATING,
                "mined",
                hook("equivalent.example.com", "/mined/1", rules),
                hook("exact.example.com", "/mined/2", "'matchPolicy':'Exact'," + rules));
        String path = "/apis/mine.example.com/%s/namespaces/mined/ores";
        String ore = "{\"apiVersion\":\"mine.example.com/%s\",\"kind\":\"Ore\",\"metadata\":{\"name\":\"a\"},"
                + "\"data\":{\"one\":\"1\"}}";
        JsonNode made =
                created(http.post(path.formatted("v2"), ore.formatted("v2"))).json();
        assertThat(made.path("apiVersion").asText()).isEqualTo("mine.example.com/v2");
        assertThat(made.path("data").toString()).isEqualTo("{\"one\":\"1\",\"two\":\"2\",\"three\":\"3\"}");
        JsonNode request = asked("/mined/1").get(0).path("request");
        assertThat(request.at("/object/apiVersion").asText()).isEqualTo("mine.example.com/v1");
        assertThat(request.at("/requestResource/version").asText()).isEqualTo("v2");
        Http.Answer refused = http.post(path.formatted("v1"), ore.formatted("v1"));
        assertThat(message(refused)).contains("exact.example.com");
    }

    @Test
    void theOldReviewIsSpokenWhenItIsListedFirst() {
        String path = namespace("old");
        ANSWERS.put("/old", request -> "{'allowed':true}");
        configured(VALIDATING, "old", hook("old.example.com", "/old", "'admissionReviewVersions':['v1beta1','v1']"));
        created(http.post(path, configMap("a", "blue")));
        assertThat(asked("/old").get(0).path("apiVersion").asText()).isEqualTo("admission.k8s.io/v1beta1");
    }

    @Test
    void webhooksCannotForbidToChangeWebhooks() {
        configured(
                VALIDATING,
                "everything",
                hook(
                        "everything.example.com",
                        "/everything",
                        "'clientConfig':{'url':'https://127.0.0.1:1/'},'namespaceSelector':{},'rules':[{'apiGroups':["
                                + "'admissionregistration.k8s.io'],'apiVersions':['*'],'operations':['*'],'resources':['*']}]"));
        assertThat(http.delete(VALIDATING + "/everything", "").status()).isEqualTo(200);
    }

    @Test
    void whatIsWrongWithAConfigurationIsNamed() {
        Http.Answer refused = http.post(
                VALIDATING,
                "{\"metadata\":{\"name\":\"wrong\"},\"webhooks\":["
                        + hook(
                                "wrong.example.com",
                                "/wrong",
                                "'matchConditions':[{'name':'x','expression':'object.data =='}]")
                        + "]}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(message(refused))
                .contains("webhooks[0].matchConditions[0].expression: Invalid value: \"object.data ==\":"
                        + " compilation failed");
        assertThat(Tree.items(refused.json(), "details", "causes")).hasSize(1);
    }
}
