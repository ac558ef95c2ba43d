package io.kvorum.apiserver;

import static io.kvorum.apiserver.ConfigMaps.configMap;
import static io.kvorum.apiserver.Http.created;
import static io.kvorum.apiserver.Http.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apiserver.ApiServerConfig.AuthorizationMode;
import io.kvorum.apiserver.audit.AuditEvent;
import io.kvorum.apiserver.audit.AuditLog;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Validating admission policies, over HTTP; each test has a namespace, a policy and a binding of its own. */
class PolicyComponentTest {
    private static final String POLICIES = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
    private static final String BINDINGS = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";

    private static final List<AuditEvent> AUDITED = new CopyOnWriteArrayList<>();
    private static TestApiServer server;
    private static Http http;

    @BeforeAll
    static void start() throws Exception {
        AuditLog audit = new AuditLog() {
            @Override
            public void record(AuditEvent event) {
                AUDITED.add(event);
            }

            @Override
            public Future<Void> close() {
                return Future.succeededFuture();
            }
        };
        server = TestApiServer.start(
                0, null, TestApiServer.auth(true, AuthorizationMode.ALWAYS_ALLOW), ServingOptions::plain, audit);
        http = new Http(server);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    /** A policy on ConfigMaps of a namespace with its name as label. */
    private static String policy(String name, String spec) {
        return "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{\"matchConstraints\":{\"resourceRules\":[{"
                + "\"apiGroups\":[\"\"],\"apiVersions\":[\"v1\"],\"operations\":[\"CREATE\",\"UPDATE\"],"
                + "\"resources\":[\"configmaps\"]}],\"namespaceSelector\":{\"matchLabels\":{\"policy\":\"" + name
                + "\"}}}," + spec.replace('\'', '"').replace('`', '\'') + "}}";
    }

    private static String binding(String name, String more) {
        return "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{\"policyName\":\"" + name + "\"," + more + "}}";
    }

    /** The path of the ConfigMaps the policy is about. */
    private static String under(String name, String spec, String bound) {
        created(http.post(
                "/api/v1/namespaces",
                "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{\"policy\":\"" + name + "\"}}}"));
        created(http.post(POLICIES, policy(name, spec)));
        created(http.post(BINDINGS, binding(name, bound.replace('\'', '"'))));
        return "/api/v1/namespaces/" + name + "/configmaps";
    }

    @Test
    void whatAPolicyDeniesIsRefused() {
        String path = under(
                "denied",
                "'validations':[{'expression':'object.data.colour != `red`','message':'no red'}]",
                "'validationActions':['Deny']");
        created(http.post(path, configMap("a", "blue")));
        Http.Answer refused = http.post(path, configMap("b", "red"));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().path("reason").asText()).isEqualTo("Invalid");
        assertThat(message(refused))
                .isEqualTo("configmaps \"b\" is forbidden: ValidatingAdmissionPolicy 'denied' with binding 'denied'"
                        + " denied request: no red");
        assertThat(refused.json().at("/details/causes/0/message").asText())
                .isEqualTo("ValidatingAdmissionPolicy 'denied' with binding 'denied' denied request: no red");
        assertThat(http.merge(path + "/a", "{\"data\":{\"colour\":\"red\"}}").status())
                .isEqualTo(422);
        assertThat(http.post("/api/v1/namespaces/default/configmaps", configMap("b", "red"))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void whatPoliciesHaveAgainstWritesIsCounted() {
        String path = under(
                "counted",
                "'failurePolicy':'Ignore','validations':[{'expression':'object.data.colour != `red`'},"
                        + "{'expression':'object.data.none == `x`'}]",
                "'validationActions':['Warn','Audit']");
        created(http.post(path, configMap("a", "red")));
        created(http.post(path, configMap("b", "blue")));
        Samples samples = Samples.of(http);
        String name = "apiserver_validating_admission_policy_check_total";
        String[] of = {"policy=counted", "policy_binding=counted"};
        for (String action : new String[] {"warn", "audit"}) {
            assertThat(samples.of(name, of[0], of[1], "error_type=no_error", "enforcement_action=" + action))
                    .isEqualTo(1);
        }
        assertThat(samples.of(name, of[0], of[1], "error_type=invalid_error", "enforcement_action=allow"))
                .isEqualTo(2);
        assertThat(samples.of(
                        "apiserver_validating_admission_policy_check_duration_seconds_count",
                        of[0],
                        of[1],
                        "error_type=no_error",
                        "enforcement_action=warn"))
                .isEqualTo(1);
    }

    @Test
    void aWarningIsNoRefusal() {
        String path = under(
                "warned",
                "'validations':[{'expression':'object.data.colour != `red`',"
                        + "'messageExpression':'`not ` + object.data.colour'}]",
                "'validationActions':['Warn']");
        Http.Answer made = created(http.post(path, configMap("a", "red")));
        assertThat(made.headers().firstValue("Warning").orElse(""))
                .isEqualTo("299 - \"Validation failed for ValidatingAdmissionPolicy 'warned' with binding 'warned': not"
                        + " red\"");
    }

    @Test
    void variablesConditionsAndTheRequestCanBeUsed() {
        String path = under(
                "spoken",
                "'matchConditions':[{'name':'not-b','expression':'object.metadata.name != `b`'}],"
                        + "'variables':[{'name':'colour','expression':'object.data.colour'}],"
                        + "'validations':[{'expression':'variables.colour == `red` && request.operation == `CREATE` &&"
                        + " namespaceObject.metadata.name == `spoken`','reason':'Forbidden'}]",
                "'validationActions':['Deny']");
        created(http.post(path, configMap("a", "red")));
        created(http.post(path, configMap("b", "blue")));
        Http.Answer refused = http.post(path, configMap("c", "blue"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(message(refused)).contains("denied request: failed expression: variables.colour");
    }

    @Test
    void parametersComeFromTheBinding() {
        created(http.post("/api/v1/namespaces/default/configmaps", configMap("allowed", "green")));
        String path = under(
                "parametric",
                "'paramKind':{'apiVersion':'v1','kind':'ConfigMap'},"
                        + "'validations':[{'expression':'object.data.colour == params.data.colour'}]",
                "'validationActions':['Deny'],'paramRef':{'name':'allowed','namespace':'default',"
                        + "'parameterNotFoundAction':'Deny'}");
        created(http.post(path, configMap("a", "green")));
        assertThat(http.post(path, configMap("b", "red")).status()).isEqualTo(422);
        assertThat(http.delete("/api/v1/namespaces/default/configmaps/allowed", "")
                        .status())
                .isEqualTo(200);
        Http.Answer without = http.post(path, configMap("c", "green"));
        assertThat(without.json().path("message").asText()).contains("no params found for policy binding");
    }

    @Test
    void anExpressionThatFailsRefusesUnlessItIsIgnored() {
        String failing = "'validations':[{'expression':'object.data.absent == `x`'}]";
        String strict = under("strict", failing, "'validationActions':['Deny']");
        assertThat(message(http.post(strict, configMap("a", "red"))))
                .contains("expression 'object.data.absent == 'x'' resulted in error: no such key: absent");
        String lax = under("lax", "'failurePolicy':'Ignore'," + failing, "'validationActions':['Deny']");
        created(http.post(lax, configMap("a", "red")));
    }

    @Test
    void whatDoesNotCompileIsNoPolicy() {
        Http.Answer refused = http.post(POLICIES, policy("broken", "'validations':[{'expression':'object.data =='}]"));
        assertThat(refused.status()).as(refused.text()).isEqualTo(422);
        assertThat(message(refused))
                .contains("spec.validations[0].expression: Invalid value: \"object.data ==\": compilation failed");
    }

    @Test
    void whatTheVariablesDoNotHaveDoesNotCompile() {
        String refused = http.post(
                        POLICIES,
                        policy(
                                "unknown",
                                "'matchConditions':[{'name':'c','expression':'variables.a == 1'}],"
                                        + "'variables':[{'name':'a','expression':'1'}],"
                                        + "'validations':[{'expression':'request.verb == `x`'},"
                                        + "{'expression':'variables.b == 1'},{'expression':'params.c == 1'}]"))
                .text();
        assertThat(refused)
                .contains("undeclared reference to 'variables'")
                .contains("undefined field 'verb'")
                .contains("undefined field 'b'")
                .contains("undeclared reference to 'params'");
    }

    @Test
    void whoIsAskedMayAskWhatTheWriterMay() {
        String path = under(
                "asking",
                "'validations':[{'expression':'authorizer.requestResource.check(`create`).allowed() &&"
                        + " !authorizer.group(``).resource(`configmaps`).namespace(object.data.colour).check(`delete`)"
                        + ".allowed()'}]",
                "'validationActions':['Warn']");
        // Here everybody may do everything.
        Http.Answer made = created(http.post(path, configMap("a", "red")));
        assertThat(made.headers().firstValue("Warning").orElse("")).contains("failed expression: ");
        String other = under(
                "asked",
                "'matchConditions':[{'name':'may','expression':'!authorizer.path(`/healthz`).check(`get`).allowed()'}],"
                        + "'validations':[{'expression':'false'}]",
                "'validationActions':['Deny']");
        created(http.post(other, configMap("a", "red")));
    }

    @Test
    void whatIsToBeAuditedIsInTheAuditLog() {
        String path = under(
                "audited",
                "'validations':[{'expression':'true'},{'expression':'object.data.colour != `red`','message':'no red'}],"
                        + "'auditAnnotations':[{'key':'colour','valueExpression':'`is ` + object.data.colour'},"
                        + "{'key':'nothing','valueExpression':'null'}]",
                "'validationActions':['Audit']");
        created(http.post(path, configMap("a", "red")));
        Map<String, String> annotations = AUDITED.stream()
                .map(AuditEvent::annotations)
                .filter(all -> all.containsKey("audited/colour"))
                .findFirst()
                .orElseThrow();
        assertThat(annotations)
                .containsEntry("audited/colour", "is red")
                .doesNotContainKey("audited/nothing")
                .containsEntry(
                        "validation.policy.admission.k8s.io/validation_failure",
                        "[{\"message\":\"no red\",\"policy\":\"audited\",\"binding\":\"audited\","
                                + "\"expressionIndex\":1,\"validationActions\":[\"Audit\"]}]");
    }

    @Test
    void theAuditLogTellsWhatIsDeprecated() {
        http.get("/api/v1/namespaces/default/endpoints");
        http.get("/api/v1/namespaces/default/services");
        assertThat(audited("endpoints")).containsEntry("k8s.io/deprecated", "true");
        assertThat(audited("services")).doesNotContainKey("k8s.io/deprecated");
    }

    private static Map<String, String> audited(String resource) {
        return AUDITED.stream()
                .filter(event -> event.info().resource().equals(resource))
                .map(AuditEvent::annotations)
                .reduce((one, next) -> next)
                .orElseThrow();
    }
}
