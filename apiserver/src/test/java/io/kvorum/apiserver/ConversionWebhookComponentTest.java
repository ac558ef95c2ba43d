package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectJson;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A definition whose versions are converted by a webhook over HTTPS: v1 has {@code hostPort}, v2 {@code host} and {@code port}. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ConversionWebhookComponentTest {
    private static final String DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private static final String PATH = "/apis/stable.example.com/%s/namespaces/default/points";

    @TempDir
    Path folder;

    private Vertx vertx;
    private HttpServer webhook;
    private TestApiServer server;
    private Http http;
    private String bundle;

    /** What the webhook waits for before it answers. */
    private volatile Future<Void> gate = Future.succeededFuture();

    /** What happens while the webhook is asked. */
    private volatile Runnable meanwhile = () -> {};

    @BeforeEach
    void start() throws Exception {
        TestAuthority authority = new TestAuthority("CN=webhooks");
        ApiServerConfig.Tls tls = authority.serving(folder);
        bundle = Base64.getEncoder().encodeToString(Files.readAllBytes(tls.clientCa()));
        vertx = Vertx.vertx();
        webhook = vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .setCertPath(folder.resolve("server.crt").toString())
                                .setKeyPath(folder.resolve("server.key").toString())))
                .requestHandler(request -> request.body()
                        .compose(body -> vertx.executeBlocking(() -> {
                            meanwhile.run();
                            return body;
                        }))
                        .compose(body -> gate.map(open -> body))
                        .onSuccess(body -> request.response()
                                .putHeader("Content-Type", "application/json")
                                .end(Buffer.buffer(ObjectJson.encode(answer(ObjectJson.parse(body.getBytes())))))))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        server = TestApiServer.start(0);
        http = new Http(server);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static ObjectNode answer(ObjectNode review) {
        ObjectNode response = Tree.newObject();
        response.set("uid", review.at("/request/uid"));
        response.putObject("result").put("status", "Success");
        String wanted = review.at("/request/desiredAPIVersion").asText();
        var converted = response.putArray("convertedObjects");
        for (ObjectNode object : Tree.objects(review, "request", "objects")) {
            object.put("apiVersion", wanted);
            if (wanted.endsWith("/v1")) {
                object.put(
                        "hostPort",
                        object.path("host").asText() + ":" + object.path("port").asText());
                object.remove("host");
                object.remove("port");
            } else {
                String[] parts = object.path("hostPort").asText().split(":");
                if (parts.length < 2) {
                    response.putObject("result").put("status", "Failed").put("message", "no port in hostPort");
                    continue;
                }
                object.put("host", parts[0]).put("port", parts[1]);
                object.remove("hostPort");
            }
            converted.add(object);
        }
        review.remove("request");
        review.set("response", response);
        return review;
    }

    private void define() throws Exception {
        String definition =
                """
                {"metadata":{"name":"points.stable.example.com"},"spec":{"group":"stable.example.com","scope":"Namespaced",
                 "names":{"plural":"points","kind":"Point"},
                 "conversion":{"strategy":"Webhook","webhook":{"conversionReviewVersions":["v1"],
                  "clientConfig":{"url":"https://127.0.0.1:PORT/convert","caBundle":"BUNDLE"}}},
                 "versions":[
                  {"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object",
                   "properties":{"hostPort":{"type":"string"}}}},"selectableFields":[{"jsonPath":".hostPort"}]},
                  {"name":"v2","served":true,"storage":false,"schema":{"openAPIV3Schema":{"type":"object",
                   "properties":{"host":{"type":"string"},"port":{"type":"string"}}}},
                   "selectableFields":[{"jsonPath":".host"},{"jsonPath":".port"}]}]}}""".replace("PORT", Integer.toString(webhook.actualPort())).replace("BUNDLE", bundle);
        Http.Answer made = http.post(DEFINITIONS, definition);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        try (Http.Watch watch = http.watch(DEFINITIONS + "?watch=1&timeoutSeconds=20")) {
            JsonNode event = watch.next();
            while (!event.toString().contains("the initial names have been accepted")) {
                assertThat(event.isMissingNode()).isFalse();
                event = watch.next();
            }
        }
    }

    private static String v2(String name, String host) {
        return "{\"apiVersion\":\"stable.example.com/v2\",\"kind\":\"Point\",\"metadata\":{\"name\":\"" + name
                + "\"},\"host\":\"" + host + "\",\"port\":\"80\"}";
    }

    @Test
    void whatIsWrittenInOneVersionIsReadInTheOther() throws Exception {
        define();
        String first = PATH.formatted("v1");
        String second = PATH.formatted("v2");
        Http.Answer made = http.post(second, v2("one", "a"));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.json().path("host").asText()).isEqualTo("a");
        assertThat(http.get(first + "/one").json().path("hostPort").asText()).isEqualTo("a:80");
        assertThat(http.get(second).json().at("/items/0/host").asText()).isEqualTo("a");
        Http.Answer patched = http.merge(second + "/one", "{\"host\":\"b\"}");
        assertThat(patched.json().path("host").asText()).as(patched.text()).isEqualTo("b");
        assertThat(http.get(first + "/one").json().path("hostPort").asText()).isEqualTo("b:80");
    }

    @Test
    void aWatchConvertsInOrder() throws Exception {
        define();
        String second = PATH.formatted("v2");
        http.post(second, v2("one", "a"));
        try (Http.Watch watch = http.watch(second + "?watch=1&timeoutSeconds=20")) {
            assertThat(watch.next().at("/object/host").asText()).isEqualTo("a");
            http.merge(second + "/one", "{\"host\":\"b\"}");
            http.merge(second + "/one", "{\"host\":\"c\"}");
            http.delete(second + "/one", "");
            assertThat(watch.next().at("/object/host").asText()).isEqualTo("b");
            assertThat(watch.next().at("/object/host").asText()).isEqualTo("c");
            JsonNode deleted = watch.next();
            assertThat(deleted.path("type").asText()).isEqualTo("DELETED");
            assertThat(deleted.at("/object/apiVersion").asText()).isEqualTo("stable.example.com/v2");
        }
    }

    private static String v1(String name) {
        return "{\"apiVersion\":\"stable.example.com/v1\",\"kind\":\"Point\",\"metadata\":{\"name\":\"" + name
                + "\"},\"hostPort\":\"" + name + ":80\"}";
    }

    private static long version(JsonNode object) {
        return object.path("metadata").path("resourceVersion").asLong();
    }

    private static String name(JsonNode event) {
        return event.at("/object/metadata/name").asText();
    }

    /** A bookmark says that all up to it has been sent: what the webhook still holds has not. */
    @Test
    void aBookmarkDoesNotOvertakeWhatTheWebhookHolds() throws Exception {
        define();
        String second = PATH.formatted("v2");
        long before = version(http.get(second).json());
        Promise<Void> held = Promise.promise();
        gate = held.future();
        long made;
        List<JsonNode> events;
        try (Http.Watch watch =
                http.watch(second + "?watch=1&allowWatchBookmarks=true&timeoutSeconds=2&resourceVersion=" + before)) {
            made = version(http.post(PATH.formatted("v1"), v1("one")).json());
            events = watch.rest();
        }
        held.complete();
        assertThat(events)
                .allSatisfy(event -> assertThat(version(event.path("object")))
                        .as(event.toString())
                        .isLessThan(made));
        long resumed = events.isEmpty()
                ? before
                : version(events.get(events.size() - 1).path("object"));
        try (Http.Watch watch = http.watch(second + "?watch=1&timeoutSeconds=20&resourceVersion=" + resumed)) {
            assertThat(name(watch.next())).isEqualTo("one");
        }
    }

    /** While objects change as fast as the webhook is asked, a watch still begins with one state. */
    @Test
    void aWatchThatBeginsWithTheStateShowsOneStateAndThenEveryChange() throws Exception {
        define();
        int changes = 12;
        http.post(PATH.formatted("v1"), v1("p0"));
        AtomicInteger made = new AtomicInteger();
        meanwhile = () -> {
            int number = made.incrementAndGet();
            if (number <= changes) {
                http.post(PATH.formatted("v1"), v1("p" + number));
            }
        };
        List<String> names = new ArrayList<>();
        try (Http.Watch watch = http.watch(PATH.formatted("v2")
                + "?watch=1&timeoutSeconds=20&allowWatchBookmarks=true&sendInitialEvents=true"
                + "&resourceVersionMatch=NotOlderThan")) {
            long state = 0;
            while (names.size() <= changes) {
                JsonNode event = watch.next();
                if (event.path("type").asText().equals("BOOKMARK")) {
                    state = version(event.path("object"));
                    assertThat(names).containsExactly("p0");
                    continue;
                }
                assertThat(event.path("type").asText()).as(event.toString()).isEqualTo("ADDED");
                assertThat(state == 0 || version(event.path("object")) > state).isTrue();
                names.add(name(event));
            }
        }
        assertThat(names)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(0, changes).mapToObj(i -> "p" + i).toList());
    }

    /** The webhook is asked about what there was, whatever comes while it thinks. */
    @Test
    void aListShowsTheStateOfItsVersionThoughObjectsChangeAtTheWebhook() throws Exception {
        define();
        String first = PATH.formatted("v1");
        http.post(first, v1("one"));
        http.post(first, v1("two"));
        AtomicInteger asked = new AtomicInteger();
        meanwhile = () -> {
            if (asked.incrementAndGet() == 1) {
                http.merge(first + "/one", "{\"hostPort\":\"changed:80\"}");
                http.delete(first + "/two", "");
                http.post(first, v1("three"));
            }
        };
        JsonNode list = http.get(PATH.formatted("v2")).json();
        assertThat(asked).hasValue(1);
        assertThat(list.path("items").findValuesAsText("host")).containsExactly("one", "two");
        long listed = version(list);
        assertThat(list.path("items"))
                .allSatisfy(item -> assertThat(version(item)).isLessThanOrEqualTo(listed));
        JsonNode then = http.get(PATH.formatted("v2") + "?resourceVersionMatch=Exact&resourceVersion=" + listed)
                .json();
        assertThat(then.path("items")).isEqualTo(list.path("items"));
        assertThat(http.get(PATH.formatted("v2")).json().path("items").findValuesAsText("host"))
                .containsExactly("changed", "three");
    }

    private static List<String> names(Http.Answer list) {
        assertThat(list.status()).as(list.text()).isEqualTo(200);
        return list.json().path("items").findValuesAsText("name");
    }

    /** Selectors are about the version that is asked for, whatever is stored; a list in pages has whole pages. */
    @Test
    void fieldsAreSelectedInTheVersionAskedFor() throws Exception {
        define();
        String second = PATH.formatted("v2");
        for (String name : List.of("one", "two", "three")) {
            http.post(second, v2(name, name.equals("two") ? "b" : "a"));
        }
        assertThat(names(http.get(second + "?fieldSelector=host%3Da"))).containsExactly("one", "three");
        assertThat(names(http.get(second + "?fieldSelector=host%3Da,port!%3D80")))
                .isEmpty();
        assertThat(names(http.get(PATH.formatted("v1") + "?fieldSelector=hostPort%3Db:80")))
                .containsExactly("two");
        Http.Answer page = http.get(second + "?fieldSelector=host%3Da&limit=1");
        assertThat(names(page)).containsExactly("one");
        http.merge(second + "/one", "{\"port\":\"81\"}");
        String token = page.json().at("/metadata/continue").asText();
        assertThat(names(http.get(second + "?fieldSelector=host%3Da&limit=1&continue=" + token)))
                .containsExactly("three");
        assertThat(names(http.get(second + "?fieldSelector=host%3Da&resourceVersionMatch=Exact&resourceVersion="
                        + version(page.json()))))
                .containsExactly("one", "three");
        assertThat(http.delete(second + "?fieldSelector=port%3D81", "").status())
                .isEqualTo(200);
        assertThat(names(http.get(second))).containsExactly("three", "two");
    }

    @Test
    void aWatchOfFieldsFollowsThemInTheVersionAskedFor() throws Exception {
        define();
        String second = PATH.formatted("v2");
        http.post(second, v2("one", "a"));
        http.post(second, v2("two", "b"));
        try (Http.Watch watch = http.watch(second + "?watch=1&timeoutSeconds=20&fieldSelector=host%3Da")) {
            assertThat(told(watch.next())).isEqualTo("ADDED one a");
            http.merge(second + "/two", "{\"port\":\"81\"}");
            http.merge(second + "/two", "{\"host\":\"a\"}");
            assertThat(told(watch.next())).isEqualTo("ADDED two a");
            http.merge(second + "/one", "{\"port\":\"82\"}");
            assertThat(told(watch.next())).isEqualTo("MODIFIED one a");
            long left = version(http.merge(second + "/one", "{\"host\":\"c\"}").json());
            JsonNode gone = watch.next();
            assertThat(told(gone)).isEqualTo("DELETED one a");
            assertThat(version(gone.path("object"))).isEqualTo(left);
            http.delete(second + "/one", "");
            http.delete(second + "/two", "");
            assertThat(told(watch.next())).isEqualTo("DELETED two a");
        }
    }

    private static String told(JsonNode event) {
        return event.path("type").asText() + " " + name(event) + " "
                + event.at("/object/host").asText();
    }

    @Test
    void aRefusalOfTheWebhookIsTheAnswer() throws Exception {
        define();
        http.post(
                PATH.formatted("v1"),
                "{\"apiVersion\":\"stable.example.com/v1\",\"kind\":\"Point\",\"metadata\":{\"name\":\"bad\"},"
                        + "\"hostPort\":\"nowhere\"}");
        Http.Answer refused = http.get(PATH.formatted("v2") + "/bad");
        assertThat(refused.status()).isEqualTo(500);
        assertThat(refused.json().path("message").asText())
                .isEqualTo("conversion webhook for stable.example.com/v1, Kind=Point failed: no port in hostPort");
        assertThat(http.get(PATH.formatted("v2") + "?watch=1&timeoutSeconds=5").status())
                .isEqualTo(500);
    }
}
