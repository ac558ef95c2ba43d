package io.kvorum.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.cli.pki.ClientTls;
import io.kvorum.testkit.TestCluster;
import io.kvorum.testkit.history.Read;
import io.kvorum.testkit.history.Seen;
import io.kvorum.testkit.history.WatchLog;
import io.kvorum.testkit.history.Write;
import io.kvorum.testkit.history.Write.Fate;
import io.kvorum.testkit.history.Write.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** A client of the API on connections of its own that sends every write once, and records what it was told. */
final class RecordingClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration REQUEST = Duration.ofSeconds(10);
    private static final long PAUSE_MILLIS = 100;
    private static final String WRITE = "write";

    private final HttpClient http;
    private final String configMaps;

    private RecordingClient(HttpClient http, String configMaps) {
        this.http = http;
        this.configMaps = configMaps;
    }

    /** @param server as in the kubeconfig */
    static RecordingClient of(TestCluster cluster, String server, String namespace) throws IOException {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(ClientTls.context(cluster.folder().resolve("pki"), "admin"))
                .connectTimeout(REQUEST)
                .build();
        return new RecordingClient(http, server + "/api/v1/namespaces/" + namespace + "/configmaps");
    }

    private HttpRequest.Builder request(String uri) {
        return HttpRequest.newBuilder(URI.create(uri)).timeout(REQUEST).header("Content-Type", "application/json");
    }

    private record Answer(int status, JsonNode body) {}

    private Answer send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        return new Answer(response.statusCode(), JSON.readTree(response.body()));
    }

    private Write write(String id, Kind kind, String key, HttpRequest request) throws InterruptedException {
        long sent = System.nanoTime();
        try {
            Answer answer = send(request);
            Fate fate = answer.status() < 300 ? Fate.ACKNOWLEDGED : answer.status() < 500 ? Fate.REFUSED : Fate.UNKNOWN;
            boolean named = fate == Fate.ACKNOWLEDGED && kind != Kind.DELETE;
            JsonNode metadata = answer.body().path("metadata");
            return new Write(
                    id,
                    kind,
                    named ? metadata.path("name").asText() : key,
                    fate,
                    named ? metadata.path("resourceVersion").asLong() : 0,
                    sent,
                    System.nanoTime());
        } catch (IOException e) {
            return new Write(id, kind, key, Fate.UNKNOWN, 0, sent, System.nanoTime());
        }
    }

    private static String object(String metadata, String id) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{" + metadata + "},\"data\":{\"" + WRITE
                + "\":\"" + id + "\"}}";
    }

    Write create(String name, String id) throws InterruptedException {
        String metadata = name.isEmpty() ? "\"generateName\":\"h-\"" : "\"name\":\"" + name + "\"";
        return write(
                id,
                Kind.CREATE,
                name,
                request(configMaps)
                        .POST(BodyPublishers.ofString(object(metadata, id)))
                        .build());
    }

    private Write update(Write before, String id) throws InterruptedException {
        String metadata = "\"name\":\"" + before.key() + "\",\"resourceVersion\":\"" + before.resourceVersion() + "\"";
        return write(
                id,
                Kind.UPDATE,
                before.key(),
                request(configMaps + "/" + before.key())
                        .PUT(BodyPublishers.ofString(object(metadata, id)))
                        .build());
    }

    private Write delete(String key, String id) throws InterruptedException {
        return write(
                id, Kind.DELETE, key, request(configMaps + "/" + key).DELETE().build());
    }

    /** Creates, updates and deletes objects of its own until told to stop. */
    List<Write> writeUntil(BooleanSupplier stop, String name, long seed) throws InterruptedException {
        Random random = new Random(seed);
        List<Write> writes = new ArrayList<>();
        Deque<Write> own = new ArrayDeque<>();
        while (!stop.getAsBoolean()) {
            String id = name + "-" + writes.size();
            int choice = random.nextInt(10);
            Write before = choice < 4 ? null : own.pollFirst();
            Write done = before == null ? create("", id) : choice < 8 ? update(before, id) : delete(before.key(), id);
            writes.add(done);
            if (done.fate() == Fate.ACKNOWLEDGED && done.kind() != Kind.DELETE) {
                own.addLast(done);
            } else if (done.fate() == Fate.UNKNOWN) {
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        return writes;
    }

    /** Lists consistently, again and again, until told to stop. */
    List<Read> readUntil(BooleanSupplier stop) throws InterruptedException {
        List<Read> reads = new ArrayList<>();
        while (!stop.getAsBoolean()) {
            long sent = System.nanoTime();
            try {
                Answer answer = send(request(configMaps + "?limit=1").GET().build());
                if (answer.status() == 200) {
                    reads.add(new Read(
                            answer.body()
                                    .path("metadata")
                                    .path("resourceVersion")
                                    .asLong(),
                            sent));
                }
            } catch (IOException e) {
                // its server was killed: it claimed nothing
            }
            Thread.sleep(PAUSE_MILLIS / 2);
        }
        return reads;
    }

    /** Names and write ids of what is there, and the version of that list. */
    record Listed(long resourceVersion, Map<String, String> objects) {}

    Listed list() throws IOException, InterruptedException {
        Answer answer = send(request(configMaps).GET().build());
        if (answer.status() != 200) {
            throw new IOException("a list was answered by " + answer.status() + " " + answer.body());
        }
        Map<String, String> objects = new HashMap<>();
        for (JsonNode item : answer.body().path("items")) {
            if (item.path("data").has(WRITE)) {
                objects.put(
                        item.path("metadata").path("name").asText(),
                        item.path("data").path(WRITE).asText());
            }
        }
        return new Listed(answer.body().path("metadata").path("resourceVersion").asLong(), objects);
    }

    /** Watches, over as many connections as it takes, until it sees the object {@code lastKey}. */
    WatchLog watchUntil(String watcher, Listed first, String lastKey, AtomicInteger relists)
            throws InterruptedException {
        List<Seen> events = new ArrayList<>();
        long version = first.resourceVersion();
        int connections = 0;
        boolean done = false;
        while (!done) {
            connections++;
            String uri = configMaps + "?watch=true&allowWatchBookmarks=true&resourceVersion=" + version;
            try {
                HttpResponse<InputStream> response =
                        http.send(request(uri).GET().build(), BodyHandlers.ofInputStream());
                try (BufferedReader lines =
                        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                    String line = lines.readLine();
                    while (line != null && !done) {
                        JsonNode event = JSON.readTree(line);
                        JsonNode object = event.path("object");
                        if (event.path("type").asText().equals("ERROR") || response.statusCode() != 200) {
                            if (object.path("code").asInt() == 410) {
                                relists.incrementAndGet();
                                return new WatchLog(
                                        watcher,
                                        first.resourceVersion(),
                                        first.objects(),
                                        events,
                                        relists.get(),
                                        connections);
                            }
                            break;
                        }
                        version =
                                object.path("metadata").path("resourceVersion").asLong();
                        done = record(event, events, lastKey);
                        line = done ? null : lines.readLine();
                    }
                }
            } catch (IOException e) {
                // the connection's server was killed: go on from the last version, as client libraries do
            }
            if (!done) {
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        return new WatchLog(watcher, first.resourceVersion(), first.objects(), events, relists.get(), connections);
    }

    private static boolean record(JsonNode event, List<Seen> events, String lastKey) {
        JsonNode object = event.path("object");
        String type = event.path("type").asText();
        String name = object.path("metadata").path("name").asText();
        if (type.equals("BOOKMARK") || !object.path("data").has(WRITE)) {
            return false;
        }
        events.add(new Seen(
                type,
                name,
                object.path("data").path(WRITE).asText(),
                object.path("metadata").path("resourceVersion").asLong()));
        return name.equals(lastKey);
    }
}
