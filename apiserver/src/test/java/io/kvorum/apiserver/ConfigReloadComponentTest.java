package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apiserver.ReviewServer.Reply;
import io.kvorum.apiserver.audit.AuditLog;
import io.kvorum.component.ComponentFlags;
import io.kvorum.component.Identity;
import io.kvorum.component.KubernetesVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Configuration files that change while the server runs. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class ConfigReloadComponentTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    private static final String AUTHORIZATION =
            "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers:\n";
    private static final String AUTHENTICATION =
            "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n";
    private static final String ROLES = "- {type: RBAC, name: rbac}\n";

    @TempDir
    Path folder;

    private final TestAuthority authority = new TestAuthority("CN=ours");

    /** Each test begins with {@link #serve}, as does the client. */
    @SuppressWarnings("NullAway.Init")
    private TestApiServer server;

    @SuppressWarnings("NullAway.Init")
    private Http admin;

    @AfterEach
    void stop() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    private void serve(String... more) throws Exception {
        ApiServerConfig.Tls tls = authority.serving(folder);
        Path tokens = Files.writeString(
                folder.resolve("tokens.csv"), "admin-token,admin,u-1,system:masters\njane-token,jane,u-2,devs\n");
        List<String> args = new ArrayList<>(List.of(
                "--tls-cert-file=" + tls.certificate(),
                "--tls-private-key-file=" + tls.key(),
                "--client-ca-file=" + tls.clientCa(),
                "--token-auth-file=" + tokens));
        args.addAll(List.of(more));
        ComponentFlags flags = new ComponentFlags();
        ApiServerFlags declared = new ApiServerFlags(flags);
        flags.parse(args);
        ApiServerConfig config = ApiServerConfig.of(
                declared, new Identity("c", "apiserver", "apiserver-0", "127.0.0.1"), KubernetesVersion.BUILT_IN);
        server = TestApiServer.start(
                0,
                tls,
                config.auth(),
                vertx -> ServingOptions.plain(vertx).withIssuers(declared.openId.issuers()),
                AuditLog.NONE);
        admin = bearer("admin-token");
    }

    private Http bearer(String token) throws Exception {
        return new Http(server, authority.client(null), "Authorization", "Bearer " + token);
    }

    /** As configurations are changed that are never half there. */
    private void write(Path file, String text) throws Exception {
        Path beside = Files.writeString(folder.resolve("next"), text);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void until(String what, BooleanSupplier wanted) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!wanted.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private boolean told(String line) {
        return admin.get("/metrics").text().contains(line);
    }

    /** @param status {@code success} or {@code failure} */
    private boolean reloaded(String what, String status, int times) {
        return admin.get("/metrics")
                .text()
                .lines()
                .anyMatch(line -> line.startsWith("apiserver_" + what + "_config_controller_automatic_reloads_total{")
                        && line.contains("status=\"" + status + "\"")
                        && line.endsWith("} " + times + ".0"));
    }

    private static String webhook(String name, Path file) {
        return "- type: Webhook\n  name: " + name + "\n  webhook:\n    timeout: 5s\n"
                + "    subjectAccessReviewVersion: v1\n    failurePolicy: NoOpinion\n"
                + "    matchConditionSubjectAccessReviewVersion: v1\n"
                + "    matchConditions: [{expression: \"request.user == 'jane'\"}]\n"
                + "    connectionInfo: {type: KubeConfigFile, kubeConfigFile: " + file + "}\n";
    }

    @Test
    void whoDecidesComesAndGoes() throws Exception {
        try (ReviewServer one = new ReviewServer(folder.resolve("one"));
                ReviewServer other = new ReviewServer(folder.resolve("other"))) {
            Path kept = one.file();
            Path file = Files.writeString(folder.resolve("authz.yaml"), AUTHORIZATION + ROLES);
            serve("--authorization-config=" + file);
            Http jane = bearer("jane-token");
            assertThat(jane.get(MAPS).status()).isEqualTo(403);
            assertThat(told("apiserver_authorization_config_controller_last_config_info{"))
                    .isTrue();

            one.answers(review -> Reply.json("{'status':{'allowed':true}}"));
            write(file, AUTHORIZATION + webhook("one", kept) + ROLES);
            until("jane may", () -> jane.get(MAPS).status() == 200);
            assertThat(reloaded("authorization", "success", 1)).isTrue();
            assertThat(jane.get(MAPS).status()).isEqualTo(200);
            int asked = one.asked.size();
            assertThat(asked).isPositive();

            // The same said in other words is no change: what the webhook said is still remembered.
            write(file, "# as it was\n" + AUTHORIZATION + webhook("one", kept) + ROLES);
            // Another one is; nothing is remembered of the one before.
            other.answers(review -> Reply.json("{'status':{'allowed':false,'denied':true}}"));
            write(file, AUTHORIZATION + webhook("other", other.file()) + ROLES);
            until("jane may not", () -> jane.get(MAPS).status() == 403);
            assertThat(reloaded("authorization", "success", 2)).isTrue();
            write(file, AUTHORIZATION + webhook("one", kept) + ROLES);
            until("jane may again", () -> jane.get(MAPS).status() == 200);
            assertThat(one.asked.size()).isGreaterThan(asked);
        }
    }

    @Test
    void aWrongAuthorizationIsToldAndTheOldOneHolds() throws Exception {
        Path file = Files.writeString(folder.resolve("authz.yaml"), AUTHORIZATION + ROLES);
        serve("--authorization-config=" + file);
        String[] wrong = {
            "",
            AUTHORIZATION + "- {type: RBAC, name: roles}\n",
            AUTHORIZATION + "- {type: AlwaysAllow, name: alwaysallow}\n",
            AUTHORIZATION + ROLES + "- {type: Node, name: node}\n",
            AUTHORIZATION + ROLES + "- {type: Webhook, name: w}\n",
        };
        for (int i = 0; i < wrong.length; i++) {
            String text = wrong[i];
            int times = i + 1;
            write(file, text);
            until(text, () -> reloaded("authorization", "failure", times));
        }
        assertThat(bearer("jane-token").get(MAPS).status()).isEqualTo(403);
        assertThat(told("automatic_reload_last_timestamp_seconds{")).isTrue();
        write(file, AUTHORIZATION + ROLES + "- {type: AlwaysAllow, name: alwaysallow}\n");
        Http jane = bearer("jane-token");
        until("everybody may everything", () -> jane.get(MAPS).status() == 200);
        assertThat(reloaded("authorization", "success", 1)).isTrue();
    }

    private static String rightsOf(Http.Answer answer) {
        return answer.status() + " "
                + answer.json().at("/status/userInfo/username").asText();
    }

    @Test
    void issuersComeAndGo() throws Exception {
        try (IssuerServer one = new IssuerServer(folder.resolve("issuer"))) {
            Path file = Files.writeString(
                    folder.resolve("authn.yaml"),
                    AUTHENTICATION + "anonymous: {enabled: true, conditions: [{path: /livez}]}\n");
            serve("--authentication-config=" + file);
            Http bob = bearer(one.token("bob"));
            assertThat(bob.post(WHO, "{}").status()).isEqualTo(401);

            String anonymous = "anonymous: {enabled: true, conditions: [{path: /livez}]}\n";
            write(file, AUTHENTICATION + anonymous + "jwt:\n" + one.jwt("one:"));
            until("bob is known", () -> rightsOf(bob.post(WHO, "{}")).equals("201 one:bob"));
            assertThat(reloaded("authentication", "success", 1)).isTrue();

            write(file, AUTHENTICATION + "anonymous: {enabled: true}\njwt:\n" + one.jwt("other:"));
            until("who needs no credentials is fixed", () -> reloaded("authentication", "failure", 1));
            assertThat(rightsOf(bob.post(WHO, "{}"))).isEqualTo("201 one:bob");

            write(file, AUTHENTICATION + anonymous + "jwt:\n" + one.jwt("other:"));
            until("bob has another name", () -> rightsOf(bob.post(WHO, "{}")).equals("201 other:bob"));

            write(file, AUTHENTICATION + anonymous);
            until("bob is gone", () -> bob.post(WHO, "{}").status() == 401);
            assertThat(reloaded("authentication", "success", 3)).isTrue();
        }
    }
}
