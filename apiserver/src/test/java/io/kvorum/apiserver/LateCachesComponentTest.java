package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apiserver.cache.StoreKeys;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.Txn;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What new pods name, and what bounds them, is found although the server's cache has not heard of it yet. */
class LateCachesComponentTest {
    private static final String PODS = "/api/v1/namespaces/late/pods";

    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer(LateStore::new);

    private static final Http http = server.http();

    @BeforeAll
    static void start() {
        created("/api/v1/namespaces", "{\"metadata\":{\"name\":\"late\"}}");
        created("/api/v1/namespaces/late/serviceaccounts", "{\"metadata\":{\"name\":\"mine\"}}");
        // From here on the account is known, and nobody waits for it.
        created(PODS, pod("first", "hostname", "first"));
    }

    /** With an account; both are known here when this is over. */
    private static void namespace(String name) {
        created("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + name + "\"}}");
        created("/api/v1/namespaces/" + name + "/serviceaccounts", "{\"metadata\":{\"name\":\"mine\"}}");
        assertThat(http.get("/api/v1/namespaces/" + name + "/serviceaccounts/mine")
                        .status())
                .isEqualTo(200);
    }

    /** As another API server writes it. */
    private static void written(String resource, String path, String object) throws Exception {
        ByteSequence key = StoreKeys.key(resource, path);
        server.get()
                .store()
                .commit(Txn.of(new Op.Put(key, ByteSequence.utf8(object), 0, false)))
                .toCompletionStage()
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS);
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

    @Test
    void aLimitRangeIsThereForThePodThatFollowsIt() throws Exception {
        namespace("ranged");
        written(
                "core/limitranges",
                "ranged/new",
                "{\"apiVersion\":\"v1\",\"kind\":\"LimitRange\",\"metadata\":{\"name\":\"new\",\"namespace\":\"ranged\","
                        + "\"uid\":\"u\"},\"spec\":{\"limits\":[{\"type\":\"Container\",\"default\":{\"cpu\":\"2\"},"
                        + "\"defaultRequest\":{\"cpu\":\"1\"},\"max\":{\"cpu\":\"2\"}}]}}");
        Http.Answer filled = http.post("/api/v1/namespaces/ranged/pods?dryRun=All", pod("a", "hostname", "a"));
        assertThat(filled.json().at("/spec/containers/0/resources").toString())
                .isEqualTo("{\"limits\":{\"cpu\":\"2\"},\"requests\":{\"cpu\":\"1\"}}");
    }
}
