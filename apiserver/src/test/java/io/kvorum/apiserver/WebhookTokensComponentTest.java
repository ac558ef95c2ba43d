package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.apiserver.ApiServerConfig.AuthorizationMode;
import io.kvorum.apiserver.ApiServerConfig.Decider;
import io.kvorum.apiserver.ReviewServer.Reply;
import io.kvorum.apiserver.audit.AuditLog;
import io.kvorum.apiserver.auth.AnonymousAccess;
import io.kvorum.apiserver.remote.WebhookService;
import io.kvorum.apiserver.remote.WebhookTokens;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens that a webhook is asked about; each test has tokens of its own. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WebhookTokensComponentTest {
    private static final String WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    private static final String REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews";
    private static final String ISSUER = "https://kubernetes.default.svc.cluster.local";
    private static final String BOB = "{'kind':'TokenReview','apiVersion':'authentication.k8s.io/v1','status':{"
            + "'authenticated':true,'user':{'username':'bob','uid':'42','groups':['devs'],"
            + "'extra':{'example.com/team':['a','b']}}}}";

    @TempDir
    static Path folder;

    private static final TestAuthority AUTHORITY = new TestAuthority("CN=ours");
    private static ReviewServer webhook;
    private static TestApiServer server;

    @BeforeAll
    static void start() throws Exception {
        webhook = new ReviewServer(folder.resolve("reviews"));
        server = server(webhook.service(), "v1", Duration.ofMinutes(2));
    }

    private static TestApiServer server(WebhookService service, String version, Duration life) throws Exception {
        Path tokens = Files.writeString(folder.resolve("tokens.csv"), "known,admin,u-1,system:masters\n");
        ApiServerConfig.Auth auth = new ApiServerConfig.Auth(
                AnonymousAccess.HEALTH,
                List.of(new Decider(AuthorizationMode.RBAC, null)),
                tokens,
                List.of(),
                null,
                List.of(ISSUER),
                List.of(ISSUER),
                Duration.ZERO,
                new WebhookTokens.How(service, version, life),
                ApiServerConfig.Sources.NONE);
        return TestApiServer.start(0, AUTHORITY.serving(folder), auth, ServingOptions::plain, AuditLog.NONE);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        webhook.close();
    }

    private static Http bearer(TestApiServer at, String token) throws Exception {
        return new Http(at, AUTHORITY.client(null), "Authorization", "Bearer " + token);
    }

    private static Http.Answer who(String token) throws Exception {
        return bearer(server, token).post(WHO, "{}");
    }

    private static JsonNode review(String spec) throws Exception {
        return bearer(server, "known")
                .post(REVIEWS, "{\"spec\":{" + spec.replace('\'', '"') + "}}")
                .json()
                .path("status");
    }

    @Test
    void whoItSaysSomebodyIs() throws Exception {
        webhook.answers(review -> Reply.json(BOB));
        JsonNode user = who("bobs").json().at("/status/userInfo");
        assertThat(user.toString())
                .isEqualTo("{\"username\":\"bob\",\"uid\":\"42\",\"groups\":[\"devs\",\"system:authenticated\"],"
                        + "\"extra\":{\"example.com/team\":[\"a\",\"b\"]}}");
        assertThat(webhook.targets).containsExactly("POST /ask?by=file&timeout=30s");
        assertThat(webhook.asked.get(0).toString())
                .isEqualTo("{\"kind\":\"TokenReview\",\"apiVersion\":\"authentication.k8s.io/v1\",\"metadata\":{},"
                        + "\"spec\":{\"token\":\"bobs\",\"audiences\":[\"" + ISSUER + "\"]},\"status\":{\"user\":{}}}");
    }

    @Test
    void whatItSaysIsRemembered() throws Exception {
        webhook.answers(review -> review.at("/spec/token").asText().equals("good")
                ? Reply.json(BOB)
                : Reply.json("{'status':{'authenticated':false}}"));
        for (int i = 0; i < 3; i++) {
            assertThat(who("good").status()).isEqualTo(201);
            assertThat(who("bad").status()).isEqualTo(401);
        }
        assertThat(webhook.asked).hasSize(2);
    }

    @Test
    void whatIsRememberedIsCounted() throws Exception {
        webhook.answers(review -> review.at("/spec/token").asText().equals("good")
                ? Reply.json(BOB)
                : Reply.json("{'status':{'authenticated':false}}"));
        try (TestApiServer own = server(webhook.service(), "v1", Duration.ofMinutes(2))) {
            for (int i = 0; i < 3; i++) {
                assertThat(bearer(own, "good").post(WHO, "{}").status()).isEqualTo(201);
                assertThat(bearer(own, "bad").post(WHO, "{}").status()).isEqualTo(401);
            }
            assertThat(new Http(own, AUTHORITY.client(null)).get("/version").status())
                    .isEqualTo(401);
            Samples samples = Samples.of(bearer(own, "known"));
            String cache = "authentication_token_cache_";
            assertThat(samples.of(cache + "request_total", "status=miss")).isEqualTo(2);
            assertThat(samples.of(cache + "request_total", "status=hit")).isEqualTo(4);
            assertThat(samples.of(cache + "request_duration_seconds_count", "status=hit"))
                    .isEqualTo(4);
            assertThat(samples.of(cache + "fetch_total", "status=ok")).isEqualTo(2);
            assertThat(samples.of(cache + "active_fetch_count", "status=in_flight"))
                    .isZero();
            assertThat(samples.of("authentication_attempts", "result=error")).isEqualTo(3);
            assertThat(samples.of("authentication_attempts", "result=failure")).isEqualTo(1);
            // Three times bob, and whoever asks for the metrics.
            assertThat(samples.of("authentication_attempts", "result=success")).isEqualTo(4);
            assertThat(samples.of("authentication_duration_seconds_count", "result=success"))
                    .isEqualTo(4);
            assertThat(samples.of("authenticated_user_requests", "username=other"))
                    .isEqualTo(3);
            assertThat(samples.of("authenticated_user_requests", "username=admin"))
                    .isEqualTo(1);
        }
    }

    @Test
    void aTokenThatIsKnownHereIsToldNobody() throws Exception {
        webhook.answers(review -> Reply.json(BOB));
        assertThat(who("known").json().at("/status/userInfo/username").asText()).isEqualTo("admin");
        assertThat(webhook.asked).isEmpty();
    }

    @Test
    void nothingIsRememberedWhereThatIsWanted() throws Exception {
        webhook.answers(review -> Reply.json(BOB));
        try (TestApiServer forgetful = server(webhook.service(), "v1", Duration.ZERO)) {
            assertThat(bearer(forgetful, "again").post(WHO, "{}").status()).isEqualTo(201);
            assertThat(bearer(forgetful, "again").post(WHO, "{}").status()).isEqualTo(201);
        }
        assertThat(webhook.asked).hasSize(2);
    }

    @Test
    void theOlderVersionIsSpokenToo() throws Exception {
        webhook.answers(review -> Reply.json(BOB.replace("k8s.io/v1", "k8s.io/v1beta1")));
        try (TestApiServer older = server(webhook.service(), "v1beta1", Duration.ofMinutes(2))) {
            assertThat(bearer(older, "old").post(WHO, "{}").status()).isEqualTo(201);
        }
        assertThat(webhook.asked.get(0).path("apiVersion").asText()).isEqualTo("authentication.k8s.io/v1beta1");
    }

    @Test
    void whoeverAsksWhoseATokenIsIsAnsweredByIt() throws Exception {
        webhook.answers(review -> Reply.json(BOB.replace("'status':{", "'status':{'audiences':['vault','other'],")));
        JsonNode status = review("'token':'vaults','audiences':['vault','else']");
        assertThat(status.path("authenticated").asBoolean()).isTrue();
        assertThat(status.at("/user/username").asText()).isEqualTo("bob");
        assertThat(status.path("audiences").toString()).isEqualTo("[\"vault\"]");
        assertThat(webhook.asked.get(0).at("/spec/audiences").toString()).isEqualTo("[\"vault\",\"else\"]");
        assertThat(review("'token':'vaults','audiences':['bank']").has("authenticated"))
                .isFalse();
        // What is meant for somebody else does not let in here.
        assertThat(who("vaults").status()).isEqualTo(401);
    }

    @Test
    void aWebhookThatSaysNothingOfAudiencesSpeaksForThisServer() throws Exception {
        webhook.answers(review -> Reply.json(BOB));
        assertThat(review("'token':'plain','audiences':['" + ISSUER + "','x']")
                        .path("audiences")
                        .toString())
                .isEqualTo("[\"" + ISSUER + "\"]");
        assertThat(review("'token':'plain','audiences':['x']").has("authenticated"))
                .isFalse();
    }

    @Test
    void whyItDoesNotKnowIsTold() throws Exception {
        webhook.answers(review -> Reply.json("{'status':{'error':'the directory is away'}}"));
        assertThat(who("why").status()).isEqualTo(401);
        JsonNode status = review("'token':'why'");
        assertThat(status.path("error").asText()).isEqualTo("the directory is away");
        assertThat(status.has("authenticated")).isFalse();
        // Not remembered: the directory may be back.
        webhook.answers(review -> Reply.json(BOB));
        assertThat(who("why").status()).isEqualTo(201);
    }

    @Test
    void itIsAskedAgainWhenItStumbles() throws Exception {
        AtomicInteger times = new AtomicInteger();
        webhook.answers(review -> times.incrementAndGet() < 3 ? new Reply(500, "oops") : Reply.json(BOB));
        assertThat(who("stumbles").status()).isEqualTo(201);
        assertThat(webhook.asked).hasSize(3);
    }

    /** Answers that must let nobody in. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "400|" + "{'status':{'authenticated':true,'user':{'username':'bob'}}}",
                "301|" + "{'status':{'authenticated':true,'user':{'username':'bob'}}}",
                "503|" + "{'status':{'authenticated':true,'user':{'username':'bob'}}}",
                "200|" + "{'kind':'SubjectAccessReview','status':{'authenticated':true,'user':{'username':'bob'}}}",
                "200|" + "{'apiVersion':'v2','status':{'authenticated':true,'user':{'username':'bob'}}}",
                "200|" + "{'status':{'authenticated':'true','user':{'username':'bob'}}}",
                "200|" + "{'status':{'authenticated':true,'user':{}}}",
                "200|" + "{'status':{'user':{'username':'bob'}}}",
                "200|" + "{'status':{'authenticated':true,'audiences':['else'],'user':{'username':'bob'}}}",
                "200|" + "[{'status':{'authenticated':true,'user':{'username':'bob'}}}]",
                "200|" + "{'status':{'authenticated':true,'user':{'username':'bob'}",
                "200|" + "true",
            })
    void whatIsNoAnswerLetsNobodyIn(int status, String body) throws Exception {
        webhook.answers(review -> new Reply(status, Reply.json(body).body()));
        assertThat(who("bad-" + status + body.hashCode()).status()).isEqualTo(401);
        assertThat(webhook.asked).hasSize(1);
    }

    @Test
    void anAnswerWithoutEndLetsNobodyIn() throws Exception {
        webhook.answers(review -> Reply.json(BOB.replace("'bob'", "'" + "b".repeat(2 << 20) + "'")));
        assertThat(who("long").status()).isEqualTo(401);
        assertThat(review("'token':'long'").path("error").asText())
                .isEqualTo("the response of the webhook is larger than 1048576 bytes");
    }

    @Test
    void nobodyIsLetInByAWebhookThatCannotBeAsked() throws Exception {
        webhook.answers(review -> Reply.json(BOB));
        List<WebhookService> services = List.of(
                webhook.unreachable(),
                // It does not know who asks.
                WebhookService.read(webhook.file("token: x", "certificate-authority: ca.crt", webhook.port())),
                // It is certified by nobody who is trusted.
                WebhookService.read(webhook.file(
                        "client-certificate: client.crt, client-key: client.key", "other: 1", webhook.port())));
        for (WebhookService service : services) {
            try (TestApiServer lonely = server(service, "v1", Duration.ofMinutes(2))) {
                assertThat(bearer(lonely, "lonely").post(WHO, "{}").status()).isEqualTo(401);
                assertThat(bearer(lonely, "known")
                                .post(REVIEWS, "{\"spec\":{\"token\":\"lonely\"}}")
                                .json()
                                .at("/status/error")
                                .asText())
                        .startsWith("Post \"https://127.0.0.1:");
            }
        }
        assertThat(webhook.asked).isEmpty();
    }

    @Test
    void aRequestDoesNotWaitForLongerThanItMay() throws Exception {
        webhook.answers(review -> new Reply(0, ""));
        Http.Answer answer = bearer(server, "mute").get("/api/v1/namespaces?timeout=300ms");
        assertThat(answer.status()).isEqualTo(504);
    }
}
