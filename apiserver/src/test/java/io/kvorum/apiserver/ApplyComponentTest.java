package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Server-side apply and managed fields over HTTP. */
class ApplyComponentTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
    private static final String WEB = """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
              labels:
                app: web
            spec:
              replicas: 3
              selector:
                matchLabels:
                  app: web
              template:
                metadata:
                  labels:
                    app: web
                spec:
                  containers:
                  - name: web
                    image: nginx
                    ports:
                    - containerPort: 80
            """;

    @RegisterExtension
    private final OwnApiServer server = new OwnApiServer();

    private final Http http = server.http();

    private Http.Answer apply(String path, String manager, String more, String yaml) {
        return http.send(
                "PATCH",
                path + "?fieldManager=" + manager + more,
                yaml,
                "Content-Type",
                "application/apply-patch+yaml");
    }

    private Http.Answer post(String path, String agent, String json) {
        return http.send("POST", path, json, "Content-Type", "application/json", "User-Agent", agent);
    }

    private static String map(String data) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m\"},\"data\":" + data + "}";
    }

    private static JsonNode entry(JsonNode object, String manager, String operation) {
        for (JsonNode entry : object.path("metadata").path("managedFields")) {
            if (entry.path("manager").asText().equals(manager)
                    && entry.path("operation").asText().equals(operation)) {
                return entry;
            }
        }
        return JSON.missingNode();
    }

    private static JsonNode json(String text) throws Exception {
        return JSON.readTree(text);
    }

    @Test
    void anApplyCreatesTheObjectAndOwnsWhatItSays() throws Exception {
        Http.Answer made = apply(DEPLOYMENTS + "/web", "me", "", WEB);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.json().at("/spec/replicas").asInt()).isEqualTo(3);
        assertThat(made.json().at("/spec/template/spec/restartPolicy").asText()).isEqualTo("Always");
        JsonNode entry = entry(made.json(), "me", "Apply");
        assertThat(entry.path("apiVersion").asText()).isEqualTo("apps/v1");
        assertThat(entry.path("fieldsType").asText()).isEqualTo("FieldsV1");
        assertThat(entry.path("fieldsV1")).isEqualTo(json("""
                {"f:metadata":{"f:labels":{"f:app":{}}},
                 "f:spec":{"f:replicas":{},"f:selector":{},"f:template":{
                   "f:metadata":{"f:labels":{"f:app":{}}},
                   "f:spec":{"f:containers":{"k:{\\"name\\":\\"web\\"}":{".":{},"f:image":{},"f:name":{},
                     "f:ports":{"k:{\\"containerPort\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:containerPort":{}}}}}}}}}"""));
        Http.Answer again = apply(DEPLOYMENTS + "/web", "me", "", WEB);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json()).isEqualTo(made.json());
    }

    @Test
    void aCreatedObjectNamesItsMakerByTheUserAgent() throws Exception {
        JsonNode made = post(DEPLOYMENTS, "tool/v1 (linux)", asJson(WEB)).json();
        JsonNode entry = entry(made, "tool", "Update");
        assertThat(entry.path("fieldsV1")).isEqualTo(json("""
                {"f:metadata":{"f:labels":{".":{},"f:app":{}}},
                 "f:spec":{"f:progressDeadlineSeconds":{},"f:replicas":{},"f:revisionHistoryLimit":{},"f:selector":{},
                   "f:strategy":{"f:rollingUpdate":{".":{},"f:maxSurge":{},"f:maxUnavailable":{}},"f:type":{}},
                   "f:template":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},
                     "f:spec":{"f:containers":{"k:{\\"name\\":\\"web\\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},
                         "f:name":{},"f:ports":{".":{},"k:{\\"containerPort\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},
                           "f:containerPort":{},"f:protocol":{}}},"f:resources":{},"f:terminationMessagePath":{},
                         "f:terminationMessagePolicy":{}}},
                       "f:dnsPolicy":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},
                       "f:terminationGracePeriodSeconds":{}}}}}"""));
    }

    private static String asJson(String yaml) throws Exception {
        return JSON.writeValueAsString(new org.snakeyaml.engine.v2.api.Load(
                        org.snakeyaml.engine.v2.api.LoadSettings.builder().build())
                .loadFromString(yaml));
    }

    @Test
    void anotherManagersFieldIsAConflictUnlessForced() throws Exception {
        post(MAPS, "one/1", map("{\"a\":\"1\",\"b\":\"2\"}"));
        Http.Answer refused = apply(MAPS + "/m", "two", "", map("{\"a\":\"9\"}"));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().path("reason").asText()).isEqualTo("Conflict");
        assertThat(refused.json().path("message").asText())
                .isEqualTo("Apply failed with 1 conflict: conflict with \"one\" using v1: .data.a");
        assertThat(refused.json().at("/details/causes"))
                .isEqualTo(
                        json(
                                "[{\"reason\":\"FieldManagerConflict\",\"message\":\"conflict with \\\"one\\\" using v1\",\"field\":\".data.a\"}]"));
        Http.Answer two = apply(MAPS + "/m", "two", "", map("{\"a\":\"9\",\"b\":\"8\"}"));
        assertThat(two.json().path("message").asText())
                .isEqualTo("Apply failed with 2 conflicts: conflicts with \"one\" using v1:\n- .data.a\n- .data.b");
        Http.Answer forced = apply(MAPS + "/m", "two", "&force=true", map("{\"a\":\"9\"}"));
        assertThat(forced.status()).isEqualTo(200);
        assertThat(entry(forced.json(), "two", "Apply").path("fieldsV1")).isEqualTo(json("{\"f:data\":{\"f:a\":{}}}"));
        assertThat(entry(forced.json(), "one", "Update").path("fieldsV1"))
                .isEqualTo(json("{\"f:data\":{\".\":{},\"f:b\":{}}}"));
    }

    @Test
    void whatIsNotAppliedAnyMoreGoes() throws Exception {
        apply(MAPS + "/m", "me", "", map("{\"a\":\"1\",\"b\":\"2\"}"));
        http.merge(MAPS + "/m?fieldManager=other", "{\"data\":{\"c\":\"3\"}}");
        Http.Answer less = apply(MAPS + "/m", "me", "", map("{\"a\":\"1\"}"));
        assertThat(less.json().path("data")).isEqualTo(json("{\"a\":\"1\",\"c\":\"3\"}"));
        Http.Answer none = apply(
                MAPS + "/m", "me", "", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m\"}}");
        assertThat(none.json().path("data")).isEqualTo(json("{\"c\":\"3\"}"));
        assertThat(entry(none.json(), "me", "Apply").isMissingNode()).isTrue();
    }

    @Test
    void requestsThatCannotBeAreRefusedAsUpstreamDoes() {
        assertThat(message(http.send("PATCH", MAPS + "/m", map("{}"), "Content-Type", "application/apply-patch+yaml")))
                .isEqualTo(
                        "422 PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
        assertThat(message(http.merge(MAPS + "/m?force=true", "{}")))
                .isEqualTo(
                        "422 PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch");
        assertThat(message(http.post(MAPS + "?fieldManager=" + "x".repeat(129), map("{}"))))
                .isEqualTo(
                        "422 CreateOptions.meta.k8s.io \"\" is invalid: fieldManager: Too long: may not be more than 128 bytes");
        assertThat(message(http.post(MAPS + "?fieldManager=a%00", map("{}"))))
                .isEqualTo(
                        "422 CreateOptions.meta.k8s.io \"\" is invalid: fieldManager: Invalid value: \"a\\x00\": invalid character U+0000 (at position 1)");
        assertThat(message(apply(MAPS + "/m", "me", "", "{\"kind\":\"Secret\",\"apiVersion\":\"v1\"}")))
                .isEqualTo("400 invalid object type: /v1, Kind=Secret");
        assertThat(message(
                        apply(MAPS + "/m", "me", "", map("{}").replace("{\"name\"", "{\"managedFields\":[],\"name\""))))
                .isEqualTo("400 metadata.managedFields must be nil");
        assertThat(message(apply(MAPS + "/m", "me", "", map("{}").replace("\"data\"", "\"dat\""))))
                .isEqualTo(
                        "500 failed to create typed patch object (/m; /v1, Kind=ConfigMap): .dat: field not declared in schema");
        assertThat(message(apply(MAPS + "/other", "me", "", map("{}"))))
                .isEqualTo("400 the name of the object (m) does not match the name on the URL (other)");
        assertThat(message(apply(MAPS + "/m", "me", "", map("{}").replace("{\"name\"", "{\"uid\":\"u\",\"name\""))))
                .isEqualTo(
                        "409 Operation cannot be fulfilled on configmaps \"m\": uid mismatch: the provided object specified uid u, and no existing object was found");
        assertThat(message(apply(MAPS + "/m/status", "me", "", map("{}")))).startsWith("404 ");
    }

    private static String message(Http.Answer answer) {
        return answer.status() + " " + answer.json().path("message").asText();
    }

    /** How programs say "only if it is not there". */
    @Test
    void anyResourceVersionDoesForANewObject() {
        String asNew = map("{\"a\":\"1\"}").replace("{\"name\"", "{\"resourceVersion\":\"1\",\"name\"");
        Http.Answer made = apply(MAPS + "/m", "me", "", asNew);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.json().at("/metadata/resourceVersion").asText())
                .isNotEmpty()
                .isNotEqualTo("1");
        assertThat(apply(MAPS + "/m", "me", "", asNew).status()).isEqualTo(409);
    }

    @Test
    void aStaleResourceVersionIsAConflict() {
        apply(MAPS + "/m", "me", "", map("{\"a\":\"1\"}"));
        String stale = map("{\"a\":\"2\"}").replace("{\"name\"", "{\"resourceVersion\":\"1\",\"name\"");
        assertThat(message(apply(MAPS + "/m", "me", "", stale)))
                .isEqualTo(
                        "409 Operation cannot be fulfilled on configmaps \"m\": the object has been modified; please apply your changes to the latest version and try again");
    }

    @Test
    void aDryRunLeavesNothing() {
        assertThat(apply(MAPS + "/m", "me", "&dryRun=All", map("{\"a\":\"1\"}")).status())
                .isEqualTo(201);
        assertThat(http.get(MAPS + "/m").status()).isEqualTo(404);
    }

    @Test
    void writersThatChangeNothingWriteNothing() {
        JsonNode made = post(MAPS, "one/1", map("{\"a\":\"1\"}")).json();
        JsonNode same = http.send(
                        "PUT",
                        MAPS + "/m",
                        map("{\"a\":\"1\"}"),
                        "Content-Type",
                        "application/json",
                        "User-Agent",
                        "two/1")
                .json();
        assertThat(same).isEqualTo(made);
        JsonNode applied = apply(MAPS + "/m", "one", "", map("{\"a\":\"1\"}")).json();
        assertThat(applied.at("/metadata/resourceVersion")).isNotEqualTo(made.at("/metadata/resourceVersion"));
        assertThat(apply(MAPS + "/m", "one", "", map("{\"a\":\"1\"}")).json()).isEqualTo(applied);
    }

    @Test
    void statusAndScaleHaveManagersOfTheirOwn() throws Exception {
        apply(DEPLOYMENTS + "/web", "me", "", WEB);
        JsonNode status = http.send(
                        "PATCH",
                        DEPLOYMENTS + "/web/status?fieldManager=controller",
                        "{\"status\":{\"observedGeneration\":1},\"spec\":{\"replicas\":7}}",
                        "Content-Type",
                        "application/merge-patch+json")
                .json();
        JsonNode entry = entry(status, "controller", "Update");
        assertThat(entry.path("subresource").asText()).isEqualTo("status");
        assertThat(entry.path("fieldsV1")).isEqualTo(json("{\"f:status\":{\"f:observedGeneration\":{}}}"));
        http.send(
                "PUT",
                DEPLOYMENTS + "/web/scale?fieldManager=scaler",
                "{\"kind\":\"Scale\",\"apiVersion\":\"autoscaling/v1\",\"metadata\":{\"name\":\"web\"},\"spec\":{\"replicas\":5}}",
                "Content-Type",
                "application/json");
        JsonNode scaled = http.get(DEPLOYMENTS + "/web").json();
        assertThat(scaled.at("/spec/replicas").asInt()).isEqualTo(5);
        assertThat(entry(scaled, "scaler", "Update").path("subresource").asText())
                .isEqualTo("scale");
        assertThat(entry(scaled, "scaler", "Update").path("fieldsV1"))
                .isEqualTo(json("{\"f:spec\":{\"f:replicas\":{}}}"));
        assertThat(entry(scaled, "me", "Apply")
                        .at("/fieldsV1/f:spec/f:replicas")
                        .isMissingNode())
                .isTrue();
        assertThat(message(apply(DEPLOYMENTS + "/web", "me", "", WEB)))
                .isEqualTo(
                        "409 Apply failed with 1 conflict: conflict with \"scaler\" with subresource \"scale\" using apps/v1: .spec.replicas");
        Http.Answer applied = apply(
                DEPLOYMENTS + "/web/scale",
                "me",
                "&force=true",
                "{\"kind\":\"Scale\",\"apiVersion\":\"autoscaling/v1\",\"metadata\":{\"name\":\"web\"},\"spec\":{\"replicas\":2}}");
        assertThat(applied.json().at("/spec/replicas").asInt()).isEqualTo(2);
    }

    @Test
    void anEmptyListEndsTheKeepingOfFields() throws Exception {
        ObjectNode made = (ObjectNode) post(MAPS, "one/1", map("{\"a\":\"1\"}")).json();
        for (String list : new String[] {"[]", "[{}]"}) {
            ObjectNode reset = made.deepCopy();
            ((ObjectNode) reset.path("metadata")).remove("resourceVersion");
            ((ObjectNode) reset.path("metadata")).set("managedFields", json(list));
            JsonNode after = http.put(MAPS + "/m", reset.toString()).json();
            assertThat(after.at("/metadata/managedFields").isMissingNode()).isTrue();
            JsonNode applied =
                    apply(MAPS + "/m", "me", "", map("{\"a\":\"1\"}")).json();
            assertThat(entry(applied, "before-first-apply", "Update").path("fieldsV1"))
                    .isEqualTo(json("{\"f:data\":{\".\":{},\"f:a\":{}}}"));
        }
    }

    @Test
    void managedFieldsCanBeEditedByAPatchAndNonsenseIsNotTaken() throws Exception {
        post(MAPS, "one/1", map("{\"a\":\"1\"}"));
        String entries =
                "[{\"manager\":\"kubectl\",\"operation\":\"Apply\",\"apiVersion\":\"v1\",\"time\":\"2026-01-01T00:00:00Z\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:data\":{\"f:a\":{}}}}]";
        JsonNode patched = http.send(
                        "PATCH",
                        MAPS + "/m",
                        "[{\"op\":\"replace\",\"path\":\"/metadata/managedFields\",\"value\":" + entries + "}]",
                        "Content-Type",
                        "application/json-patch+json")
                .json();
        assertThat(patched.at("/metadata/managedFields")).isEqualTo(json(entries));
        JsonNode refused = http.merge(
                        MAPS + "/m", "{\"metadata\":{\"managedFields\":[{\"manager\":\"x\",\"operation\":\"Dance\"}]}}")
                .json();
        assertThat(refused.at("/metadata/managedFields")).isEqualTo(json(entries));
        JsonNode less = apply(MAPS + "/m", "kubectl", "", map("{\"b\":\"1\"}")).json();
        assertThat(less.path("data")).isEqualTo(json("{\"b\":\"1\"}"));
    }

    @Test
    void olderUpdatesAreMerged() {
        post(MAPS, "one/1", map("{\"a\":\"1\"}"));
        JsonNode last = JSON.missingNode();
        for (int i = 0; i < 15; i++) {
            last = http.merge(MAPS + "/m?fieldManager=m" + i, "{\"data\":{\"k" + i + "\":\"v\"}}")
                    .json();
        }
        assertThat(last.at("/metadata/managedFields")).hasSize(10);
        assertThat(entry(last, "ancient-changes", "Update").path("fieldsV1").path("f:data"))
                .isNotEmpty();
    }

    @Test
    void aWatchShowsManagedFields() throws Exception {
        JsonNode made = post(MAPS, "one/1", map("{\"a\":\"1\"}")).json();
        String from = made.at("/metadata/resourceVersion").asText();
        try (Http.Watch watch = http.watch(MAPS + "?watch=true&resourceVersion=" + from)) {
            apply(MAPS + "/m", "two", "", map("{\"b\":\"2\"}"));
            JsonNode event = watch.next().path("object");
            assertThat(entry(event, "two", "Apply").path("fieldsV1")).isEqualTo(json("{\"f:data\":{\"f:b\":{}}}"));
        }
    }

    @Test
    void kubectlsOwnClientSideApplyIsNoConflictForItsServerSideApply() throws Exception {
        String last =
                "{\\\"apiVersion\\\":\\\"v1\\\",\\\"kind\\\":\\\"ConfigMap\\\",\\\"metadata\\\":{\\\"name\\\":\\\"m\\\"},\\\"data\\\":{\\\"a\\\":\\\"1\\\"}}";
        post(
                MAPS + "?fieldManager=kubectl-client-side-apply",
                "x/1",
                map("{\"a\":\"1\"}")
                        .replace(
                                "{\"name\"",
                                "{\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":\"" + last
                                        + "\"},\"name\""));
        assertThat(apply(MAPS + "/m", "somebody", "", map("{\"a\":\"2\"}")).status())
                .isEqualTo(409);
        Http.Answer applied = apply(MAPS + "/m", "kubectl", "", map("{\"a\":\"2\"}"));
        assertThat(applied.status()).as(applied.text()).isEqualTo(200);
        assertThat(applied.json()
                        .at("/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration")
                        .asText())
                .isEqualTo(
                        "{\"apiVersion\":\"v1\",\"data\":{\"a\":\"2\"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m\"}}\n");
    }

    @Test
    void fieldsGivenTwiceAreToldOrRefused() {
        String twice =
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m\"},\"data\":{\"a\":\"1\",\"a\":\"2\"}}";
        assertThat(apply(MAPS + "/m", "me", "&fieldValidation=Strict", twice).status())
                .isEqualTo(400);
        Http.Answer warned = apply(MAPS + "/m", "me", "", twice);
        assertThat(warned.status()).isEqualTo(201);
        assertThat(warned.headers().allValues("Warning")).isNotEmpty();
    }
}
