package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** CustomResourceDefinitions and their objects over HTTP. Each test has a group of its own. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CustomResourcesComponentTest {
    private static final String DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private static final String SPEC = """
            {"type":"object","properties":{"spec":{"type":"object","required":["cronSpec"],"properties":{
              "cronSpec":{"type":"string","minLength":3},"image":{"type":"string","default":"busybox"},
              "replicas":{"type":"integer","minimum":1,"maximum":10},"mode":{"type":"string","enum":["fast","slow"]},
              "note":{"type":"string","nullable":true},"port":{"x-kubernetes-int-or-string":true},
              "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
              "tags":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}}}},
             "status":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}""";

    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer();

    private static final Http http = server.http();

    private static String version(String name, boolean storage, String schema) {
        return "{\"name\":\"" + name + "\",\"served\":true,\"storage\":" + storage
                + ",\"subresources\":{\"status\":{},\"scale\":{\"specReplicasPath\":\".spec.replicas\","
                + "\"statusReplicasPath\":\".status.replicas\"}},\"selectableFields\":[{\"jsonPath\":\".spec.image\"}],"
                + "\"additionalPrinterColumns\":[{\"name\":\"Spec\",\"type\":\"string\",\"jsonPath\":\".spec.cronSpec\"},"
                + "{\"name\":\"Ready\",\"type\":\"string\",\"priority\":1,"
                + "\"jsonPath\":\".status.conditions[?(@.type==\\\"Ready\\\")].status\"}],"
                + "\"schema\":{\"openAPIV3Schema\":" + schema + "}}";
    }

    private static String definition(String group, String versions) {
        return "{\"metadata\":{\"name\":\"crontabs." + group + "\"},\"spec\":{\"group\":\"" + group
                + "\",\"scope\":\"Namespaced\",\"names\":{\"plural\":\"crontabs\",\"kind\":\"CronTab\","
                + "\"shortNames\":[\"ct\"]},\"versions\":[" + versions + "]}}";
    }

    /** Makes the definition and answers the path of its objects, once they are served. */
    private static String established(String group, String versions) throws Exception {
        Http.Answer made = http.post(DEFINITIONS, definition(group, versions));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        try (Http.Watch watch =
                http.watch(DEFINITIONS + "?watch=1&timeoutSeconds=20&fieldSelector=metadata.name=crontabs." + group)) {
            JsonNode event = watch.next();
            while (!condition(event.path("object"), "Established").equals("True")) {
                assertThat(event.isMissingNode())
                        .as("the definition is not established")
                        .isFalse();
                event = watch.next();
            }
        }
        return "/apis/" + group + "/v1/namespaces/default/crontabs";
    }

    private static String condition(JsonNode definition, String type) {
        for (JsonNode one : definition.path("status").path("conditions")) {
            if (one.path("type").asText().equals(type)) {
                return one.path("status").asText();
            }
        }
        return "";
    }

    private static String cronTab(String group, String name, String spec) {
        return "{\"apiVersion\":\"" + group + "/v1\",\"kind\":\"CronTab\",\"metadata\":{\"name\":\"" + name
                + "\"},\"spec\":" + spec + "}";
    }

    /** As clients of a definition's own types send them: in the version of these types. */
    @Test
    void deleteOptionsMayBeOfTheVersionOfTheDefinition() throws Exception {
        String group = "options.example.com";
        String path = established(group, version("v1", true, SPEC));
        for (String version : new String[] {group + "/v1", "meta.k8s.io/v1", "v1"}) {
            Http.Answer made = http.post(path, cronTab(group, "a", "{\"cronSpec\":\"* * *\"}"));
            assertThat(made.status()).as(made.text()).isEqualTo(201);
            String options =
                    "{\"apiVersion\":\"" + version + "\",\"kind\":\"DeleteOptions\"," + "\"preconditions\":{\"uid\":\""
                            + made.json().at("/metadata/uid").asText() + "\"}}";
            Http.Answer deleted = http.delete(path + "/a", options);
            assertThat(deleted.status()).as(deleted.text()).isEqualTo(200);
        }
        String options = "{\"apiVersion\":\"" + group + "/v1\",\"kind\":\"DeleteOptions\"}";
        assertThat(http.delete(path, options).status()).isEqualTo(200);
    }

    @Test
    void aConversionByNobodyKnownIsNotServed() throws Exception {
        String group = "bundle.example.com";
        String conversion =
                ",\"conversion\":{\"strategy\":\"Webhook\",\"webhook\":{\"conversionReviewVersions\":[\"v1\"],"
                        + "\"clientConfig\":{\"url\":\"https://127.0.0.1:1/\",\"caBundle\":\"Cg==\"}}}}}";
        String definition = definition(group, version("v1", true, SPEC));
        Http.Answer made = http.post(DEFINITIONS, definition.substring(0, definition.length() - 2) + conversion);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        try (Http.Watch watch =
                http.watch(DEFINITIONS + "?watch=1&timeoutSeconds=20&fieldSelector=metadata.name=crontabs." + group)) {
            JsonNode event = watch.next();
            while (condition(event.path("object"), "Established").isEmpty()) {
                assertThat(event.isMissingNode()).isFalse();
                event = watch.next();
            }
            assertThat(condition(event.path("object"), "Established")).isEqualTo("False");
            assertThat(event.path("object").toString()).contains("InvalidCABundle");
            http.merge(
                    DEFINITIONS + "/crontabs." + group,
                    "{\"spec\":{\"conversion\":{\"strategy\":\"None\",\"webhook\":null}}}");
            while (!condition(event.path("object"), "Established").equals("True")) {
                assertThat(event.isMissingNode()).isFalse();
                event = watch.next();
            }
        }
    }

    /** Of namespaces alone the finalizers in the spec hold anything. */
    @Test
    void aFieldThatIsCalledFinalizersHoldsNothing() throws Exception {
        String group = "finalizers.example.com";
        String path = established(
                group,
                version(
                        "v1",
                        true,
                        "{\"type\":\"object\",\"properties\":{\"spec\":{\"type\":\"object\",\"properties\":{\"image\":"
                                + "{\"type\":\"string\"}},\"x-kubernetes-preserve-unknown-fields\":true}}}"));
        Http.Answer made = http.post(
                path,
                cronTab(group, "held", "{\"finalizers\":[\"a\"]}")
                        .replace("\"name\":\"held\"", "\"name\":\"held\",\"finalizers\":[\"a.example.com/b\"]"));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        http.delete(path + "/held", "");
        assertThat(http.get(path + "/held").status()).isEqualTo(200);
        http.merge(path + "/held", "{\"metadata\":{\"finalizers\":null}}");
        assertThat(http.get(path + "/held").status()).isEqualTo(404);
    }

    @Test
    void anEstablishedDefinitionIsDiscovered() throws Exception {
        assertThat(http.get("/apis/discover.example.com/v1").status()).isEqualTo(404);
        established("discover.example.com", version("v1", true, SPEC));
        JsonNode found = http.get("/apis/discover.example.com/v1").json().path("resources");
        assertThat(found.findValuesAsText("name")).containsExactly("crontabs", "crontabs/scale", "crontabs/status");
        assertThat(found.path(0).path("shortNames").path(0).asText()).isEqualTo("ct");
        assertThat(http.get("/apis").text()).contains("discover.example.com/v1");
        assertThat(http.get("/apis", "Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
                        .text())
                .contains("discover.example.com");
    }

    @Test
    void unknownFieldsArePrunedWarnedOfOrRefused() throws Exception {
        String path = established("prune.example.com", version("v1", true, SPEC));
        String body =
                cronTab("prune.example.com", "one", "{\"cronSpec\":\"* *\",\"foo\":1,\"free\":{\"x\":{\"y\":2}}}");
        Http.Answer refused = http.post(path + "?fieldValidation=Strict", body);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("message").asText())
                .isEqualTo("CronTab in version \"v1\" cannot be handled as a CronTab: strict decoding error: "
                        + "unknown field \"spec.foo\"");
        Http.Answer made = http.post(path, body);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.headers().firstValue("Warning")).hasValue("299 - \"unknown field \\\"spec.foo\\\"\"");
        assertThat(made.json().path("spec").has("foo")).isFalse();
        Http.Answer patched = http.merge(path + "/one?fieldValidation=Strict", "{\"spec\":{\"foo\":1}}");
        assertThat(patched.status()).isEqualTo(422);
        assertThat(patched.json().at("/details/causes/0/message").asText())
                .startsWith("Invalid value: \"{")
                .endsWith(": strict decoding error: unknown field \"spec.foo\"");
        assertThat(made.json().at("/spec/free/x/y").asInt()).isEqualTo(2);
    }

    @Test
    void defaultsAreSetOnRequestsAndOnWhatWasStoredWithoutThem() throws Exception {
        String group = "defaults.example.com";
        String path = established(group, version("v1", true, SPEC.replace(",\"default\":\"busybox\"", "")));
        http.post(path, cronTab(group, "old", "{\"cronSpec\":\"* *\",\"note\":null,\"image\":null}"));
        assertThat(http.get(path + "/old").json().path("spec").has("image")).isFalse();
        assertThat(http.get(path + "/old").json().at("/spec/note").isNull()).isTrue();
        JsonNode definition = http.get(DEFINITIONS + "/crontabs." + group).json();
        ((ObjectNode) definition.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/image"))
                .put("default", "nginx");
        assertThat(http.put(DEFINITIONS + "/crontabs." + group, definition.toString())
                        .status())
                .isEqualTo(200);
        assertThat(http.get(path + "/old").json().at("/spec/image").asText()).isEqualTo("nginx");
        assertThat(http.get(path).json().at("/items/0/spec/image").asText()).isEqualTo("nginx");
    }

    @Test
    void valuesAreValidatedInUpstreamsWords() throws Exception {
        String group = "values.example.com";
        String path = established(group, version("v1", true, SPEC));
        Http.Answer refused = http.post(
                path,
                cronTab(
                        group,
                        "bad",
                        "{\"cronSpec\":\"x\",\"replicas\":0,\"mode\":\"med\",\"image\":5,\"tags\":[\"a\",\"a\"]}"));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().path("message").asText())
                .startsWith("CronTab.values.example.com \"bad\" is invalid: [")
                .contains("spec.cronSpec: Invalid value: \"x\": spec.cronSpec in body should be at least 3 chars long")
                .contains("spec.replicas: Invalid value: 0: spec.replicas in body should be greater than or equal to 1")
                .contains("spec.mode: Unsupported value: \"med\": supported values: \"fast\", \"slow\"")
                .contains(
                        "spec.image: Invalid value: \"integer\": spec.image in body must be of type string: \"integer\"")
                .contains("spec.tags[1]: Duplicate value: \"a\"");
        assertThat(http.post(path, cronTab(group, "bad", "{}"))
                        .json()
                        .path("message")
                        .asText())
                .isEqualTo("CronTab.values.example.com \"bad\" is invalid: spec.cronSpec: Required value");
    }

    @Test
    void aValueThatBecameInvalidMayStayAsItIs() throws Exception {
        String group = "ratchet.example.com";
        String path = established(group, version("v1", true, SPEC));
        http.post(path, cronTab(group, "one", "{\"cronSpec\":\"* *\"}"));
        JsonNode definition = http.get(DEFINITIONS + "/crontabs." + group).json();
        ((ObjectNode) definition.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/cronSpec"))
                .put("minLength", 10);
        http.put(DEFINITIONS + "/crontabs." + group, definition.toString());
        assertThat(http.merge(path + "/one", "{\"spec\":{\"image\":\"x\"}}").status())
                .isEqualTo(200);
        assertThat(http.merge(path + "/one", "{\"spec\":{\"cronSpec\":\"* * \"}}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void statusAndScaleAreTheirOwn() throws Exception {
        String group = "sub.example.com";
        String path = established(group, version("v1", true, SPEC));
        http.post(path, cronTab(group, "one", "{\"cronSpec\":\"* *\",\"replicas\":2}"));
        JsonNode after = http.merge(path + "/one/status", "{\"spec\":{\"image\":\"no\"},\"status\":{\"replicas\":1}}")
                .json();
        assertThat(after.at("/spec/image").asText()).isEqualTo("busybox");
        assertThat(after.at("/status/replicas").asInt()).isEqualTo(1);
        assertThat(after.at("/metadata/generation").asInt()).isEqualTo(1);
        assertThat(http.merge(path + "/one", "{\"status\":{\"replicas\":7},\"spec\":{\"image\":\"yes\"}}")
                        .json()
                        .at("/status/replicas")
                        .asInt())
                .isEqualTo(1);
        JsonNode scale =
                http.merge(path + "/one/scale", "{\"spec\":{\"replicas\":5}}").json();
        assertThat(scale.at("/spec/replicas").asInt()).isEqualTo(5);
        assertThat(scale.at("/status/replicas").asInt()).isEqualTo(1);
        assertThat(http.get(path + "/one").json().at("/metadata/generation").asInt())
                .isEqualTo(3);
        assertThat(http.merge(path + "/one/scale", "{\"spec\":{\"replicas\":50}}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void tablesHaveTheColumnsOfTheDefinition() throws Exception {
        String group = "table.example.com";
        String path = established(group, version("v1", true, SPEC));
        http.post(path, cronTab(group, "one", "{\"cronSpec\":\"* *\"}"));
        http.merge(path + "/one/status", "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"Yes\"}]}}");
        JsonNode table = http.get(path, "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
                .json();
        assertThat(table.path("columnDefinitions").findValuesAsText("name")).containsExactly("Name", "Spec", "Ready");
        assertThat(table.at("/rows/0/cells").toString()).isEqualTo("[\"one\",\"* *\",\"Yes\"]");
    }

    @Test
    void selectableFieldsSelect() throws Exception {
        String group = "fields.example.com";
        String path = established(group, version("v1", true, SPEC));
        http.post(path, cronTab(group, "one", "{\"cronSpec\":\"* *\",\"image\":\"a\"}"));
        http.post(path, cronTab(group, "two", "{\"cronSpec\":\"* *\",\"image\":\"b\"}"));
        assertThat(http.get(path + "?fieldSelector=spec.image=b")
                        .json()
                        .at("/items/0/metadata/name")
                        .asText())
                .isEqualTo("two");
        assertThat(http.get(path + "?fieldSelector=spec.mode=b").status()).isEqualTo(400);
    }

    /** A version's defaults are in what its clients see, so they select by them too. */
    @Test
    void defaultsAreSelected() throws Exception {
        String group = "chosen.example.com";
        String path = established(
                group,
                version("v1", true, SPEC.replace(",\"default\":\"busybox\"", "")) + "," + version("v2", false, SPEC));
        String second = path.replace("/v1/", "/v2/");
        http.post(path, cronTab(group, "one", "{\"cronSpec\":\"* *\"}"));
        http.post(path, cronTab(group, "two", "{\"cronSpec\":\"* *\",\"image\":\"b\"}"));
        Http.Answer selected = http.get(second + "?fieldSelector=spec.image%3Dbusybox");
        assertThat(selected.json().path("items").findValuesAsText("name"))
                .as(selected.text())
                .containsExactly("one");
        assertThat(http.get(path + "?fieldSelector=spec.image%3Dbusybox").json().path("items"))
                .isEmpty();
        try (Http.Watch watch = http.watch(second + "?watch=1&timeoutSeconds=20&fieldSelector=spec.image%3Dbusybox")) {
            assertThat(watch.next().at("/object/metadata/name").asText()).isEqualTo("one");
            http.merge(path + "/two", "{\"spec\":{\"image\":null}}");
            JsonNode added = watch.next();
            assertThat(added.path("type").asText()).isEqualTo("ADDED");
            assertThat(added.at("/object/metadata/name").asText()).isEqualTo("two");
        }
    }

    @Test
    void versionsShareWhatIsStored() throws Exception {
        String group = "versions.example.com";
        String path = established(
                group, version("v1", true, SPEC) + "," + version("v2", false, SPEC.replace("\"mode\"", "\"other\"")));
        http.post(path, cronTab(group, "one", "{\"cronSpec\":\"* *\",\"mode\":\"fast\"}"));
        JsonNode second = http.get(path.replace("/v1/", "/v2/") + "/one").json();
        assertThat(second.path("apiVersion").asText()).isEqualTo(group + "/v2");
        assertThat(second.path("spec").has("mode")).isFalse();
        Http.Answer mismatch = http.post(path, cronTab(group, "two", "{}").replace("/v1\"", "/v2\""));
        assertThat(mismatch.json().path("message").asText())
                .isEqualTo("the API version in the data (versions.example.com/v2) does not match the expected API"
                        + " version (versions.example.com/v1)");
    }

    @Test
    void theDefinitionGoesWithItsObjectsAndItsWatches() throws Exception {
        String group = "gone.example.com";
        String path = established(group, version("v1", true, SPEC));
        http.post(path, cronTab(group, "one", "{\"cronSpec\":\"* *\"}"));
        try (Http.Watch definitions = http.watch(
                        DEFINITIONS + "?watch=1&timeoutSeconds=20&fieldSelector=metadata.name=crontabs." + group);
                Http.Watch objects = http.watch(path + "?watch=1&timeoutSeconds=20")) {
            assertThat(objects.next().path("type").asText()).isEqualTo("ADDED");
            JsonNode deleted =
                    http.delete(DEFINITIONS + "/crontabs." + group, "").json();
            assertThat(deleted.at("/metadata/finalizers/0").asText())
                    .isEqualTo("customresourcecleanup.apiextensions.k8s.io");
            assertThat(condition(deleted, "Terminating")).isEqualTo("True");
            assertThat(objects.rest().stream().map(event -> event.path("type").asText()))
                    .containsExactly("DELETED");
            JsonNode event = definitions.next();
            while (!event.path("type").asText().equals("DELETED")) {
                assertThat(event.isMissingNode()).isFalse();
                event = definitions.next();
            }
        }
        Http.Answer none = http.get(path);
        assertThat(none.status()).isEqualTo(404);
        assertThat(none.text()).isEqualTo("404 page not found\n");
    }

    @Test
    void twoDefinitionsDoNotShareAName() throws Exception {
        String group = "names.example.com";
        established(group, version("v1", true, SPEC));
        String other = definition(group, version("v1", true, SPEC))
                .replace("crontabs", "others")
                .replace("\"ct\"", "\"ot\"");
        try (Http.Watch watch =
                http.watch(DEFINITIONS + "?watch=1&timeoutSeconds=20&fieldSelector=metadata.name=others." + group)) {
            http.post(DEFINITIONS, other);
            JsonNode event = watch.next();
            while (condition(event.path("object"), "NamesAccepted").isEmpty()) {
                assertThat(event.isMissingNode()).isFalse();
                event = watch.next();
            }
            assertThat(condition(event.path("object"), "NamesAccepted")).isEqualTo("False");
            assertThat(condition(event.path("object"), "Established")).isEqualTo("False");
            assertThat(event.toString()).contains("ListKindConflict").contains("\\\"CronTabList\\\" is already in use");
        }
    }

    @Test
    void schemasMustBeStructural() {
        String bad = definition("bad.example.com", version("v1", true, """
                {"type":"object","properties":{"spec":{"properties":{"a":{"type":"strin"}}}},
                 "anyOf":[{"type":"object"}]}"""));
        JsonNode refused = http.post(DEFINITIONS, bad).json();
        assertThat(refused.path("message").asText())
                .contains("spec.validation.openAPIV3Schema.properties[spec].type: Required value: must not be empty for"
                        + " specified object fields")
                .contains("spec.validation.openAPIV3Schema.properties[spec].properties[a].type: Unsupported value:"
                        + " \"strin\"")
                .contains("spec.validation.openAPIV3Schema.anyOf[0].type: Forbidden: must be empty to be structural");
        String misnamed =
                definition("bad.example.com", version("v1", true, SPEC)).replace("crontabs.bad", "x.bad");
        assertThat(http.post(DEFINITIONS, misnamed).json().path("message").asText())
                .contains("metadata.name: Invalid value: \"x.bad.example.com\": must be"
                        + " spec.names.plural+\".\"+spec.group");
    }

    @Test
    void strategicMergePatchIsNotForCustomResources() throws Exception {
        String group = "patch.example.com";
        String path = established(group, version("v1", true, SPEC));
        http.post(path, cronTab(group, "one", "{\"cronSpec\":\"* *\"}"));
        assertThat(http.send("PATCH", path + "/one", "{}", "Content-Type", "application/strategic-merge-patch+json")
                        .status())
                .isEqualTo(415);
        assertThat(http.send(
                                "PATCH",
                                path + "/one",
                                "[{\"op\":\"add\",\"path\":\"/spec/replicas\",\"value\":3}]",
                                "Content-Type",
                                "application/json-patch+json")
                        .json()
                        .at("/spec/replicas")
                        .asInt())
                .isEqualTo(3);
    }

    @Test
    void openApiDescribesWhatIsServed() throws Exception {
        String group = "docs.example.com";
        established(
                group,
                version(
                        "v1",
                        true,
                        SPEC.replaceFirst(
                                "\"type\":\"object\"", "\"type\":\"object\",\"description\":\"runs things\"")));
        JsonNode index = http.get("/openapi/v3").json();
        String url =
                index.at("/paths/apis~1docs.example.com~1v1/serverRelativeURL").asText();
        Http.Answer document = http.get(url);
        assertThat(document.headers().firstValue("Cache-Control")).hasValue("public, immutable");
        JsonNode schemas = document.json().at("/components/schemas");
        assertThat(schemas.at("/com.example.docs.v1.CronTab/description").asText())
                .isEqualTo("runs things");
        assertThat(schemas.at("/com.example.docs.v1.CronTab/x-kubernetes-group-version-kind/0/kind")
                        .asText())
                .isEqualTo("CronTab");
        assertThat(schemas.at("/com.example.docs.v1.CronTab/x-kubernetes-selectable-fields")
                        .toString())
                .isEqualTo("[{\"fieldPath\":\"spec.image\"}]");
        assertThat(schemas.has("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"))
                .isTrue();
        assertThat(document.json()
                        .path("paths")
                        .has("/apis/docs.example.com/v1/namespaces/{namespace}/crontabs/{name}/scale"))
                .isTrue();
        assertThat(document.text())
                .doesNotContain("io.k8s.api.apps.v1.Deployment")
                .doesNotContain("protobuf");
        JsonNode second = http.get("/openapi/v2").json();
        assertThat(second.at("/definitions/com.example.docs.v1.CronTab/properties/spec/properties/cronSpec/type")
                        .asText())
                .isEqualTo("string");
        assertThat(second.at("/definitions/com.example.docs.v1.CronTab/x-kubernetes-selectable-fields/0/fieldPath")
                        .asText())
                .isEqualTo("spec.image");
        assertThat(second.path("definitions").has("io.k8s.api.core.v1.Pod")).isTrue();
        assertThat(http.get("/openapi/v2", "Accept", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf")
                        .text())
                .contains("com.example.docs.v1.CronTab")
                .contains("io.k8s.api.core.v1.Pod");
    }

    @Test
    void serverSideApplyFollowsTheSchema() throws Exception {
        String group = "apply.example.com";
        String one = established(group, version("v1", true, SPEC)) + "/one";
        Http.Answer made = apply(
                one, "me", cronTab(group, "one", "{\"cronSpec\":\"* *\",\"tags\":[\"a\",\"b\"],\"free\":{\"x\":1}}"));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.json().at("/metadata/managedFields/0/fieldsV1/f:spec").toString())
                .isEqualTo(
                        "{\"f:cronSpec\":{},\"f:free\":{\"f:x\":{}},\"f:tags\":{\"v:\\\"a\\\"\":{},\"v:\\\"b\\\"\":{}}}");
        assertThat(made.json().at("/spec/image").asText()).isEqualTo("busybox");
        assertThat(apply(one, "me", made.json().deepCopy().toString())
                        .json()
                        .path("message")
                        .asText())
                .isEqualTo("metadata.managedFields must be nil");
        Http.Answer more = apply(one, "other", cronTab(group, "one", "{\"tags\":[\"c\"]}"));
        assertThat(more.json().at("/spec/tags").toString()).isEqualTo("[\"a\",\"b\",\"c\"]");
        Http.Answer less = apply(one, "me", cronTab(group, "one", "{\"cronSpec\":\"* *\",\"tags\":[\"b\"]}"));
        assertThat(less.json().at("/spec").toString())
                .isEqualTo("{\"cronSpec\":\"* *\",\"tags\":[\"b\",\"c\"],\"image\":\"busybox\"}");
        assertThat(apply(one, "other", cronTab(group, "one", "{\"cronSpec\":\"0 *\"}"))
                        .json()
                        .path("message")
                        .asText())
                .isEqualTo("Apply failed with 1 conflict: conflict with \"me\": .spec.cronSpec");
        assertThat(apply(one, "me", cronTab(group, "one", "{\"foo\":1}"))
                        .json()
                        .path("message")
                        .asText())
                .endsWith("apply.example.com/v1, Kind=CronTab): .spec.foo: field not declared in schema");
        Http.Answer same = apply(one, "me", cronTab(group, "one", "{\"cronSpec\":\"* *\",\"tags\":[\"b\"]}"));
        assertThat(same.json()).isEqualTo(less.json());
        Http.Answer status = http.send(
                "PATCH",
                one + "/status?fieldManager=controller",
                "{\"metadata\":{\"labels\":{\"x\":\"y\"}},\"status\":{\"ready\":true}}",
                "Content-Type",
                "application/merge-patch+json");
        assertThat(status.json().at("/metadata/managedFields/2/fieldsV1").toString())
                .isEqualTo("{\"f:status\":{\".\":{},\"f:ready\":{}}}");
    }

    private static Http.Answer apply(String path, String manager, String body) {
        return http.send(
                "PATCH", path + "?fieldManager=" + manager, body, "Content-Type", "application/apply-patch+yaml");
    }

    @Test
    void rulesInCelAreChecked() throws Exception {
        String group = "cel.example.com";
        String rules = ",\"x-kubernetes-validations\":[{\"rule\":\"self.replicas <= 5\",\"message\":\"too many\"},"
                + "{\"rule\":\"self.cronSpec == oldSelf.cronSpec\",\"message\":\"cronSpec is fixed\"}]";
        String schema = SPEC.replace("\"required\":[\"cronSpec\"]", "\"required\":[\"cronSpec\",\"replicas\"]" + rules);
        String path = established(group, version("v1", true, schema));
        assertThat(http.post(path, cronTab(group, "one", "{\"cronSpec\":\"* *\",\"replicas\":7}"))
                        .json()
                        .path("message")
                        .asText())
                .isEqualTo("CronTab.cel.example.com \"one\" is invalid: spec: Invalid value: \"object\": too many");
        assertThat(http.post(path, cronTab(group, "one", "{\"cronSpec\":\"* *\",\"replicas\":2}"))
                        .status())
                .isEqualTo(201);
        assertThat(http.merge(path + "/one", "{\"spec\":{\"cronSpec\":\"* * *\"}}")
                        .json()
                        .path("message")
                        .asText())
                .contains("spec: Invalid value: \"object\": cronSpec is fixed");
        String broken = definition(
                "broken.example.com", version("v1", true, schema.replace("self.replicas <= 5", "self.nope")));
        assertThat(http.post(DEFINITIONS, broken).status()).isEqualTo(422);
    }

    @Test
    void unknownMetadataIsFoundAtTheRootAndInsideObjectsInside() throws Exception {
        String group = "meta.example.com";
        String embedded = SPEC.replace(
                "\"free\":{",
                "\"template\":{\"type\":\"object\",\"x-kubernetes-embedded-resource\":true,"
                        + "\"x-kubernetes-preserve-unknown-fields\":true},\"free\":{");
        String path = established(group, version("v1", true, embedded));
        String body = cronTab(
                        group,
                        "one",
                        "{\"cronSpec\":\"* *\",\"template\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\","
                                + "\"metadata\":{\"name\":\"p\",\"unknownSubMeta\":1},\"spec\":{\"x\":1}}}")
                .replace("\"metadata\":{\"name\":\"one\"", "\"metadata\":{\"unknownMeta\":1,\"name\":\"one\"");
        assertThat(http.post(path + "?fieldValidation=Strict", body)
                        .json()
                        .path("message")
                        .asText())
                .isEqualTo("CronTab in version \"v1\" cannot be handled as a CronTab: strict decoding error: unknown"
                        + " field \"metadata.unknownMeta\", unknown field \"spec.template.metadata.unknownSubMeta\"");
        assertThat(http.post(path, body).json().at("/spec/template/metadata").toString())
                .isEqualTo("{\"name\":\"p\"}");
    }
}
