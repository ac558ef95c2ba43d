package io.kvorum.apiserver;

import io.kvorum.apiserver.ApiServerConfig.AuthorizationMode;
import io.kvorum.apiserver.audit.AuditLog;
import io.vertx.core.Vertx;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** An API server with Node and RBAC over HTTPS, with the users admin, who may all, and jane, who may nothing yet. */
final class GuardedServer implements AutoCloseable {
    static final String ISSUER = "https://kubernetes.default.svc.cluster.local";
    static final String WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    static final String TEAM = "/api/v1/namespaces/default";
    static final String RBAC = "/apis/rbac.authorization.k8s.io/v1";
    private static final int MOST_WAITING_MILLIS = 20_000;

    final TestAuthority authority = new TestAuthority("CN=ours");
    final KeyPair accountKeys;
    final TestApiServer server;
    final Http admin;
    final Http jane;

    GuardedServer(Path folder) throws Exception {
        this(folder, ServingOptions::plain);
    }

    GuardedServer(Path folder, Function<Vertx, ServingOptions> options) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        accountKeys = generator.generateKeyPair();
        Path signing = TestAuthority.pem(
                folder, "sa.key", "PRIVATE KEY", accountKeys.getPrivate().getEncoded());
        Path verifying = TestAuthority.pem(
                folder, "sa.pub", "PUBLIC KEY", accountKeys.getPublic().getEncoded());
        Path tokens = Files.writeString(
                folder.resolve("tokens.csv"), "admin-token,admin,u-1,system:masters\njane-token,jane,u-2,devs\n");
        ApiServerConfig.Auth auth = TestApiServer.auth(
                false,
                List.of(AuthorizationMode.NODE, AuthorizationMode.RBAC),
                tokens,
                List.of(verifying),
                signing,
                List.of(ISSUER),
                List.of(ISSUER));
        server = TestApiServer.start(0, authority.serving(folder), auth, options, AuditLog.NONE);
        admin = bearer("admin-token");
        jane = bearer("jane-token");
    }

    Http bearer(String token, String... more) throws Exception {
        List<String> headers = new ArrayList<>(List.of("Authorization", "Bearer " + token));
        headers.addAll(List.of(more));
        return new Http(server, authority.client(null), headers.toArray(String[]::new));
    }

    /** Lets jane do what the rules say, everywhere. */
    void allowJane(String rules) {
        made(admin.post(RBAC + "/clusterroles", "{\"metadata\":{\"name\":\"jane\"},\"rules\":[" + rules + "]}"));
        bindJane("jane");
    }

    void bindJane(String clusterRole) {
        made(
                admin.post(
                        RBAC + "/clusterrolebindings",
                        "{\"metadata\":{\"name\":\"jane\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"ClusterRole\",\"name\":\""
                                + clusterRole
                                + "\"},\"subjects\":[{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"User\",\"name\":\"jane\"}]}"));
    }

    static String rule(String verbs, String group, String resources, String more) {
        return "{\"verbs\":[\"" + verbs.replace(",", "\",\"") + "\"],\"apiGroups\":[\"" + group
                + "\"],\"resources\":[\"" + resources.replace(",", "\",\"") + "\"]" + more + "}";
    }

    static Http.Answer made(Http.Answer answer) {
        if (answer.status() != 201) {
            throw new IllegalStateException(answer.text());
        }
        return answer;
    }

    /** All that comes until the server closes, for bytes as they are; the last request must ask for the end. */
    String raw(String bytes) throws Exception {
        try (Socket socket = authority.client(null).getSocketFactory().createSocket("127.0.0.1", server.port())) {
            socket.setSoTimeout(MOST_WAITING_MILLIS);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Override
    public void close() throws Exception {
        server.close();
    }
}
