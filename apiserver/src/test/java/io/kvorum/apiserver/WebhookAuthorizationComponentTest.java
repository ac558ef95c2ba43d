package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.apiserver.ApiServerConfig.AuthorizationMode;
import io.kvorum.apiserver.ApiServerConfig.Decider;
import io.kvorum.apiserver.ReviewServer.Reply;
import io.kvorum.apiserver.audit.AuditLog;
import io.kvorum.apiserver.auth.AnonymousAccess;
import io.kvorum.apiserver.remote.WebhookAuthorization;
import io.kvorum.apiserver.remote.WebhookService;
import io.kvorum.cel.ConfigExpressions;
import io.kvorum.cel.Expression;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a webhook says that somebody may. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WebhookAuthorizationComponentTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String ACCESS = "/apis/authorization.k8s.io/v1/";
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";
    private static final String ALLOWED = "{'status':{'allowed':true,'reason':'as I say'}}";
    private static final String NO_OPINION = "{'status':{'allowed':false,'reason':'ask others'}}";
    private static final String DENIED = "{'status':{'allowed':false,'denied':true,'reason':'never'}}";
    private static final Decider BY_ROLES = new Decider(AuthorizationMode.RBAC, null);

    @TempDir
    Path folder;

    private final TestAuthority authority = new TestAuthority("CN=ours");
    private ReviewServer webhook;
    /** Each test begins with {@link #serve}, as do the clients. */
    @SuppressWarnings("NullAway.Init")
    private TestApiServer server;

    @SuppressWarnings("NullAway.Init")
    private Http admin;

    @SuppressWarnings("NullAway.Init")
    private Http jane;

    @BeforeEach
    void start() throws Exception {
        webhook = new ReviewServer(folder.resolve("reviews"));
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null) {
            server.close();
        }
        webhook.close();
    }

    private static WebhookAuthorization asking(WebhookService service, String version, boolean denies, String... when)
            throws Exception {
        List<Expression> conditions = new ArrayList<>();
        for (String each : when) {
            conditions.add(ConfigExpressions.matchCondition(each));
        }
        return new WebhookAuthorization(
                "test",
                service,
                version,
                Duration.ofSeconds(10),
                Duration.ofMinutes(5),
                Duration.ZERO,
                denies,
                conditions);
    }

    private Decider webhook() throws Exception {
        return new Decider(AuthorizationMode.WEBHOOK, asking(webhook.service(), "v1", false));
    }

    private void serve(Decider... deciders) throws Exception {
        Path tokens = Files.writeString(
                folder.resolve("tokens.csv"), "admin-token,admin,u-1,system:masters\njane-token,jane,u-2,devs\n");
        List<String> issuers = List.of("https://kubernetes.default.svc.cluster.local");
        ApiServerConfig.Auth auth = new ApiServerConfig.Auth(
                AnonymousAccess.HEALTH,
                List.of(deciders),
                tokens,
                List.of(),
                null,
                issuers,
                issuers,
                Duration.ZERO,
                null,
                ApiServerConfig.Sources.NONE);
        server = TestApiServer.start(0, authority.serving(folder), auth, ServingOptions::plain, AuditLog.NONE);
        admin = new Http(server, authority.client(null), "Authorization", "Bearer admin-token");
        jane = new Http(server, authority.client(null), "Authorization", "Bearer jane-token");
    }

    private void says(String body) {
        webhook.answers(review -> Reply.json(body));
    }

    private void allows(Predicate<JsonNode> what) {
        webhook.answers(review -> Reply.json(what.test(review.path("spec")) ? ALLOWED : NO_OPINION));
    }

    private void letsJaneRead() {
        made(admin.post(
                RBAC + "clusterroles",
                "{'metadata':{'name':'jane'},'rules':[{'verbs':['get','list'],'apiGroups':[''],'resources':['configmaps']}]}"
                        .replace('\'', '"')));
        made(admin.post(
                RBAC + "clusterrolebindings",
                ("{'metadata':{'name':'jane'},'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'ClusterRole','name':'jane'},"
                                + "'subjects':[{'apiGroup':'rbac.authorization.k8s.io','kind':'User','name':'jane'}]}")
                        .replace('\'', '"')));
    }

    private static Http.Answer made(Http.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer;
    }

    private String spec(int at) {
        return webhook.asked.get(at).path("spec").toString();
    }

    @Test
    void itIsToldWhatIsAskedFor() throws Exception {
        says(ALLOWED);
        serve(webhook());
        assertThat(jane.get(MAPS + "?fieldSelector=metadata.namespace!%3Dx&labelSelector=a,b%20in%20(c,d),e!%3Df")
                        .status())
                .isEqualTo(200);
        assertThat(webhook.asked.get(0).path("apiVersion").asText()).isEqualTo("authorization.k8s.io/v1");
        assertThat(webhook.asked.get(0).path("kind").asText()).isEqualTo("SubjectAccessReview");
        assertThat(spec(0))
                .isEqualTo(
                        ("{'resourceAttributes':{'namespace':'default','verb':'list','version':'v1','resource':'configmaps',"
                                        + "'fieldSelector':{'requirements':[{'key':'metadata.namespace','operator':'NotIn','values':['x']}]},"
                                        + "'labelSelector':{'requirements':[{'key':'a','operator':'Exists'},"
                                        + "{'key':'b','operator':'In','values':['c','d']},{'key':'e','operator':'NotIn','values':['f']}]}},"
                                        + "'user':'jane','groups':['devs','system:authenticated'],'uid':'u-2'}")
                                .replace('\'', '"'));
        assertThat(jane.get("/version").status()).isEqualTo(200);
        assertThat(spec(1))
                .startsWith("{\"nonResourceAttributes\":{\"path\":\"/version\",\"verb\":\"get\"},\"user\":\"jane\"");
        assertThat(jane.get("/apis/apps/v1/namespaces/x/deployments/web/scale").status())
                .isEqualTo(404);
        assertThat(spec(2))
                .startsWith(
                        "{\"resourceAttributes\":{\"namespace\":\"x\",\"verb\":\"get\",\"group\":\"apps\",\"version\":\"v1\","
                                + "\"resource\":\"deployments\",\"subresource\":\"scale\",\"name\":\"web\"}");
    }

    @Test
    void theOlderVersionIsSpokenToo() throws Exception {
        says(ALLOWED.replace("{'status'", "{'apiVersion':'authorization.k8s.io/v1beta1','status'"));
        serve(new Decider(AuthorizationMode.WEBHOOK, asking(webhook.service(), "v1beta1", false)));
        assertThat(jane.get(MAPS).status()).isEqualTo(200);
        assertThat(webhook.asked.get(0).path("apiVersion").asText()).isEqualTo("authorization.k8s.io/v1beta1");
        assertThat(spec(0))
                .contains("\"group\":[\"devs\",\"system:authenticated\"]")
                .doesNotContain("groups");
    }

    @Test
    void whatItAllowsIsRememberedAndWhatNotIsAskedAgain() throws Exception {
        allows(spec -> spec.at("/resourceAttributes/verb").asText().equals("list"));
        serve(webhook());
        for (int i = 0; i < 3; i++) {
            assertThat(jane.get(MAPS).status()).isEqualTo(200);
        }
        assertThat(webhook.asked).hasSize(1);
        for (int i = 0; i < 2; i++) {
            Http.Answer refused = jane.get(MAPS + "/a");
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.json().path("message").asText())
                    .isEqualTo("configmaps \"a\" is forbidden: User \"jane\" cannot get resource \"configmaps\" in API"
                            + " group \"\" in the namespace \"default\": ask others");
        }
        // Once for each request, though a refusal is looked at twice.
        assertThat(webhook.asked).hasSize(3);
    }

    @Test
    void whoIsAskedFirstDecides() throws Exception {
        says(DENIED);
        serve(webhook(), BY_ROLES);
        letsJaneRead();
        assertThat(jane.get(MAPS).json().path("message").asText()).endsWith("in the namespace \"default\": never");
        says(NO_OPINION);
        assertThat(jane.get(MAPS).status()).isEqualTo(200);
        server.close();
        serve(BY_ROLES, webhook());
        letsJaneRead();
        says(DENIED);
        assertThat(jane.get(MAPS).status()).isEqualTo(200);
        assertThat(webhook.asked).isEmpty();
        assertThat(jane.get("/api/v1/namespaces").status()).isEqualTo(403);
        // Nobody is asked about those who may everything.
        assertThat(admin.get("/api/v1/namespaces").status()).isEqualTo(200);
        assertThat(webhook.asked).hasSize(1);
    }

    @Test
    void whatCannotBeAskedAllowsNothing() throws Exception {
        serve(new Decider(AuthorizationMode.WEBHOOK, asking(webhook.unreachable(), "v1", false)), BY_ROLES);
        letsJaneRead();
        // No opinion: the next one decides.
        assertThat(jane.get(MAPS).status()).isEqualTo(200);
        Http.Answer undecided = jane.get("/api/v1/namespaces");
        assertThat(undecided.status()).isEqualTo(500);
        assertThat(undecided.text())
                .isEqualTo("Internal Server Error: \"/api/v1/namespaces\": Post"
                        + " \"https://127.0.0.1:1/ask?by=file&amp;timeout=10s\": dial tcp 127.0.0.1:1: connect:"
                        + " connection refused\n");
        server.close();
        serve(new Decider(AuthorizationMode.WEBHOOK, asking(webhook.unreachable(), "v1", true)), BY_ROLES);
        letsJaneRead();
        assertThat(jane.get(MAPS).status()).isEqualTo(500);
        assertThat(admin.get(MAPS).status()).isEqualTo(200);
    }

    @Test
    void whatComesOfAskingIsCounted() throws Exception {
        allows(spec -> spec.at("/resourceAttributes/verb").asText().equals("list"));
        serve(
                new Decider(
                        AuthorizationMode.WEBHOOK,
                        asking(webhook.service(), "v1", false, "request.resourceAttributes.name != 'left-out'")),
                BY_ROLES);
        assertThat(jane.get(MAPS).status()).isEqualTo(200);
        assertThat(jane.get(MAPS).status()).isEqualTo(200);
        assertThat(jane.get(MAPS + "/left-out").status()).isEqualTo(403);
        // Nobody has an opinion on it.
        assertThat(jane.get("/metrics").status()).isEqualTo(500);
        Samples samples = Samples.of(admin);
        String prefix = "apiserver_authorization_";
        assertThat(samples.of(prefix + "webhook_evaluations_total", "name=test", "result=success"))
                .isEqualTo(1);
        assertThat(samples.of(prefix + "webhook_duration_seconds_count", "name=test", "result=success"))
                .isEqualTo(1);
        assertThat(samples.of(prefix + "decisions_total", "type=Webhook", "name=test", "decision=allowed"))
                .isEqualTo(2);
        assertThat(samples.of(prefix + "decisions_total", "type=RBAC", "name=rbac", "decision=allowed"))
                .isZero();
        String conditions = prefix + "match_condition_";
        // A refusal is looked at twice, but heard once of those elsewhere.
        assertThat(samples.of(conditions + "exclusions_total", "type=Webhook", "name=test"))
                .isEqualTo(1);
        assertThat(samples.of(conditions + "evaluation_errors_total", "type=Webhook", "name=test"))
                .isEqualTo(1);
        assertThat(samples.of(conditions + "evaluation_seconds_count", "type=Webhook", "name=test"))
                .isEqualTo(4);
        server.close();
        serve(new Decider(AuthorizationMode.WEBHOOK, asking(webhook.unreachable(), "v1", false)), BY_ROLES);
        letsJaneRead();
        assertThat(jane.get(MAPS).status()).isEqualTo(200);
        Samples open = Samples.of(admin);
        assertThat(open.of(prefix + "webhook_evaluations_fail_open_total", "name=test", "result=error"))
                .isEqualTo(1);
        assertThat(open.of(prefix + "decisions_total", "type=RBAC", "name=rbac", "decision=allowed"))
                .isEqualTo(1);
    }

    /** Answers that must allow nothing. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'status':{'allowed':true,'denied':true}}",
                "{'status':{'allowed':'true'}}",
                "{'status':{'allowed':1}}",
                "{'allowed':true}",
                "{'kind':'TokenReview','status':{'allowed':true}}",
                "{'apiVersion':'authorization.k8s.io/v1beta1','status':{'allowed':true}}",
                "[{'status':{'allowed':true}}]",
                "{'status':[{'allowed':true}]}",
                "{'status':{'allowed':true}",
                "",
                "true"
            })
    void whatIsNoAnswerAllowsNothing(String body) throws Exception {
        says(body);
        serve(webhook());
        assertThat(jane.get(MAPS).status()).isIn(403, 500);
        webhook.answers(review -> new Reply(404, Reply.json(ALLOWED).body()));
        assertThat(jane.get(MAPS).status()).isEqualTo(500);
    }

    @Test
    void conditionsSayWhatItIsAskedAbout() throws Exception {
        says(ALLOWED);
        serve(new Decider(
                AuthorizationMode.WEBHOOK,
                asking(
                        webhook.service(),
                        "v1",
                        true,
                        "has(request.resourceAttributes) && request.resourceAttributes.namespace == 'default'",
                        "!('spies' in request.groups) && request.resourceAttributes.?labelSelector.hasValue()")));
        assertThat(jane.get(MAPS + "?labelSelector=a").status()).isEqualTo(200);
        assertThat(jane.get(MAPS).status()).isEqualTo(403);
        assertThat(jane.get("/version").status()).isEqualTo(403);
        assertThat(webhook.asked).hasSize(1);
    }

    @Test
    void aConditionThatFailsIsAWebhookThatCannotBeAsked() throws Exception {
        says(ALLOWED);
        String broken = "request.extra['team'][0] == 'a'";
        serve(new Decider(AuthorizationMode.WEBHOOK, asking(webhook.service(), "v1", true, broken)), BY_ROLES);
        letsJaneRead();
        Http.Answer answer = jane.get(MAPS);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.text())
                .contains("cel evaluation error: expression '" + broken + "' resulted in error: no such key: team");
        server.close();
        serve(new Decider(AuthorizationMode.WEBHOOK, asking(webhook.service(), "v1", false, broken)), BY_ROLES);
        letsJaneRead();
        assertThat(jane.get(MAPS).status()).isEqualTo(200);
        assertThat(webhook.asked).isEmpty();
    }

    @Test
    void whoeverAsksWhatMayBeDoneIsAnsweredByIt() throws Exception {
        allows(spec -> spec.path("user").asText().equals("bob"));
        serve(BY_ROLES, webhook());
        String asked = "'resourceAttributes':{'verb':'list','resource':'pods','namespace':'x',"
                + "'labelSelector':{'requirements':[{'key':'a','operator':'In','values':['b']}]}}";
        JsonNode status = made(admin.post(
                        ACCESS + "subjectaccessreviews", ("{'spec':{'user':'bob'," + asked + "}}").replace('\'', '"')))
                .json()
                .path("status");
        assertThat(status.toString()).isEqualTo("{\"allowed\":true,\"reason\":\"as I say\"}");
        assertThat(spec(0))
                .isEqualTo(("{'resourceAttributes':{'namespace':'x','verb':'list','version':'*','resource':'pods',"
                                + "'labelSelector':{'requirements':[{'key':'a','operator':'In','values':['b']}]}},'user':'bob'}")
                        .replace('\'', '"'));
        says(DENIED);
        status = made(admin.post(
                        ACCESS + "subjectaccessreviews", ("{'spec':{'user':'eve'," + asked + "}}").replace('\'', '"')))
                .json()
                .path("status");
        assertThat(status.toString()).isEqualTo("{\"allowed\":false,\"denied\":true,\"reason\":\"never\"}");
        webhook.answers(review -> new Reply(400, ""));
        status = made(admin.post(
                        ACCESS + "subjectaccessreviews", ("{'spec':{'user':'eve'," + asked + "}}").replace('\'', '"')))
                .json()
                .path("status");
        assertThat(status.toString())
                .isEqualTo("{\"allowed\":false,\"evaluationError\":\"the server rejected our request for an unknown"
                        + " reason\"}");
        status = made(admin.post(ACCESS + "selfsubjectrulesreviews", "{\"spec\":{\"namespace\":\"x\"}}"))
                .json()
                .path("status");
        assertThat(status.path("incomplete").asBoolean()).isTrue();
        assertThat(status.path("evaluationError").asText())
                .isEqualTo("webhook authorizer does not support user rule resolution");
    }

    @Test
    void whoMayActAsWhomIsAsked() throws Exception {
        allows(spec -> !spec.at("/resourceAttributes/verb").asText().equals("impersonate")
                || spec.at("/resourceAttributes/name").asText().equals("bob"));
        serve(webhook());
        String who = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
        Http.Answer acted = jane.send("POST", who, "{}", "Content-Type", "application/json", "Impersonate-User", "bob");
        assertThat(acted.json().at("/status/userInfo/username").asText()).isEqualTo("bob");
        assertThat(jane.send(
                                "POST",
                                who,
                                "{}",
                                "Content-Type",
                                "application/json",
                                "Impersonate-User",
                                "bob",
                                "Impersonate-Group",
                                "system:masters")
                        .status())
                .isEqualTo(403);
    }

    /** A webhook that allows to write roles does not give away what is in them. */
    @Test
    void nobodyGivesAwayMoreThanRolesGiveIt() throws Exception {
        allows(spec -> !List.of("escalate", "bind")
                .contains(spec.at("/resourceAttributes/verb").asText()));
        serve(webhook(), BY_ROLES);
        String role = "{\"metadata\":{\"name\":\"%s\"},\"rules\":[{\"verbs\":[\"*\"],\"apiGroups\":[\"*\"],"
                + "\"resources\":[\"*\"]}]}";
        Http.Answer refused = jane.post(RBAC + "clusterroles", role.formatted("all"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().path("message").asText())
                .contains("is attempting to grant RBAC permissions not currently held");
        assertThat(jane.post(
                                RBAC + "clusterrolebindings",
                                "{\"metadata\":{\"name\":\"me\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\","
                                        + "\"kind\":\"ClusterRole\",\"name\":\"cluster-admin\"},\"subjects\":[{\"kind\":\"User\","
                                        + "\"apiGroup\":\"rbac.authorization.k8s.io\",\"name\":\"jane\"}]}")
                        .status())
                .isEqualTo(403);
        allows(spec -> true);
        assertThat(jane.post(RBAC + "clusterroles", role.formatted("more")).status())
                .isEqualTo(201);
    }

    @Test
    void expressionsOfPoliciesAreAnsweredByIt() throws Exception {
        allows(spec -> !spec.at("/resourceAttributes/resource").asText().equals("gold")
                || spec.at("/resourceAttributes/name").asText().equals("mine"));
        serve(webhook());
        String group = "/apis/admissionregistration.k8s.io/v1/";
        String mine = "authorizer.group('x').resource('gold').name(object.metadata.name).check('take')";
        made(admin.post(
                group + "validatingadmissionpolicies",
                ("{`metadata`:{`name`:`gold`},`spec`:{`matchConstraints`:{`resourceRules`:[{`apiGroups`:[``],`apiVersions`:[`v1`],"
                                + "`operations`:[`CREATE`],`resources`:[`configmaps`]}]},`validations`:[{`expression`:`!object.metadata.name.startsWith('m')"
                                + " || " + mine
                                + ".allowed()`,`messageExpression`:`"
                                + "'not yours: ' + " + mine + ".reason()`}]}}")
                        .replace('`', '"')));
        made(
                admin.post(
                        group + "validatingadmissionpolicybindings",
                        "{\"metadata\":{\"name\":\"gold\"},\"spec\":{\"policyName\":\"gold\",\"validationActions\":[\"Deny\"]}}"));
        made(jane.post(MAPS, "{\"metadata\":{\"name\":\"mine\"}}"));
        made(jane.post(MAPS, "{\"metadata\":{\"name\":\"free\"}}"));
        Http.Answer refused = jane.post(MAPS, "{\"metadata\":{\"name\":\"more\"}}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().path("message").asText()).endsWith("denied request: not yours: ask others");
    }

    @Test
    void aRequestDoesNotWaitForLongerThanItMay() throws Exception {
        webhook.answers(review -> new Reply(0, ""));
        serve(webhook());
        assertThat(jane.get(MAPS + "?timeout=300ms").status()).isEqualTo(504);
    }
}
