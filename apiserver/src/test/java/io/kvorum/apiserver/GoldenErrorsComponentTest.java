package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Requests with the exact answers of a kube-apiserver 1.36, replayed in order. */
class GoldenErrorsComponentTest {
    /** Requests whose answer rests on what is not served yet, or on a difference that is meant. */
    private static final Map<String, String> OTHER = Map.of(
            "apply without manager", "server-side apply comes later",
            "apply conflict setup", "server-side apply comes later",
            "apply conflict", "server-side apply comes later",
            "watch too old", "a history since birth, which the recorded server had",
            "immutable pod field", "the message quotes a diff of Go structs",
            "exec on pending pod", "streaming comes later",
            "root path", "other paths",
            "future resourceVersion", "quotes the recorded server's revision",
            "uid precondition on update", "quotes a uid",
            "delete precondition", "quotes a uid");

    private record Case(String title, String method, String path, String body, String expected, int status) {}

    @Test
    void errorsAreWordedAsUpstream() throws Exception {
        Map<String, String> wrong = new LinkedHashMap<>();
        ObjectMapper mapper = new ObjectMapper();
        try (TestApiServer server = TestApiServer.start(0)) {
            Http http = new Http(server);
            for (Case one : cases()) {
                Http.Answer answer = http.send(one.method(), one.path(), one.body(), "Content-Type", contentType(one));
                if (OTHER.containsKey(one.title())) {
                    continue;
                }
                if (answer.status() != one.status()) {
                    wrong.put(one.title(), one.status() + " expected, but " + answer.status() + " " + answer.text());
                } else if (one.status() >= 400 && one.expected().startsWith("{")) {
                    JsonNode expected = mapper.readTree(one.expected());
                    if (!expected.equals(answer.json())) {
                        wrong.put(one.title(), "\nexpected " + expected + "\nbut was  " + answer.text());
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
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

    private static List<Case> cases() throws Exception {
        String text;
        try (InputStream in = GoldenErrorsComponentTest.class.getResourceAsStream("/golden/errors.txt")) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<Case> cases = new ArrayList<>();
        for (String block : text.split("(?m)^### ")) {
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
