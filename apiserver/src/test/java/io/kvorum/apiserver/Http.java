package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** A client of one test server, over real HTTP. */
final class Http {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private final HttpClient client;
    private final Supplier<String> root;
    private final String[] always;

    Http(TestApiServer server) {
        this(() -> server);
    }

    Http(OwnApiServer server) {
        this(server::get);
    }

    private Http(Supplier<TestApiServer> server) {
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        root = () -> "http://127.0.0.1:" + server.get().port();
        always = new String[0];
    }

    /** @param always names and values of headers that every request has */
    Http(TestApiServer server, SSLContext tls, String... always) {
        client = HttpClient.newBuilder().sslContext(tls).build();
        root = () -> "https://127.0.0.1:" + server.port();
        this.always = always;
    }

    /** An answer; {@code json} is a missing node when the body is none. */
    record Answer(int status, JsonNode json, String text, HttpHeaders headers) {}

    /** The answer to a creation that must succeed. */
    static Answer created(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer;
    }

    /** Of a Status. */
    static String message(Answer answer) {
        return answer.json().path("message").asText();
    }

    Answer get(String path, String... headers) {
        return send("GET", path, "", headers);
    }

    Answer post(String path, String body) {
        return send("POST", path, body, "Content-Type", "application/json");
    }

    Answer put(String path, String body) {
        return send("PUT", path, body, "Content-Type", "application/json");
    }

    Answer merge(String path, String body) {
        return send("PATCH", path, body, "Content-Type", "application/merge-patch+json");
    }

    Answer delete(String path, String body) {
        return send("DELETE", path, body, "Content-Type", "application/json");
    }

    Answer send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root.get() + path))
                .timeout(Duration.ofSeconds(20))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (always.length > 0) {
            request.headers(always);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            JsonNode json = response.body().startsWith("{") ? MAPPER.readTree(response.body()) : MAPPER.missingNode();
            return new Answer(response.statusCode(), json, response.body(), response.headers());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An open watch. */
    final class Watch implements AutoCloseable {
        private final BufferedReader lines;

        private Watch(BufferedReader lines) {
            this.lines = lines;
        }

        /** The next event; waits for it. */
        JsonNode next() throws IOException {
            String line = lines.readLine();
            return line == null ? MAPPER.missingNode() : MAPPER.readTree(line);
        }

        /** All events until the stream ends. */
        List<JsonNode> rest() throws IOException {
            List<JsonNode> events = new ArrayList<>();
            for (JsonNode event = next(); !event.isMissingNode(); event = next()) {
                events.add(event);
            }
            return events;
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    Watch watch(String path, String... headers) throws Exception {
        return new Watch(stream(path, headers));
    }

    /** An answer that goes on, line by line. */
    BufferedReader stream(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root.get() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (always.length > 0) {
            request.headers(always);
        }
        var response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }
}
