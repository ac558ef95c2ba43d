package io.kvorum.cli.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * Follows pods, nodes, deployments and events with one watch each and writes what changes to the timeline, so that what has
 * been deleted is known too. A thread for each that waits for the next line: idle, it costs nothing. A watch that breaks
 * is resumed where it was, at another API server if there are several; after a gap it lists anew and tells the difference.
 */
public final class KubernetesRecorder implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(KubernetesRecorder.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    /** Until a list, or the head of a watch's answer, is there. */
    private static final Duration LIST_TIMEOUT = Duration.ofSeconds(20);

    private static final int WATCH_SECONDS = 600;
    private static final long FIRST_BACKOFF_MILLIS = 500;
    private static final long BACKOFF_CAP_MILLIS = 10_000;
    private static final int GONE = 410;

    private final TimelineFile timeline;
    private final HttpClient client;
    private final Supplier<List<String>> servers;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    /** The API server no longer has what came after the last version seen. */
    private static final class GapException extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** @param servers {@code https://host:port} of the API servers, asked at every attempt */
    public KubernetesRecorder(TimelineFile timeline, SSLContext tls, Supplier<List<String>> servers) {
        this.timeline = timeline;
        this.servers = servers;
        this.client = HttpClient.newBuilder()
                .sslContext(tls)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    public void start() {
        for (ObjectHistory<?> history :
                List.of(new PodHistory(), new NodeHistory(), new DeploymentHistory(), new EventHistory())) {
            Thread thread = new Thread(() -> new Follower(history).run(), "timeline " + history.path());
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }

    /** One kind of objects. */
    private final class Follower {
        private final ObjectHistory<?> history;
        private String version = "";
        private int attempts;

        Follower(ObjectHistory<?> history) {
            this.history = history;
        }

        void run() {
            long backoff = FIRST_BACKOFF_MILLIS;
            while (!closed) {
                try {
                    if (version.isEmpty()) {
                        list();
                    }
                    watch();
                    backoff = FIRST_BACKOFF_MILLIS;
                } catch (GapException e) {
                    version = "";
                } catch (InterruptedException e) {
                    return;
                } catch (IOException e) {
                    attempts++;
                    LOG.log(Level.DEBUG, "the timeline lost its watch path={0}: {1}", history.path(), e.getMessage());
                    try {
                        Thread.sleep(backoff);
                    } catch (InterruptedException interrupted) {
                        return;
                    }
                    backoff = Math.min(BACKOFF_CAP_MILLIS, backoff * 2);
                }
            }
        }

        private HttpRequest.Builder request(String query) throws IOException {
            List<String> all = servers.get();
            if (all.isEmpty()) {
                throw new IOException("there is no API server");
            }
            return HttpRequest.newBuilder(URI.create(all.get(attempts % all.size()) + history.path() + query));
        }

        private HttpResponse<InputStream> send(HttpRequest request)
                throws IOException, InterruptedException, GapException {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() == GONE) {
                response.body().close();
                throw new GapException();
            }
            if (response.statusCode() != 200) {
                response.body().close();
                throw new IOException("answered " + response.statusCode());
            }
            return response;
        }

        private void list() throws IOException, InterruptedException, GapException {
            try (InputStream body =
                    send(request("").timeout(LIST_TIMEOUT).build()).body()) {
                JsonNode list = JSON.readTree(body);
                history.list(list.path("items"), timeline::append);
                version = list.at("/metadata/resourceVersion").asText();
            }
        }

        private void watch() throws IOException, InterruptedException, GapException {
            String query = "?watch=true&allowWatchBookmarks=true&timeoutSeconds=" + WATCH_SECONDS + "&resourceVersion="
                    + version;
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                    send(request(query).timeout(LIST_TIMEOUT).build()).body(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    JsonNode event = JSON.readTree(line);
                    JsonNode object = event.path("object");
                    switch (event.path("type").asText()) {
                        case "ADDED", "MODIFIED" -> history.seen(object, timeline::append);
                        case "DELETED" -> history.deleted(object, timeline::append);
                        case "ERROR" -> throw new GapException();
                        default -> {}
                    }
                    version = object.at("/metadata/resourceVersion").asText(version);
                }
            }
        }
    }
}
