package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What new pods name is found although the server's cache has not heard of it yet. */
class LateCachesComponentTest {
    private static final String PODS = "/api/v1/namespaces/late/pods";
    private static TestApiServer server;
    private static Http http;

    @BeforeAll
    static void start() throws Exception {
        server = TestApiServer.start(LateStore::new);
        http = new Http(server);
        created("/api/v1/namespaces", "{\"metadata\":{\"name\":\"late\"}}");
        created("/api/v1/namespaces/late/serviceaccounts", "{\"metadata\":{\"name\":\"mine\"}}");
        // From here on the account is known, and nobody waits for it.
        created(PODS, pod("first", "hostname", "first"));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    private static Http.Answer created(String path, String body) {
        Http.Answer answer = http.post(path, body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer;
    }

    private static String pod(String name, String field, String value) {
        return "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{\"serviceAccountName\":\"mine\",\"" + field
                + "\":\"" + value + "\",\"containers\":[{\"name\":\"c\",\"image\":\"nginx\"}]}}";
    }

    @Test
    void aRuntimeClassIsThereForThePodThatFollowsIt() {
        created(
                "/apis/node.k8s.io/v1/runtimeclasses",
                "{\"metadata\":{\"name\":\"new\"},\"handler\":\"h\",\"overhead\":{\"podFixed\":{\"cpu\":\"10m\"}}}");
        assertThat(created(PODS, pod("runtime", "runtimeClassName", "new"))
                        .json()
                        .path("spec")
                        .path("overhead")
                        .toString())
                .isEqualTo("{\"cpu\":\"10m\"}");
        Http.Answer refused = http.post(PODS, pod("absent", "runtimeClassName", "absent"));
        assertThat(refused.json().path("message").asText())
                .isEqualTo("pods \"absent\" is forbidden: pod rejected: RuntimeClass \"absent\" not found");
    }

    @Test
    void aPriorityClassIsThereForThePodThatFollowsIt() {
        created("/apis/scheduling.k8s.io/v1/priorityclasses", "{\"metadata\":{\"name\":\"new\"},\"value\":1000}");
        assertThat(created(PODS, pod("priority", "priorityClassName", "new"))
                        .json()
                        .path("spec")
                        .path("priority")
                        .asInt())
                .isEqualTo(1000);
        Http.Answer refused = http.post(PODS, pod("absent", "priorityClassName", "absent"));
        assertThat(refused.json().path("message").asText())
                .isEqualTo("pods \"absent\" is forbidden: no PriorityClass with name absent was found");
    }
}
