package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Requests with the exact answers of a kube-apiserver 1.36, replayed in order. */
class GoldenErrorsComponentTest {
    /** Requests whose answer rests on what the recorded server was or had lived through. */
    private static final Map<String, String> OTHER = Map.of(
            "watch too old", "a history since birth, which the recorded server had",
            "root path", "names each of upstream's own start-up hooks");

    private static final Pattern UID =
            Pattern.compile("\\(?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\)?");
    private static final Pattern CURRENT = Pattern.compile("current: \\d+");

    /** Upstream ends a finding about a pod's changed fields with a diff of its structs as Go prints them. */
    private static final String DIFF = "\n@@ ";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private record Case(String title, String method, String path, String body, String expected, int status) {
        boolean isStatus() {
            return expected.startsWith("{") && expected.replaceAll("\\s", "").contains("\"kind\":\"Status\"");
        }
    }

    @Test
    void errorsAreWordedAsUpstream() throws Exception {
        Map<String, String> wrong = new LinkedHashMap<>();
        try (TestApiServer server = TestApiServer.start(0)) {
            Http http = new Http(server);
            for (Case one : cases()) {
                Http.Answer answer = http.send(one.method(), one.path(), one.body(), "Content-Type", contentType(one));
                if (OTHER.containsKey(one.title())) {
                    continue;
                }
                if (answer.status() != one.status()) {
                    wrong.put(one.title(), one.status() + " expected, but " + answer.status() + " " + answer.text());
                } else if (one.isStatus()) {
                    JsonNode expected = steady(MAPPER.readTree(one.expected()));
                    if (!expected.equals(steady(MAPPER.readTree(answer.text())))) {
                        wrong.put(one.title(), "\nexpected " + expected + "\nbut was  " + answer.text());
                    }
                } else if (one.status() >= 400 && !answer.text().strip().equals(one.expected())) {
                    wrong.put(one.title(), "\nexpected " + one.expected() + "\nbut was  " + answer.text());
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** Of these the recording has the answers alone; the requests list all pods. */
    @Test
    void whoIsNobodyOrNotWhoTheySayIsToldSoAsUpstream() throws Exception {
        try (TestApiServer server =
                TestApiServer.start(0, null, TestApiServer.auth(true, ApiServerConfig.AuthorizationMode.RBAC))) {
            Http http = new Http(server);
            for (Map.Entry<String, Http.Answer> each : Map.of(
                            "anonymous", http.get("/api/v1/pods"),
                            "bad token", http.send("GET", "/api/v1/pods", "", "Authorization", "Bearer bad"))
                    .entrySet()) {
                String recorded = text().split("(?m)^### " + each.getKey() + "$", 2)[1];
                String[] answer = recorded.split("(?m)^HTTP ", 2);
                assertThat(each.getValue().status())
                        .isEqualTo(Integer.parseInt(answer[1].strip().split("\\s")[0]));
                assertThat(each.getValue().json()).isEqualTo(MAPPER.readTree(answer[0]));
            }
        }
    }

    /** An answer without what is another at every run. */
    private static JsonNode steady(JsonNode answer) {
        if (answer.isTextual()) {
            String text = CURRENT.matcher(UID.matcher(answer.asText()).replaceAll("UID"))
                    .replaceAll("current: N");
            int diff = text.indexOf(DIFF);
            return new TextNode(diff < 0 ? text : text.substring(0, diff));
        }
        if (answer instanceof ObjectNode object) {
            object.properties().forEach(field -> field.setValue(steady(field.getValue())));
        } else if (answer instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, steady(array.get(i)));
            }
        }
        return answer;
    }

    private static String contentType(Case one) {
        if (!one.method().equals("PATCH")) {
            return "application/json";
        }
        if (one.title().equals("bad patch type")) {
            return "application/json";
        }
        if (one.title().startsWith("json patch")) {
            return "application/json-patch+json";
        }
        return one.title().startsWith("apply")
                ? "application/apply-patch+yaml"
                : "application/strategic-merge-patch+json";
    }

    private static String text() throws Exception {
        try (InputStream in = GoldenErrorsComponentTest.class.getResourceAsStream("/golden/errors.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<Case> cases() throws Exception {
        List<Case> cases = new ArrayList<>();
        for (String block : text().split("(?m)^### ")) {
            int arrow = block.indexOf("--->");
            if (arrow < 0) {
                // About authentication and authorization: no request is recorded.
                continue;
            }
            String[] request = block.substring(0, arrow).split("\n", 3);
            String[] line = request[1].split(" ", 2);
            String answer = block.substring(arrow + 4).strip();
            int http = answer.lastIndexOf("HTTP ");
            if (http < 0) {
                throw new IllegalStateException("no status in " + request[0]);
            }
            cases.add(new Case(
                    request[0].strip(),
                    line[0],
                    line[1],
                    request.length > 2 ? request[2].strip() : "",
                    answer.substring(0, http).strip(),
                    Integer.parseInt(answer.substring(http + 5).strip())));
        }
        return cases;
    }
}
