package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.pki.ClientTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the address that a word such as {@code service/web} or {@code gateway/shop} stands for. */
final class TrafficTarget {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Pattern SERVER = Pattern.compile("(?m)^\\s*server:\\s*\"?([^\\s\"]+)");
    private static final Pattern WORD =
            Pattern.compile("(service|services|svc|gateway|gateways|gtw)/([^/?]+)(/.*|\\?.*)?");

    private TrafficTarget() {}

    /**
     * @param word a URL, or {@code service/NAME} or {@code gateway/NAME}, with a path behind it if wanted
     * @param port of the service or of the gateway's listener; null for the first
     */
    static URI resolve(ClusterOption cluster, String word, String namespace, @Nullable Integer port)
            throws IOException, InterruptedException {
        if (word.startsWith("http://") || word.startsWith("https://")) {
            try {
                return URI.create(word);
            } catch (IllegalArgumentException e) {
                throw new CommandFailure("\"" + word + "\" is no URL: " + e.getMessage(), 2);
            }
        }
        Matcher matcher = WORD.matcher(word);
        if (!matcher.matches()) {
            throw new CommandFailure("\"" + word + "\": give a URL (http://...), service/NAME or gateway/NAME", 2);
        }
        String rest = matcher.group(3) == null ? "/" : matcher.group(3);
        String path = rest.startsWith("/") ? rest : "/" + rest;
        return matcher.group(1).startsWith("s")
                ? service(get(cluster, "/api/v1/namespaces/" + namespace + "/services/" + matcher.group(2)), port, path)
                : gateway(
                        get(
                                cluster,
                                "/apis/gateway.networking.k8s.io/v1/namespaces/" + namespace + "/gateways/"
                                        + matcher.group(2)),
                        port,
                        path);
    }

    private static URI service(JsonNode service, @Nullable Integer wanted, String path) {
        String name = service.at("/metadata/name").asText();
        String address = service.at("/spec/clusterIP").asText("");
        if (address.isEmpty() || address.equals("None")) {
            throw new CommandFailure("service " + name + " has no cluster IP; give a URL instead", 1);
        }
        for (JsonNode port : service.at("/spec/ports")) {
            if (wanted == null || port.path("port").asInt() == wanted) {
                boolean secure = port.path("name").asText().equals("https")
                        || port.path("port").asInt() == 443;
                return uri(secure, address, port.path("port").asInt(), path);
            }
        }
        throw new CommandFailure("service " + name + " has no port " + (wanted == null ? "" : wanted), 1);
    }

    private static URI gateway(JsonNode gateway, @Nullable Integer wanted, String path) {
        String name = gateway.at("/metadata/name").asText();
        String address = gateway.at("/status/addresses/0/value").asText("");
        if (address.isEmpty()) {
            throw new CommandFailure(
                    "gateway " + name + " has no address yet; is a gateway running? kvorum scale gateway 1", 1);
        }
        for (JsonNode listener : gateway.at("/spec/listeners")) {
            String protocol = listener.path("protocol").asText();
            if ((protocol.equals("HTTP") || protocol.equals("HTTPS"))
                    && (wanted == null || listener.path("port").asInt() == wanted)) {
                return uri(
                        protocol.equals("HTTPS"), address, listener.path("port").asInt(), path);
            }
        }
        throw new CommandFailure(
                "gateway " + name + " has no HTTP listener" + (wanted == null ? "" : " on port " + wanted), 1);
    }

    private static URI uri(boolean secure, String address, int port, String path) {
        return URI.create((secure ? "https://" : "http://") + address + ":" + port + path);
    }

    private static JsonNode get(ClusterOption cluster, String path) throws IOException, InterruptedException {
        ClusterFolder folder = KubeconfigCommand.existing(cluster);
        Matcher server = SERVER.matcher(Files.readString(folder.kubeconfig()));
        if (!server.find()) {
            throw new CommandFailure(folder.kubeconfig() + " names no server", 1);
        }
        HttpClient client = HttpClient.newBuilder()
                .sslContext(ClientTls.context(folder.pki(), "admin"))
                .connectTimeout(TIMEOUT)
                .build();
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create(server.group(1) + path))
                        .timeout(TIMEOUT)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        JsonNode body = new ObjectMapper().readTree(response.body());
        if (response.statusCode() != 200) {
            throw new CommandFailure(body.path("message").asText("status " + response.statusCode()), 1);
        }
        return body;
    }
}
