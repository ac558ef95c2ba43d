package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.apiserver.cache.StoreKeys;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.Txn;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists in pages whose revision the store forgets. */
class PagesComponentTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";

    private static final AtomicReference<Supplier<Future<?>>> MEANWHILE = new AtomicReference<>();

    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer(store -> new InterruptedStore(store, MEANWHILE));

    private static final Http http = server.http();

    private static String make(String name, String group) {
        Http.Answer made =
                http.post(MAPS, "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{\"group\":\"" + group + "\"}}}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.json().path("metadata").path("resourceVersion").asText();
    }

    private static void compact(String revision) throws Exception {
        server.get()
                .store()
                .compact(Long.parseLong(revision))
                .toCompletionStage()
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS);
    }

    private static String token(JsonNode list) {
        return list.path("metadata").path("continue").asText();
    }

    /** As upstream's a token is a place in the order of keys, and any list can go on from there. */
    @Test
    void aListGoesOnFromTheTokenOfAnother() {
        for (String ns : new String[] {"early", "late"}) {
            http.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + ns + "\"}}");
            for (int i = 0; i < 2; i++) {
                http.post("/api/v1/namespaces/" + ns + "/secrets", "{\"metadata\":{\"name\":\"s" + i + "\"}}");
            }
        }
        String early =
                token(http.get("/api/v1/namespaces/early/secrets?limit=1").json());
        String late = token(http.get("/api/v1/namespaces/late/secrets?limit=1").json());
        // Once as it is, once at a revision that only the store knows any more.
        for (int round = 0; round < 2; round++) {
            assertThat(namesAt("/api/v1/namespaces/late/secrets?limit=5&continue=" + early))
                    .containsExactly("s0", "s1");
            assertThat(namesAt("/api/v1/namespaces/early/secrets?limit=5&continue=" + late))
                    .isEmpty();
            http.post("/api/v1/namespaces/early/secrets", "{\"metadata\":{\"name\":\"s9-" + round + "\"}}");
        }
    }

    @Test
    void everyPageTellsHowManyObjectsRemain() {
        for (String ns : new String[] {"paged", "paged-too"}) {
            http.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + ns + "\"}}");
            for (int i = 0; i < 7; i++) {
                http.post(
                        "/api/v1/namespaces/" + ns + "/podtemplates",
                        "{\"metadata\":{\"name\":\"t" + i
                                + "\"},\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\","
                                + "\"image\":\"i\"}]}}}");
            }
        }
        http.delete("/api/v1/namespaces/paged/podtemplates/t3", "");
        for (String path : new String[] {"/api/v1/namespaces/paged/podtemplates", "/api/v1/podtemplates"}) {
            int left = http.get(path).json().path("items").size();
            String next = "";
            do {
                JsonNode page = http.get(path + "?limit=2" + next).json();
                left -= page.path("items").size();
                assertThat(page.at("/metadata/remainingItemCount").asInt()).isEqualTo(left);
                next = "&continue=" + token(page);
            } while (!next.endsWith("="));
            assertThat(left).isZero();
        }
    }

    @Test
    void aListWhoseRevisionIsNoMoreMayGoOnWithWhatIsThere() throws Exception {
        String ns = "/api/v1/namespaces/default/secrets";
        for (String name : new String[] {"a", "b", "c", "d"}) {
            http.post(ns, "{\"metadata\":{\"name\":\"" + name + "\"}}");
        }
        JsonNode first = http.get(ns + "?limit=2").json();
        // No secret changes any more: the API server itself could still tell.
        compact(make("later", "x"));
        make("latest", "x");
        Http.Answer expired = http.get(ns + "?limit=2&continue=" + token(first));
        assertThat(expired.status()).isEqualTo(410);
        assertThat(expired.json().path("message").asText()).contains("results in an inconsistent list");
        JsonNode rest =
                http.get(ns + "?limit=1&continue=" + token(expired.json())).json();
        assertThat(rest.path("items").findValuesAsText("name")).containsExactly("c");
        assertThat(rest.path("metadata").path("resourceVersion"))
                .isNotEqualTo(first.path("metadata").path("resourceVersion"));
        assertThat(rest.path("metadata").path("remainingItemCount").asInt()).isEqualTo(1);
        assertThat(http.get(ns + "?continue=" + token(rest))
                        .json()
                        .path("items")
                        .findValuesAsText("name"))
                .containsExactly("d");
    }

    @Test
    void aListOfARevisionThatIsNoMoreIsExpired() throws Exception {
        String old = make("one", "y");
        make("two", "y");
        compact(make("three", "y"));
        JsonNode failure = http.get(MAPS + "?resourceVersionMatch=Exact&resourceVersion=" + old)
                .json();
        assertThat(failure.path("message").asText()).isEqualTo("The resourceVersion for the provided list is too old.");
        assertThat(failure.path("reason").asText()).isEqualTo("Expired");
    }

    @Test
    void aPageHasTheRevisionOfItsList() {
        make("four", "z");
        make("five", "z");
        JsonNode first = http.get(MAPS + "?limit=1").json();
        Http.Answer answer = http.get(MAPS + "?resourceVersion=1&limit=1&continue=" + token(first));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("message").asText())
                .isEqualTo("specifying resource version is not allowed when using continue");
        assertThat(http.get(MAPS + "?resourceVersion=0&limit=1&continue=" + token(first))
                        .status())
                .isEqualTo(200);
    }

    /**
     * The server asks the store whether it still knows the list's version, and the objects change before it is answered: the page
     * is as of the list's version all the same.
     */
    @Test
    void aPageIsOfOneVersionThoughObjectsChangeWhileItIsMade() {
        String templates = "/api/v1/namespaces/default/podtemplates";
        for (String name : new String[] {"a", "b", "c", "d"}) {
            Http.Answer made = http.post(
                    templates,
                    "{\"metadata\":{\"name\":\"" + name
                            + "\"},\"template\":{\"spec\":{\"containers\":[{\"name\":\"x\",\"image\":\"y\"}]}}}");
            assertThat(made.status()).as(made.text()).isEqualTo(201);
        }
        JsonNode first = http.get(templates + "?limit=2").json();
        List<String> versions = http.get(templates).json().path("items").findValuesAsText("resourceVersion");
        make("beside", "x");
        MEANWHILE.set(() -> server.get()
                .store()
                .commit(Txn.of(new Op.Put(
                        StoreKeys.key("core/podtemplates", "default/c"),
                        ByteSequence.utf8(
                                "{\"kind\":\"PodTemplate\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"c\",\"namespace\":\"default\"}}"),
                        0,
                        false)))
                .compose(done -> server.get().serving().cache().reached(done.revision())));
        JsonNode second =
                http.get(templates + "?limit=2&continue=" + token(first)).json();
        assertThat(MEANWHILE.get()).as("the store was asked").isNull();
        assertThat(second.path("metadata").path("resourceVersion"))
                .isEqualTo(first.path("metadata").path("resourceVersion"));
        assertThat(second.path("items").findValuesAsText("resourceVersion"))
                .containsExactlyElementsOf(versions.subList(2, 4));
    }

    private static List<String> names(String query) {
        return namesAt(MAPS + query);
    }

    private static List<String> namesAt(String path) {
        Http.Answer answer = http.get(path);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json().path("items").findValuesAsText("name");
    }

    @Test
    void whoTakesAListHoweverOldGetsItWhole() {
        make("p1", "whole");
        make("p2", "whole");
        make("p3", "whole");
        String group = "&labelSelector=group%3Dwhole";
        JsonNode list = http.get(MAPS + "?resourceVersion=0&limit=1" + group).json();
        assertThat(list.path("items").findValuesAsText("name")).containsExactly("p1", "p2", "p3");
        assertThat(token(list)).isEmpty();
        assertThat(names("?resourceVersion=1&resourceVersionMatch=NotOlderThan&limit=1" + group))
                .containsExactly("p1");
    }

    @Test
    void aFirstPageOfARevisionIsAsOfThatRevision() {
        make("q1", "past");
        String then = make("q2", "past");
        String now = make("q0", "past");
        String group = "&labelSelector=group%3Dpast";
        assertThat(names("?limit=9&resourceVersion=" + then + group)).containsExactly("q1", "q2");
        assertThat(names("?limit=9&resourceVersion=" + now + group)).containsExactly("q0", "q1", "q2");
        // Without a limit it only says how old the list may be at most.
        assertThat(names("?resourceVersion=" + then + group)).containsExactly("q0", "q1", "q2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "resourceVersionMatch=Exact|resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided",
                "resourceVersionMatch=Exact&resourceVersion=0|resourceVersionMatch: Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"",
                "resourceVersionMatch=Some&continue=x&sendInitialEvents=false|[resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided, "
                        + "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided, "
                        + "resourceVersionMatch: Unsupported value: \"Some\": supported values: \"Exact\", \"NotOlderThan\", \"\", "
                        + "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list]",
                "watch=yes&sendInitialEvents=1|resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
                "watch=1&resourceVersionMatch=Exact|[resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided, "
                        + "resourceVersionMatch: Unsupported value: \"Exact\": supported values: \"NotOlderThan\"]",
            })
    void optionsThatDoNotGoTogetherAreAllTold(String query, String faults) {
        Http.Answer answer = http.get(MAPS + "?" + query);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("message").asText())
                .isEqualTo("ListOptions.meta.k8s.io \"\" is invalid: " + faults);
    }

    @Test
    void aWatchThatWantsNoStateBeginsWithWhatIsNew() throws Exception {
        make("w1", "new");
        String query = "?watch=1&timeoutSeconds=2&sendInitialEvents=false&resourceVersionMatch=NotOlderThan"
                + "&labelSelector=group%3Dnew&resourceVersion=";
        for (String revision : new String[] {"", "0"}) {
            try (Http.Watch watch = http.watch(MAPS + query + revision)) {
                String name = "w2" + revision;
                make(name, "new");
                assertThat(watch.next()
                                .path("object")
                                .path("metadata")
                                .path("name")
                                .asText())
                        .isEqualTo(name);
            }
        }
    }
}
