package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kubernetes.client.proto.V1;
import io.kubernetes.client.proto.V1Authorization;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Answers as clients' {@code Accept} headers want them, protobuf read by the official messages. */
class EncodingsComponentTest {
    private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";

    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer();

    private static final Http http = server.http();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static <T> HttpResponse<T> send(
            String method, String path, String body, String accept, HttpResponse.BodyHandler<T> handler)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.get().port() + path))
                .timeout(Duration.ofSeconds(20))
                .header("Accept", accept)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, handler);
    }

    private static HttpResponse<byte[]> get(String path, String accept) throws Exception {
        return send("GET", path, "", accept, HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String type(HttpResponse<?> response) {
        return response.headers().firstValue("Content-Type").orElse("");
    }

    private static Unknown envelope(byte[] body) throws IOException {
        assertThat(body).startsWith('k', '8', 's', 0);
        return Unknown.parseFrom(ByteString.copyFrom(body, 4, body.length - 4));
    }

    private static <M extends Message> M read(byte[] body, String kind, Parser<M> parser) throws IOException {
        Unknown envelope = envelope(body);
        assertThat(envelope.getTypeMeta().getKind()).isEqualTo(kind);
        return parser.parseFrom(envelope.getRaw());
    }

    private static void create(String name) {
        http.post(
                MAPS,
                "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{\"set\":\"" + name.replaceAll("-.*", "")
                        + "\"}},\"data\":{\"a\":\"1\"}}");
    }

    @Test
    void anObjectIsReadAsProtobuf() throws Exception {
        create("get-one");
        HttpResponse<byte[]> answer = get(MAPS + "/get-one", PROTOBUF + ",application/json");

        assertThat(type(answer)).isEqualTo(PROTOBUF);
        V1.ConfigMap map = read(answer.body(), "ConfigMap", V1.ConfigMap.parser());
        assertThat(map.getDataOrThrow("a")).isEqualTo("1");
        assertThat(map.getMetadata().getResourceVersion()).isNotEmpty();
        assertThat(map.getMetadata().getUid()).hasSize(36);
    }

    @Test
    void aCreatedObjectIsAnsweredAsProtobuf() throws Exception {
        HttpResponse<byte[]> answer = send(
                "POST", MAPS, "{\"metadata\":{\"name\":\"made\"}}", PROTOBUF, HttpResponse.BodyHandlers.ofByteArray());

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(read(answer.body(), "ConfigMap", V1.ConfigMap.parser())
                        .getMetadata()
                        .getName())
                .isEqualTo("made");
    }

    @Test
    void aPageOfAListIsReadAsProtobuf() throws Exception {
        create("page-1");
        create("page-2");
        HttpResponse<byte[]> answer = get(MAPS + "?labelSelector=set%3Dpage&limit=1", PROTOBUF);

        V1.ConfigMapList list = read(answer.body(), "ConfigMapList", V1.ConfigMapList.parser());
        assertThat(list.getItemsList())
                .singleElement()
                .matches(item -> item.getMetadata().getName().equals("page-1"));
        assertThat(list.getMetadata().getContinue()).isNotEmpty();
        HttpResponse<byte[]> rest = get(
                MAPS + "?labelSelector=set%3Dpage&limit=1&continue="
                        + list.getMetadata().getContinue(),
                PROTOBUF);
        assertThat(read(rest.body(), "ConfigMapList", V1.ConfigMapList.parser()).getItemsList())
                .singleElement()
                .matches(item -> item.getMetadata().getName().equals("page-2"));
    }

    @Test
    void aFailureIsAStatusInProtobuf() throws Exception {
        HttpResponse<byte[]> answer = get(MAPS + "/nobody", PROTOBUF + ", */*");

        assertThat(answer.statusCode()).isEqualTo(404);
        Meta.Status status = read(answer.body(), "Status", Meta.Status.parser());
        assertThat(status.getReason()).isEqualTo("NotFound");
        assertThat(status.getCode()).isEqualTo(404);
        assertThat(status.getDetails().getName()).isEqualTo("nobody");
    }

    @Test
    void aReviewIsAnsweredAsProtobuf() throws Exception {
        HttpResponse<byte[]> answer = send(
                "POST",
                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                "{\"spec\":{\"resourceAttributes\":{\"verb\":\"get\",\"resource\":\"pods\"}}}",
                PROTOBUF,
                HttpResponse.BodyHandlers.ofByteArray());

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(read(answer.body(), "SelfSubjectAccessReview", V1Authorization.SelfSubjectAccessReview.parser())
                        .getStatus()
                        .getAllowed())
                .isTrue();
    }

    /** The frames of a watch until its time is over. */
    private static List<Meta.WatchEvent> frames(HttpResponse<InputStream> answer) throws IOException {
        List<Meta.WatchEvent> events = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(answer.body())) {
            for (int first = in.read(); first >= 0; first = in.read()) {
                int length = first << 24 | in.readUnsignedShort() << 8 | in.readUnsignedByte();
                events.add(Meta.WatchEvent.parseFrom(in.readNBytes(length)));
            }
        }
        return events;
    }

    private static String name(Meta.WatchEvent event) throws IOException {
        byte[] object = event.getObject().getRaw().toByteArray();
        return event.getType() + " "
                + read(object, "ConfigMap", V1.ConfigMap.parser()).getMetadata().getName();
    }

    @Test
    void aWatchHasFramesOfProtobuf() throws Exception {
        create("watched-1");
        HttpResponse<InputStream> answer = send(
                "GET",
                MAPS + "?watch=1&labelSelector=set%3Dwatched&sendInitialEvents=true&allowWatchBookmarks=true"
                        + "&resourceVersionMatch=NotOlderThan&timeoutSeconds=2",
                "",
                PROTOBUF + ",application/json",
                HttpResponse.BodyHandlers.ofInputStream());
        assertThat(type(answer)).isEqualTo(PROTOBUF + ";stream=watch");
        create("watched-2");
        http.merge(MAPS + "/watched-1", "{\"data\":{\"a\":\"2\"}}");
        http.delete(MAPS + "/watched-2", "");

        List<Meta.WatchEvent> events = frames(answer);

        assertThat(name(events.get(0))).isEqualTo("ADDED watched-1");
        assertThat(events.get(1).getType()).isEqualTo("BOOKMARK");
        V1.ConfigMap mark = read(events.get(1).getObject().getRaw().toByteArray(), "ConfigMap", V1.ConfigMap.parser());
        assertThat(mark.getMetadata().getAnnotationsOrThrow("k8s.io/initial-events-end"))
                .isEqualTo("true");
        assertThat(name(events.get(2))).isEqualTo("ADDED watched-2");
        assertThat(name(events.get(3))).isEqualTo("MODIFIED watched-1");
        assertThat(name(events.get(4))).isEqualTo("DELETED watched-2");
        assertThat(events.get(5).getType()).isEqualTo("BOOKMARK");
    }

    @Test
    void metadataAloneIsReadAsProtobuf() throws Exception {
        create("partial-1");
        String as = PROTOBUF + ";as=%s;g=meta.k8s.io;v=v1";
        HttpResponse<byte[]> one = get(MAPS + "/partial-1", as.formatted("PartialObjectMetadata"));
        Unknown envelope = envelope(one.body());
        assertThat(envelope.getTypeMeta().getApiVersion()).isEqualTo("meta.k8s.io/v1");
        assertThat(envelope.getTypeMeta().getKind()).isEqualTo("PartialObjectMetadata");
        // The first field is the metadata, as in every object.
        V1.ConfigMap seen = V1.ConfigMap.parseFrom(envelope.getRaw());
        assertThat(seen.getMetadata().getName()).isEqualTo("partial-1");
        assertThat(seen.getDataCount()).isZero();

        HttpResponse<byte[]> list =
                get(MAPS + "?labelSelector=set%3Dpartial", as.formatted("PartialObjectMetadataList"));
        assertThat(read(list.body(), "PartialObjectMetadataList", V1.ConfigMapList.parser())
                        .getItemsList())
                .singleElement()
                .matches(item -> item.getMetadata().getName().equals("partial-1") && item.getDataCount() == 0);
    }

    @Test
    void whatHasNoMessageIsAnsweredAsJsonOrNotAtAll() throws Exception {
        http.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", """
                {"metadata":{"name":"things.example.org"},"spec":{"group":"example.org","scope":"Cluster",
                "names":{"plural":"things","singular":"thing","kind":"Thing","listKind":"ThingList"},
                "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}
                """);
        String things = "/apis/example.org/v1/things";
        HttpResponse<byte[]> answer = get(things, PROTOBUF + ",application/json");
        assertThat(answer.statusCode()).as(new String(answer.body())).isEqualTo(200);
        assertThat(type(answer)).isEqualTo("application/json");
        HttpResponse<byte[]> none = get(things, PROTOBUF);
        assertThat(none.statusCode()).isEqualTo(406);
    }

    @Test
    void theClientsPreferencesDecide() throws Exception {
        create("prefer-1");
        String path = MAPS + "/prefer-1";
        assertThat(type(get(path, "application/json;q=0.5," + PROTOBUF + ";q=0.9")))
                .isEqualTo(PROTOBUF);
        assertThat(type(get(path, "*/*," + PROTOBUF))).isEqualTo(PROTOBUF);
        assertThat(type(get(path, PROTOBUF + ";q=0,application/json"))).isEqualTo("application/json");
        assertThat(type(get(path, PROTOBUF + ";as=Table;g=meta.k8s.io;v=v1,application/json")))
                .isEqualTo("application/json");
        HttpResponse<byte[]> refused = get(path, "image/png");
        assertThat(refused.statusCode()).isEqualTo(406);
        assertThat(new String(refused.body()))
                .contains("only the following media types are accepted: application/json, application/yaml, "
                        + "application/vnd.kubernetes.protobuf");
    }

    @Test
    void tablesHaveTheVersionAskedFor() {
        create("table-1");
        assertThat(http.get(MAPS, "Accept", "application/json;as=Table;g=meta.k8s.io;v=v1beta1")
                        .json()
                        .path("apiVersion")
                        .asText())
                .isEqualTo("meta.k8s.io/v1beta1");
    }

    @Test
    void anObjectIsReadAsYaml() throws Exception {
        http.post(MAPS, """
                {"metadata":{"name":"yaml-1"},"data":{"a":"yes","b":"12","c":"two\\nlines\\n","d":"plain words","e":""}}
                """);
        HttpResponse<byte[]> answer = get(MAPS + "/yaml-1", "application/yaml");

        assertThat(type(answer)).isEqualTo("application/yaml");
        assertThat(new String(answer.body())).startsWith("""
                        apiVersion: v1
                        data:
                          a: "yes"
                          b: "12"
                          c: |
                            two
                            lines
                          d: plain words
                          e: ""
                        kind: ConfigMap
                        metadata:
                        """);
        assertThat(get(MAPS + "?watch=1", "application/yaml").statusCode()).isEqualTo(406);
    }

    @Test
    void anAnswerIsIndentedForPeople() {
        create("pretty-1");
        assertThat(http.get(MAPS + "/pretty-1?pretty=true").text())
                .startsWith("{\n  \"kind\": \"ConfigMap\",\n  \"apiVersion\": \"v1\",\n  \"metadata\": {\n    \"");
        assertThat(http.get(MAPS + "/pretty-1", "User-Agent", "curl/8.5.0").text())
                .startsWith("{\n  \"kind\"");
        assertThat(http.get(MAPS + "/pretty-1?pretty=false", "User-Agent", "curl/8.5.0")
                        .text())
                .startsWith("{\"kind\"");
        assertThat(http.get(MAPS + "?labelSelector=none&pretty=1").text()).endsWith("\"items\": []\n}");
    }
}
