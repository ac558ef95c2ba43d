package io.kvorum.cli.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.pki.ClientTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The API of one cluster, over HTTPS, at whichever of its API servers answers. Blocking. A server that does not answer is
 * passed over, and all are tried again until the patience is over, so that a caller outlives their restarts; so a write
 * may be carried out twice, and every caller's writes bear that.
 */
public final class KubeApi {
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
    private static final long PAUSE_MILLIS = 250;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client;
    private final List<String> servers;
    private final Duration patience;
    private int preferred;

    /** @param patience how long no server at all may answer */
    public KubeApi(ClusterFolder folder, ClusterSpec spec, Duration patience) throws IOException {
        this.patience = patience;
        this.servers =
                spec.apiServers().stream().map(server -> "https://" + server).toList();
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(ClientTls.context(folder.pki(), "admin"))
                .connectTimeout(CONNECT_LIMIT)
                .build();
    }

    /** An answer, whatever its status. */
    public record Answer(int status, JsonNode body) {
        public boolean ok() {
            return status < 300;
        }

        /** The body of an answer that must be good; else the API's own message is the failure. */
        public JsonNode required(String what) {
            if (!ok()) {
                throw new CommandFailure(what + ": " + message(), 1);
            }
            return body;
        }

        public String message() {
            String text = body.path("message").asText();
            return text.isEmpty() ? "the API server answered " + status : text;
        }

        /** The message of the first cause, for example which disruption budget is in the way; else the message. */
        public String cause() {
            String cause =
                    body.path("details").path("causes").path(0).path("message").asText();
            return cause.isEmpty() ? message() : cause;
        }
    }

    public JsonNode get(String path) throws InterruptedException {
        return send("GET", path, "", "").required("GET " + path);
    }

    /** The items of a list. */
    public List<JsonNode> list(String path) throws InterruptedException {
        List<JsonNode> items = new ArrayList<>();
        get(path).path("items").forEach(items::add);
        return items;
    }

    public Answer merge(String path, JsonNode patch) throws InterruptedException {
        return send("PATCH", path, "application/merge-patch+json", patch.toString());
    }

    public Answer post(String path, JsonNode body) throws InterruptedException {
        return send("POST", path, "application/json", body.toString());
    }

    public Answer delete(String path) throws InterruptedException {
        return send("DELETE", path, "", "");
    }

    /** Answers of servers that cannot serve just now (5xx without a decision) are tried again like no answer. */
    private Answer send(String method, String path, String type, String body) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        String last = "there is none";
        while (true) {
            for (int i = 0; i < servers.size(); i++) {
                String server = servers.get(preferred % servers.size());
                try {
                    Answer answer = once(method, server + path, type, body);
                    if (answer.status() != 503 && answer.status() != 504) {
                        return answer;
                    }
                    last = server + ": " + answer.message();
                } catch (IOException e) {
                    last = server + ": " + e;
                }
                preferred++;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new CommandFailure(
                        "no API server answered " + method + " " + path + " within " + patience.toSeconds() + " s ("
                                + last + ")",
                        1);
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private Answer once(String method, String uri, String type, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri))
                .timeout(REQUEST_LIMIT)
                .header("Accept", "application/json")
                .header("User-Agent", "kvorum")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        JsonNode json = response.body().startsWith("{") ? JSON.readTree(response.body()) : JSON.missingNode();
        return new Answer(response.statusCode(), json);
    }
}
