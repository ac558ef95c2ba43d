package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.apiserver.ApiServerConfig.AuthorizationMode;
import io.kvorum.apiserver.audit.AuditPolicy;
import io.kvorum.apiserver.audit.FileAuditLog;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bootstrap tokens, and what a policy writes into the audit log. */
class LoginComponentTest {
    private static final String SECRETS = "/api/v1/namespaces/kube-system/secrets";
    private static final String WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

    @TempDir
    Path folder;

    private final TestAuthority authority = new TestAuthority("CN=ours");
    private TestApiServer server;
    private FileAuditLog audit;
    private Path log;
    private Http admin;

    @BeforeEach
    void start() throws Exception {
        Path tokens = Files.writeString(folder.resolve("tokens.csv"), "t,admin,u-1,system:masters\n");
        List<String> issuers = List.of("https://kubernetes.default.svc.cluster.local");
        ApiServerConfig.Auth auth =
                TestApiServer.auth(false, List.of(AuthorizationMode.RBAC), tokens, List.of(), null, issuers, issuers);
        log = folder.resolve("audit.log");
        audit = new FileAuditLog(log, 1 << 20, 1);
        server = TestApiServer.start(0, authority.serving(folder), auth, LoginComponentTest::options, audit);
        admin = bearer("t");
    }

    private static ServingOptions options(Vertx vertx) {
        ServingOptions plain = ServingOptions.plain(vertx);
        AuditPolicy policy = AuditPolicy.parse("""
                apiVersion: audit.k8s.io/v1
                kind: Policy
                rules:
                - level: RequestResponse
                  omitManagedFields: true
                  verbs: [create]
                  resources: [{group: "", resources: [configmaps]}]
                - level: Request
                  omitStages: [RequestReceived]
                  resources: [{group: "", resources: [secrets]}]
                """);
        return plain.withBootstrapTokens().withAuditPolicy(policy);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private Http bearer(String token) throws Exception {
        return new Http(server, authority.client(null), "Authorization", "Bearer " + token);
    }

    private static String secret(String id, String... more) {
        StringBuilder data = new StringBuilder("\"token-id\":\"" + id
                + "\",\"token-secret\":\"0123456789abcdef\",\"usage-bootstrap-authentication\":\"true\"");
        for (int i = 0; i < more.length; i += 2) {
            data.append(",\"" + more[i] + "\":\"" + more[i + 1] + "\"");
        }
        return "{\"metadata\":{\"name\":\"bootstrap-token-" + id
                + "\"},\"type\":\"bootstrap.kubernetes.io/token\",\"stringData\":{" + data + "}}";
    }

    @Test
    void aBootstrapTokenNamesABootstrapper() throws Exception {
        Http.Answer made = admin.post(
                SECRETS, secret("abcdef", "auth-extra-groups", "system:bootstrappers:kubeadm:default-node-token"));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        JsonNode user = bearer("abcdef.0123456789abcdef").post(WHO, "{}").json().at("/status/userInfo");
        assertThat(user.path("username").asText()).isEqualTo("system:bootstrap:abcdef");
        assertThat(user.path("groups").toString())
                .isEqualTo("[\"system:bootstrappers\",\"system:bootstrappers:kubeadm:default-node-token\","
                        + "\"system:authenticated\"]");
        assertThat(bearer("abcdef.0123456789abcdee").post(WHO, "{}").status()).isEqualTo(401);
    }

    @Test
    void tokensThatRanOutOrGiveForeignGroupsLetNobodyIn() throws Exception {
        admin.post(
                SECRETS,
                secret("aaaaaa", "expiration", Instant.now().minusSeconds(1).toString()));
        admin.post(
                SECRETS,
                secret("bbbbbb", "expiration", Instant.now().plusSeconds(60).toString()));
        admin.post(SECRETS, secret("cccccc", "auth-extra-groups", "system:masters"));
        admin.post(SECRETS, secret("dddddd", "usage-bootstrap-authentication", "false"));
        assertThat(bearer("aaaaaa.0123456789abcdef").post(WHO, "{}").status()).isEqualTo(401);
        assertThat(bearer("bbbbbb.0123456789abcdef").post(WHO, "{}").status()).isEqualTo(201);
        assertThat(bearer("cccccc.0123456789abcdef").post(WHO, "{}").status()).isEqualTo(401);
        assertThat(bearer("dddddd.0123456789abcdef").post(WHO, "{}").status()).isEqualTo(401);
    }

    @Test
    void thePolicySaysWhatIsWritten() throws Exception {
        admin.post("/api/v1/namespaces/default/configmaps", "{\"metadata\":{\"name\":\"m\"},\"data\":{\"a\":\"b\"}}");
        admin.get("/api/v1/namespaces/default/configmaps/m");
        admin.post(SECRETS, secret("eeeeee"));
        audit.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        List<JsonNode> events = new ArrayList<>();
        for (String line : Files.readAllLines(log, StandardCharsets.UTF_8)) {
            events.add(new ObjectMapper().readTree(line));
        }
        assertThat(events.stream()
                        .map(event -> event.path("stage").asText() + " "
                                + event.path("level").asText() + " "
                                + event.at("/objectRef/resource").asText()))
                .containsExactly(
                        "RequestReceived RequestResponse configmaps",
                        "ResponseComplete RequestResponse configmaps",
                        "ResponseComplete Request secrets");
        assertThat(events.get(0).path("auditID")).isEqualTo(events.get(1).path("auditID"));
        assertThat(events.get(1).at("/requestObject/data/a").asText()).isEqualTo("b");
        assertThat(events.get(1).at("/responseObject/metadata/uid").asText()).isNotEmpty();
        assertThat(events.get(1).at("/responseObject/metadata/managedFields").isMissingNode())
                .isTrue();
        assertThat(events.get(2).at("/requestObject/type").asText()).isEqualTo("bootstrap.kubernetes.io/token");
        assertThat(events.get(2).has("responseObject")).isFalse();
    }
}
