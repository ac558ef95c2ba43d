package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The verbs on resources, over HTTP with the store in memory. Each test works in a namespace of its own. */
class ResourcesComponentTest {
    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer();

    private static final Http http = server.http();

    private static String namespace(String name) {
        assertThat(http.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + name + "\"}}")
                        .status())
                .isEqualTo(201);
        return "/api/v1/namespaces/" + name;
    }

    private static JsonNode configMap(String namespace, String name, String labels) {
        Http.Answer answer = http.post(
                namespace + "/configmaps",
                "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{" + labels + "}},\"data\":{\"a\":\"1\"}}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json();
    }

    private static String revision(JsonNode object) {
        return object.path("metadata").path("resourceVersion").asText();
    }

    @Test
    void createdObjectIsReadBackTheSame() {
        String ns = namespace("crud");
        JsonNode created = configMap(ns, "one", "");
        assertThat(created.path("metadata").path("uid").asText()).hasSize(36);
        assertThat(http.get(ns + "/configmaps/one").json()).isEqualTo(created);
        assertThat(http.delete(ns + "/configmaps/one", "").json().path("status").asText())
                .isEqualTo("Success");
        assertThat(http.get(ns + "/configmaps/one").status()).isEqualTo(404);
    }

    @Test
    void generatedNamesDiffer() {
        String ns = namespace("generate");
        String body = "{\"metadata\":{\"generateName\":\"g-\"}}";
        String first = http.post(ns + "/configmaps", body)
                .json()
                .path("metadata")
                .path("name")
                .asText();
        String second = http.post(ns + "/configmaps", body)
                .json()
                .path("metadata")
                .path("name")
                .asText();
        assertThat(first).startsWith("g-").hasSize(7).isNotEqualTo(second);
    }

    @Test
    void updateWithStaleRevisionConflicts() {
        String ns = namespace("conflict");
        JsonNode created = configMap(ns, "one", "");
        String body = "{\"metadata\":{\"name\":\"one\",\"resourceVersion\":\"" + revision(created)
                + "\"},\"data\":{\"a\":\"2\"}}";
        assertThat(http.put(ns + "/configmaps/one", body).status()).isEqualTo(200);
        Http.Answer stale = http.put(ns + "/configmaps/one", body.replace("\"2\"", "\"3\""));
        assertThat(stale.status()).isEqualTo(409);
        assertThat(stale.json().path("reason").asText()).isEqualTo("Conflict");
    }

    @Test
    void updateThatChangesNothingKeepsTheRevision() {
        String ns = namespace("noop");
        JsonNode created = configMap(ns, "one", "");
        assertThat(revision(http.put(ns + "/configmaps/one", created.toString()).json()))
                .isEqualTo(revision(created));
    }

    @Test
    void pagesOfAListAreOfOneRevision() {
        String ns = namespace("paging");
        for (int i = 0; i < 5; i++) {
            configMap(ns, "c" + i, "");
        }
        JsonNode first = http.get(ns + "/configmaps?limit=2").json();
        assertThat(first.path("items")).hasSize(2);
        assertThat(first.path("metadata").path("remainingItemCount").asInt()).isEqualTo(3);
        // What happens between the pages is not seen by them.
        configMap(ns, "c9", "");
        http.delete(ns + "/configmaps/c3", "");
        List<String> names = new ArrayList<>();
        JsonNode page = first;
        while (true) {
            page.path("items")
                    .forEach(
                            item -> names.add(item.path("metadata").path("name").asText()));
            String token = page.path("metadata").path("continue").asText();
            if (token.isEmpty()) {
                break;
            }
            page = http.get(ns + "/configmaps?limit=2&continue=" + token).json();
            assertThat(revision(page)).isEqualTo(revision(first));
        }
        assertThat(names).containsExactly("c0", "c1", "c2", "c3", "c4");
    }

    @Test
    void compactedPageIsExpired() throws Exception {
        String ns = namespace("compacted");
        for (int i = 0; i < 3; i++) {
            configMap(ns, "c" + i, "");
        }
        String token = http.get(ns + "/configmaps?limit=1")
                .json()
                .path("metadata")
                .path("continue")
                .asText();
        configMap(ns, "c7", "");
        JsonNode last = configMap(ns, "c8", "");
        server.get()
                .store()
                .compact(Long.parseLong(revision(last)))
                .toCompletionStage()
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS);
        Http.Answer answer = http.get(ns + "/configmaps?limit=1&continue=" + token);
        assertThat(answer.status()).isEqualTo(410);
        assertThat(answer.json().path("reason").asText()).isEqualTo("Expired");
    }

    @Test
    void selectorsChooseByLabelAndField() {
        String ns = namespace("selectors");
        configMap(ns, "a", "\"app\":\"x\"");
        configMap(ns, "b", "\"app\":\"y\"");
        assertThat(http.get(ns + "/configmaps?labelSelector=app%3Dx").json().path("items"))
                .hasSize(1);
        assertThat(http.get(ns + "/configmaps?fieldSelector=metadata.name%3Db")
                        .json()
                        .path("items"))
                .hasSize(1);
        assertThat(http.get(ns + "/configmaps?labelSelector=app%20in%20(x,y)")
                        .json()
                        .path("items"))
                .hasSize(2);
    }

    @Test
    void watchSeesObjectsEnterAndLeaveItsSelector() throws Exception {
        String ns = namespace("transitions");
        JsonNode created = configMap(ns, "one", "\"app\":\"no\"");
        try (Http.Watch watch = http.watch(
                ns + "/configmaps?watch=true&labelSelector=app%3Dyes&resourceVersion=" + revision(created))) {
            http.merge(ns + "/configmaps/one", "{\"metadata\":{\"labels\":{\"app\":\"yes\"}}}");
            http.merge(ns + "/configmaps/one", "{\"data\":{\"a\":\"2\"}}");
            JsonNode left = http.merge(ns + "/configmaps/one", "{\"metadata\":{\"labels\":{\"app\":\"no\"}}}")
                    .json();
            assertThat(watch.next().path("type").asText()).isEqualTo("ADDED");
            assertThat(watch.next().path("type").asText()).isEqualTo("MODIFIED");
            JsonNode deleted = watch.next();
            assertThat(deleted.path("type").asText()).isEqualTo("DELETED");
            // The last state that matched, at the revision of the change that made it leave.
            assertThat(deleted.path("object")
                            .path("metadata")
                            .path("labels")
                            .path("app")
                            .asText())
                    .isEqualTo("yes");
            assertThat(revision(deleted.path("object"))).isEqualTo(revision(left));
        }
    }

    @Test
    void watchListEndsItsInitialEventsWithABookmark() throws Exception {
        String ns = namespace("watchlist");
        configMap(ns, "one", "");
        try (Http.Watch watch = http.watch(ns + "/configmaps?watch=true&sendInitialEvents=true"
                + "&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1")) {
            List<JsonNode> events = watch.rest();
            assertThat(events.get(0).path("type").asText()).isEqualTo("ADDED");
            JsonNode end = events.get(1);
            assertThat(end.path("type").asText()).isEqualTo("BOOKMARK");
            assertThat(end.path("object")
                            .path("metadata")
                            .path("annotations")
                            .path("k8s.io/initial-events-end")
                            .asText())
                    .isEqualTo("true");
            assertThat(events.get(events.size() - 1).path("type").asText()).isEqualTo("BOOKMARK");
        }
    }

    /** A Table has no annotations: the mark is in the object of its one row. */
    @Test
    void watchListOfTablesEndsItsInitialEventsToo() throws Exception {
        String ns = namespace("watchtables");
        configMap(ns, "one", "");
        try (Http.Watch watch = http.watch(
                ns + "/configmaps?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
                        + "&allowWatchBookmarks=true&timeoutSeconds=1",
                "Accept",
                "application/json;as=Table;v=v1;g=meta.k8s.io")) {
            assertThat(watch.next().at("/object/rows/0/cells/0").asText()).isEqualTo("one");
            JsonNode end = watch.next();
            assertThat(end.path("type").asText()).isEqualTo("BOOKMARK");
            assertThat(end.at("/object/rows/0/object/metadata/annotations").toString())
                    .isEqualTo("{\"k8s.io/initial-events-end\":\"true\"}");
            assertThat(end.at("/object/metadata/resourceVersion"))
                    .isEqualTo(end.at("/object/rows/0/object/metadata/resourceVersion"));
        }
    }

    @Test
    void watchFromBeforeTheHistoryIsToldToListAgain() throws Exception {
        try (Http.Watch watch = http.watch("/api/v1/namespaces?watch=true&resourceVersion=1&timeoutSeconds=1")) {
            assertThat(watch.next().path("type").asText()).isIn("ADDED", "ERROR");
        }
    }

    @Test
    void patchesOfThreeKinds() {
        String ns = namespace("patches");
        http.post(
                "/apis/apps/v1/namespaces/patches/deployments",
                "{\"metadata\":{\"name\":\"d\"},\"spec\":{\"selector\":{\"matchLabels\":{\"a\":\"b\"}},\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}}}");
        String path = "/apis/apps/v1/namespaces/patches/deployments/d";
        JsonNode strategic = http.send(
                        "PATCH",
                        path,
                        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"c2\",\"image\":\"j\"}]}}}}",
                        "Content-Type",
                        "application/strategic-merge-patch+json")
                .json();
        assertThat(strategic.path("spec").path("template").path("spec").path("containers"))
                .hasSize(2);
        assertThat(strategic.path("metadata").path("generation").asInt()).isEqualTo(2);
        JsonNode json = http.send(
                        "PATCH",
                        path,
                        "[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":4}]",
                        "Content-Type",
                        "application/json-patch+json")
                .json();
        assertThat(json.path("spec").path("replicas").asInt()).isEqualTo(4);
        JsonNode merged = http.merge(path, "{\"spec\":{\"replicas\":null}}").json();
        assertThat(merged.path("spec").path("replicas").asInt()).isEqualTo(1);
        assertThat(ns).isNotEmpty();
    }

    @Test
    void scaleChangesTheSpecAndStatusItsStatusOnly() {
        namespace("scaling");
        String root = "/apis/apps/v1/namespaces/scaling/deployments";
        http.post(
                root,
                "{\"metadata\":{\"name\":\"d\"},\"spec\":{\"selector\":{\"matchLabels\":{\"a\":\"b\"}},\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}}}");
        assertThat(http.merge(root + "/d/scale", "{\"spec\":{\"replicas\":7}}")
                        .json()
                        .path("spec")
                        .path("replicas")
                        .asInt())
                .isEqualTo(7);
        JsonNode deployment = http.get(root + "/d").json();
        assertThat(deployment.path("spec").path("replicas").asInt()).isEqualTo(7);
        JsonNode status = http.merge(root + "/d/status", "{\"spec\":{\"replicas\":1},\"status\":{\"replicas\":5}}")
                .json();
        assertThat(status.path("spec").path("replicas").asInt()).isEqualTo(7);
        assertThat(status.path("status").path("replicas").asInt()).isEqualTo(5);
        JsonNode scale = http.get(root + "/d/scale").json();
        assertThat(scale.path("status").path("replicas").asInt()).isEqualTo(5);
        assertThat(scale.path("status").path("selector").asText()).isEqualTo("a=b");
        JsonNode table = http.get(
                        root + "/d/scale", "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
                .json();
        assertThat(table.path("columnDefinitions").findValuesAsText("name"))
                .containsExactly("Name", "Desired", "Available", "Age");
        JsonNode cells = table.path("rows").get(0).path("cells");
        assertThat(cells.get(0).asText() + cells.get(1).asInt() + cells.get(2).asInt())
                .isEqualTo("d75");
    }

    @Test
    void aNewNodeIsTaintedUntilSomebodyLooksAtIt() {
        JsonNode node = http.post("/api/v1/nodes", "{\"metadata\":{\"name\":\"fresh\"}}")
                .json();
        JsonNode taints = node.path("spec").path("taints");
        assertThat(taints).hasSize(1);
        assertThat(taints.get(0).path("key").asText()).isEqualTo("node.kubernetes.io/not-ready");
        assertThat(taints.get(0).path("effect").asText()).isEqualTo("NoSchedule");
        JsonNode cleared = http.merge("/api/v1/nodes/fresh", "{\"spec\":{\"taints\":null}}")
                .json();
        assertThat(cleared.path("spec").has("taints")).isFalse();
    }

    @Test
    void boundPodIsGivenItsGraceAndFreedByItsKubelet() {
        String ns = namespace("grace");
        String pod = "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}";
        JsonNode created = http.post(ns + "/pods", pod).json();
        assertThat(created.path("spec").path("serviceAccountName").asText()).isEqualTo("default");
        assertThat(created.path("spec").path("tolerations")).hasSize(2);
        String binding = "{\"metadata\":{\"name\":\"p\"},\"target\":{\"kind\":\"Node\",\"name\":\"n1\"}}";
        Http.Answer behind =
                http.post(ns + "/pods/p/binding", binding.replace("\"p\"}", "\"p\",\"resourceVersion\":\"1\"}"));
        assertThat(behind.status()).isEqualTo(409);
        assertThat(behind.json().path("message").asText())
                .contains("Precondition failed: ResourceVersion in precondition: 1, ResourceVersion in object meta: ");
        assertThat(http.post(ns + "/pods/p/binding", binding).status()).isEqualTo(201);
        assertThat(http.post(ns + "/pods/p/binding", binding).status()).isEqualTo(409);
        JsonNode going =
                http.delete(ns + "/pods/p", "{\"gracePeriodSeconds\":9}").json();
        assertThat(going.path("metadata").path("deletionGracePeriodSeconds").asInt())
                .isEqualTo(9);
        assertThat(http.get(ns + "/pods/p").status()).isEqualTo(200);
        assertThat(http.delete(ns + "/pods/p", "{\"gracePeriodSeconds\":0}").status())
                .isEqualTo(200);
        assertThat(http.get(ns + "/pods/p").status()).isEqualTo(404);
    }

    @Test
    void unscheduledPodGoesAtOnce() {
        String ns = namespace("unscheduled");
        http.post(
                ns + "/pods",
                "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}");
        assertThat(http.delete(ns + "/pods/p", "").status()).isEqualTo(200);
        assertThat(http.get(ns + "/pods/p").status()).isEqualTo(404);
    }

    @Test
    void finalizersHoldAnObjectUntilTheLastIsGone() {
        String ns = namespace("finalizers");
        http.post(ns + "/configmaps", "{\"metadata\":{\"name\":\"f\",\"finalizers\":[\"example.com/hold\"]}}");
        JsonNode held = http.delete(ns + "/configmaps/f", "").json();
        assertThat(held.path("metadata").has("deletionTimestamp")).isTrue();
        assertThat(http.get(ns + "/configmaps/f").status()).isEqualTo(200);
        assertThat(http.merge(ns + "/configmaps/f", "{\"metadata\":{\"finalizers\":null}}")
                        .status())
                .isEqualTo(200);
        assertThat(http.get(ns + "/configmaps/f").status()).isEqualTo(404);
    }

    @Test
    void foregroundDeletionLeavesItsFinalizer() {
        String ns = namespace("foreground");
        configMap(ns, "one", "");
        JsonNode held = http.delete(ns + "/configmaps/one", "{\"propagationPolicy\":\"Foreground\"}")
                .json();
        assertThat(held.path("metadata").path("finalizers").get(0).asText()).isEqualTo("foregroundDeletion");
    }

    @Test
    void deletionWithAnotherUidIsRefused() {
        String ns = namespace("preconditions");
        configMap(ns, "one", "");
        Http.Answer answer = http.delete(ns + "/configmaps/one", "{\"preconditions\":{\"uid\":\"zzz\"}}");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().path("message").asText()).contains("the UID in the precondition (zzz)");
    }

    @Test
    void rehearsalWritesNothing() {
        String ns = namespace("dryrun");
        Http.Answer answer = http.post(ns + "/configmaps?dryRun=All", "{\"metadata\":{\"name\":\"one\"}}");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().path("metadata").has("resourceVersion")).isFalse();
        assertThat(http.get(ns + "/configmaps/one").status()).isEqualTo(404);
    }

    @Test
    void collectionIsDeletedBySelector() {
        String ns = namespace("collection");
        configMap(ns, "a", "\"go\":\"yes\"");
        configMap(ns, "b", "");
        assertThat(http.delete(ns + "/configmaps?labelSelector=go", "").json().path("items"))
                .hasSize(1);
        assertThat(http.get(ns + "/configmaps").json().path("items")).hasSize(1);
    }

    @Test
    void endingNamespaceTakesNothingNewAndEndsByFinalize() {
        String ns = namespace("ending");
        assertThat(http.delete(ns, "").json().path("status").path("phase").asText())
                .isEqualTo("Terminating");
        Http.Answer refused = http.post(ns + "/configmaps", "{\"metadata\":{\"name\":\"x\"}}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json()
                        .path("details")
                        .path("causes")
                        .get(0)
                        .path("reason")
                        .asText())
                .isEqualTo("NamespaceTerminating");
        http.put(ns + "/finalize", "{\"metadata\":{\"name\":\"ending\"},\"spec\":{\"finalizers\":[]}}");
        assertThat(http.get(ns).status()).isEqualTo(404);
    }

    @Test
    void tableHasARowPerObject() {
        String ns = namespace("tables");
        configMap(ns, "one", "");
        JsonNode table = http.get(
                        ns + "/configmaps", "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
                .json();
        assertThat(table.path("kind").asText()).isEqualTo("Table");
        assertThat(table.path("rows").get(0).path("cells").get(0).asText()).isEqualTo("one");
        JsonNode partial = http.get(
                        ns + "/configmaps/one",
                        "Accept",
                        "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io")
                .json();
        assertThat(partial.path("kind").asText()).isEqualTo("PartialObjectMetadata");
        assertThat(partial.has("data")).isFalse();
        assertThat(http.get(ns + "/configmaps", "Accept", "application/cbor").status())
                .isEqualTo(406);
    }

    /** Not even to keep it for longer: upstream renews the time to live with what is written, and nothing is. */
    @Test
    void anEventThatIsPutAsItIsStaysAsItIs() {
        String events = "/api/v1/namespaces/default/events";
        Http.Answer made = http.post(events, """
                {"apiVersion":"v1","kind":"Event","metadata":{"name":"same"},"reason":"R","message":"m",
                 "involvedObject":{"kind":"Pod","namespace":"default","name":"p"}}""");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        Http.Answer put = http.put(events + "/same", made.text());
        assertThat(put.status()).as(put.text()).isEqualTo(200);
        assertThat(put.json().at("/metadata/resourceVersion"))
                .isEqualTo(made.json().at("/metadata/resourceVersion"));
        Http.Answer changed = http.put(events + "/same", made.text().replace("\"m\"", "\"n\""));
        assertThat(changed.json().at("/metadata/resourceVersion"))
                .isNotEqualTo(made.json().at("/metadata/resourceVersion"));
    }

    @Test
    void eventsAreSeenUnderBothGroups() {
        String ns = namespace("events");
        http.post(
                ns + "/events",
                "{\"metadata\":{\"name\":\"e\"},\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"p\",\"namespace\":\"events\"},\"reason\":\"R\",\"message\":\"M\",\"type\":\"Normal\"}");
        JsonNode event =
                http.get("/apis/events.k8s.io/v1/namespaces/events/events/e").json();
        assertThat(event.path("note").asText()).isEqualTo("M");
        assertThat(event.path("regarding").path("name").asText()).isEqualTo("p");
        assertThat(event.path("apiVersion").asText()).isEqualTo("events.k8s.io/v1");
    }

    @Test
    void bodyOverTheLimitIsRefused() {
        String ns = namespace("limits");
        String body = "{\"metadata\":{\"name\":\"x\"},\"data\":{\"a\":\"" + "x".repeat(3 << 20) + "\"}}";
        assertThat(http.post(ns + "/configmaps", body).status()).isEqualTo(413);
    }

    @Test
    void warningNamesAnUnknownField() {
        String ns = namespace("warnings");
        Http.Answer answer = http.post(ns + "/configmaps", "{\"metadata\":{\"name\":\"x\"},\"dta\":{}}");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.headers().firstValue("Warning")).contains("299 - \"unknown field \\\"dta\\\"\"");
        assertThat(answer.headers().firstValue("Audit-Id")).isPresent();
    }

    @Test
    void whatDeleteOptionsMayNotSay() {
        String ns = namespace("delete-options");
        configMap(ns, "one", "");
        String one = ns + "/configmaps/one";
        String begin = "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: ";
        String both = begin + "Invalid value: \"Orphan\": orphanDependents and deletionPropagation cannot be both set";
        Http.Answer named = http.delete(one, "{\"propagationPolicy\":\"Orphan\",\"orphanDependents\":true}");
        assertThat(named.status()).as(named.text()).isEqualTo(422);
        assertThat(named.json().path("message").asText()).isEqualTo(both);
        Http.Answer queried = http.delete(one + "?propagationPolicy=Orphan&orphanDependents=false", "");
        assertThat(queried.json().path("message").asText()).isEqualTo(both);
        assertThat(http.delete(one, "{\"propagationPolicy\":\"Never\"}")
                        .json()
                        .path("message")
                        .asText())
                .isEqualTo(begin + "Unsupported value: \"Never\": supported values: \"Foreground\", \"Background\","
                        + " \"Orphan\", \"nil\"");
        // a body's options are all there are
        Http.Answer deleted = http.delete(one + "?propagationPolicy=Never", "{\"orphanDependents\":false}");
        assertThat(deleted.status()).as(deleted.text()).isEqualTo(200);
    }
}
