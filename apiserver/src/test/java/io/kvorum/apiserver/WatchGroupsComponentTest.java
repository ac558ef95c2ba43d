package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Watches that share their work: each is shown what it would be shown alone. */
class WatchGroupsComponentTest {
    private static final List<String> SELECTORS = List.of("", "&labelSelector=x", "&labelSelector=x%3D1");
    private static final List<String> FORMS = List.of(
            "application/json",
            "application/json;as=Table;g=meta.k8s.io;v=v1",
            "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
    private static final String MARKER = "marker";

    /** A label's value where there is no label, and where there is no object. */
    private static final String UNLABELLED = "-";

    private static final String NONE = "none";

    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer();

    private final Http http = server.http();

    /** One change of one ConfigMap, from one value of its label to another. */
    private record Change(long revision, String name, String before, String after) {
        /** What a watch with a selector says of it; empty for nothing. */
        String shown(String selector) {
            boolean was = selects(selector, before);
            boolean is = selects(selector, after);
            String type = was ? is ? "MODIFIED" : "DELETED" : is ? "ADDED" : "";
            return type.isEmpty() ? "" : event(type, name, revision);
        }

        private static boolean selects(String selector, String label) {
            return !label.equals(NONE)
                    && (selector.isEmpty() || (selector.endsWith("1") ? label.equals("1") : !label.equals(UNLABELLED)));
        }
    }

    private record Opened(Http.Watch watch, String selector, long from) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyWatchIsShownWhatItSelects(long seed) throws Exception {
        Random random = new Random(seed);
        String namespace = "groups-" + seed;
        long first = revision(http.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + namespace + "\"}}"));
        String maps = "/api/v1/namespaces/" + namespace + "/configmaps";
        List<Change> changes = new ArrayList<>();
        Map<String, String> labels = new HashMap<>();
        List<Opened> open = new ArrayList<>();
        long last = first;
        try {
            for (int step = 0; step < 150; step++) {
                if (random.nextInt(5) == 0) {
                    long from = random.nextBoolean() || changes.isEmpty()
                            ? last
                            : changes.get(random.nextInt(changes.size())).revision();
                    String selector = SELECTORS.get(random.nextInt(SELECTORS.size()));
                    Http.Watch watch = http.watch(
                            maps + "?watch=1&timeoutSeconds=60&resourceVersion=" + from + selector,
                            "Accept",
                            FORMS.get(random.nextInt(FORMS.size())));
                    open.add(new Opened(watch, selector, from));
                } else if (random.nextInt(12) == 0 && !open.isEmpty()) {
                    open.remove(random.nextInt(open.size())).watch().close();
                } else {
                    Change change = change(maps, random, labels);
                    changes.add(change);
                    last = change.revision();
                }
            }
            changes.add(write(maps, MARKER, NONE, "1"));
            assertThat(open).hasSizeGreaterThan(5);
            for (Opened each : open) {
                List<String> wanted = changes.stream()
                        .filter(change -> change.revision() > each.from())
                        .map(change -> change.shown(each.selector()))
                        .filter(shown -> !shown.isEmpty())
                        .toList();
                assertThat(untilMarker(each.watch()))
                        .as("from %d%s", each.from(), each.selector())
                        .isEqualTo(wanted);
            }
        } finally {
            for (Opened each : open) {
                each.watch().close();
            }
        }
    }

    private Change change(String maps, Random random, Map<String, String> labels) {
        String name = "map-" + random.nextInt(6);
        String before = labels.getOrDefault(name, NONE);
        if (!before.equals(NONE) && random.nextInt(4) == 0) {
            labels.remove(name);
            assertThat(http.delete(maps + "/" + name, "").status()).isEqualTo(200);
            return new Change(revision(http.get(maps)), name, before, NONE);
        }
        String after = List.of("1", "2", UNLABELLED).get(random.nextInt(3));
        labels.put(name, after);
        return write(maps, name, before, after);
    }

    private Change write(String maps, String name, String before, String after) {
        String label = after.equals(UNLABELLED) ? "" : ",\"labels\":{\"x\":\"" + after + "\"}";
        // Every write changes something.
        String body = "{\"metadata\":{\"name\":\"" + name + "\"" + label + "},\"data\":{\"n\":\"" + System.nanoTime()
                + "\"}}";
        Http.Answer done = before.equals(NONE) ? http.post(maps, body) : http.put(maps + "/" + name, body);
        return new Change(revision(done), name, before, after);
    }

    /** When an object was deleted is known to the server only. */
    private static String event(String type, String name, long revision) {
        return type + " " + name + (type.equals("DELETED") ? "" : " " + revision);
    }

    private static long revision(Http.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isIn(200, 201);
        return answer.json().at("/metadata/resourceVersion").asLong();
    }

    private static List<String> untilMarker(Http.Watch watch) throws IOException {
        List<String> events = new ArrayList<>();
        String name = "";
        while (!name.equals(MARKER)) {
            JsonNode event = watch.next();
            String type = event.path("type").asText();
            JsonNode object = event.path("object");
            JsonNode metadata = object.path("kind").asText().equals("Table")
                    ? object.at("/rows/0/object/metadata")
                    : object.path("metadata");
            name = metadata.path("name").asText();
            assertThat(name).as("%s after %s", event, events).isNotEmpty();
            events.add(event(type, name, metadata.path("resourceVersion").asLong()));
        }
        return events;
    }
}
