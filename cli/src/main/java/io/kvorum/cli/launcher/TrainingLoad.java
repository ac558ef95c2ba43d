package io.kvorum.cli.launcher;

import io.kvorum.cli.cluster.AddressPlan;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.Role;
import io.kvorum.cli.pki.ClientTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** What the training cluster does besides starting: a deployment with a service until a pod is ready, reads, deletion. */
final class TrainingLoad {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int POLLS = 100;
    private static final long POLL_MILLIS = 200;

    private static final String DEPLOYMENT = """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"train"},"spec":{"replicas":1,
            "selector":{"matchLabels":{"app":"train"}},"template":{"metadata":{"labels":{"app":"train"}},
            "spec":{"containers":[{"name":"web","image":"nginx","ports":[{"containerPort":8080}]}]}}}}
            """;
    private static final String SERVICE = """
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"train"},"spec":{"selector":{"app":"train"},
            "ports":[{"port":8080}]}}
            """;
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
    private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

    private final HttpClient client;
    private final String server;

    private TrainingLoad(HttpClient client, String server) {
        this.client = client;
        this.server = server;
    }

    static void run(ClusterFolder folder) throws IOException, InterruptedException {
        ClusterSpec spec = ClusterSpec.read(folder.spec());
        String server = "https://" + new AddressPlan(spec.index()).address(Role.APISERVER, 0) + ":" + spec.securePort();
        HttpClient client = HttpClient.newBuilder()
                .sslContext(ClientTls.context(folder.pki(), "admin"))
                .connectTimeout(TIMEOUT)
                .build();
        new TrainingLoad(client, server).exercise();
    }

    private void exercise() throws IOException, InterruptedException {
        for (String path : new String[] {"/version", "/api", "/apis", "/api/v1", "/api/v1/nodes", "/readyz?verbose"}) {
            call("GET", path, "application/json", "");
        }
        call("POST", DEPLOYMENTS, "application/json", DEPLOYMENT);
        call("POST", "/api/v1/namespaces/default/services", "application/json", SERVICE);
        for (int i = 0; i < POLLS; i++) {
            if (call("GET", DEPLOYMENTS + "/train", "application/json", "").contains("\"readyReplicas\":1")) {
                break;
            }
            Thread.sleep(POLL_MILLIS);
        }
        call("GET", "/api/v1/namespaces/default/pods", TABLE, "");
        call("GET", "/apis/apps/v1/namespaces/default/deployments", TABLE, "");
        call("DELETE", "/api/v1/namespaces/default/services/train", "application/json", "");
        call("DELETE", DEPLOYMENTS + "/train", "application/json", "");
        for (int i = 0; i < POLLS; i++) {
            if (!call("GET", "/api/v1/namespaces/default/pods", "application/json", "")
                    .contains("\"app\":\"train\"")) {
                break;
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private String call(String method, String path, String accept, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server + path))
                .timeout(TIMEOUT)
                .header("Accept", accept)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 400) {
            throw new IOException(method + " " + path + ": " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }
}
