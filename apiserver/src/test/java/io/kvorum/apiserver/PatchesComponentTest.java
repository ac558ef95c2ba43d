package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is answered to patches and updates that leave things out or get them wrong, as kubectl shows it. */
class PatchesComponentTest {
    private static final String ROOT = "/api/v1/namespaces/default/";
    private static final String STRATEGIC = "application/strategic-merge-patch+json";
    private static final String MERGE = "application/merge-patch+json";
    private static final String JSON = "application/json-patch+json";

    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer();

    private static final Http http = server.http();

    @BeforeAll
    static void prepare() throws Exception {
        http.post(ROOT + "configmaps", "{\"metadata\":{\"name\":\"one\"},\"data\":{\"a\":\"1\"}}");
    }

    private static Http.Answer patch(String path, String type, String body) {
        return http.send("PATCH", ROOT + path, body.replace('\'', '"'), "Content-Type", type);
    }

    private static JsonNode onlyCause(Http.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(422);
        JsonNode details = answer.json().path("details");
        assertThat(details.has("kind") || details.has("name")).isFalse();
        assertThat(details.path("causes")).hasSize(1);
        assertThat(details.path("causes").get(0).path("field").asText()).isEqualTo("patch");
        return details.path("causes").get(0);
    }

    @Test
    void aStrategicPatchOfTheWrongTypeIsInvalidAndQuotedAsGoPrintsIt() {
        assertThat(onlyCause(patch("configmaps/one", STRATEGIC, "{'metadata':{'labels':'invalid'}}"))
                        .path("message")
                        .asText())
                .isEqualTo("Invalid value: \"map[metadata:map[labels:invalid]]\": cannot restore map from string");
        assertThat(onlyCause(patch("configmaps/one", STRATEGIC, "{'data':{'b':null,'a':[1,true]}}"))
                        .path("message")
                        .asText())
                .isEqualTo("Invalid value: \"map[data:map[a:[1 true] b:<nil>]]\": unrecognized type: string");
        assertThat(onlyCause(patch("configmaps/one", STRATEGIC, "{'data':{'a':1}}"))
                        .path("message")
                        .asText())
                .endsWith(": cannot convert int64 to string");
    }

    @Test
    void otherPatchesOfTheWrongTypeAreInvalidByWhatTheyMade() {
        String why = ": json: cannot unmarshal string into Go struct field ConfigMap.data of type map[string]string";
        JsonNode merged = onlyCause(patch("configmaps/one", MERGE, "{'data':'x'}"));
        assertThat(merged.path("message").asText())
                .contains("\\\"data\\\":\\\"x\\\"")
                .endsWith(why);
        JsonNode replaced = onlyCause(patch("configmaps/one", JSON, "[{'op':'replace','path':'/data','value':'x'}]"));
        assertThat(replaced.path("message").asText()).endsWith(why);
    }

    @Test
    void unknownFieldsInAPatchAreInvalidInStrictMode() {
        for (String type : new String[] {STRATEGIC, MERGE}) {
            Http.Answer answer = patch("configmaps/one?fieldValidation=Strict", type, "{'dta':1}");
            assertThat(onlyCause(answer).path("message").asText())
                    .endsWith(": strict decoding error: unknown field \"dta\"");
        }
    }

    @Test
    void aMergePatchThatIsNoObjectIsRefused() {
        assertThat(patch("configmaps/one", MERGE, "[]").json().path("message").asText())
                .isEqualTo("error decoding patch: json: cannot unmarshal array into Go value of type"
                        + " map[string]interface {}");
        assertThat(patch("configmaps/one", STRATEGIC, "[]")
                        .json()
                        .path("message")
                        .asText())
                .isEqualTo("json: cannot unmarshal array into Go value of type map[string]interface {}");
    }

    @Test
    void aPodReplacedByItsManifestKeepsWhatAdmissionAdded() {
        ObjectNode pod = (ObjectNode) http.post(
                        ROOT + "pods",
                        "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}")
                .json();
        JsonNode before = pod.path("spec").deepCopy();
        ((ObjectNode) pod.path("spec")).remove("priority");
        ((ObjectNode) pod.path("spec")).remove("preemptionPolicy");
        ((ObjectNode) pod.path("spec")).remove("tolerations");
        ((ObjectNode) pod.path("metadata")).putObject("labels").put("a", "b");
        Http.Answer answer = http.send("PUT", ROOT + "pods/p", pod.toString(), "Content-Type", "application/json");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().path("spec")).isEqualTo(before);
        assertThat(answer.json().path("metadata").path("labels").path("a").asText())
                .isEqualTo("b");
    }
}
