package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Mutating admission policies, over HTTP; each test has a namespace, policies and bindings of its own. */
class MutatingPolicyComponentTest {
    private static final String GROUP = "/apis/admissionregistration.k8s.io/v1";

    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer();

    private static final Http http = server.http();

    private static JsonNode created(Http.Answer answer) throws Exception {
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json();
    }

    /** {@code `} stands for the quotes of JSON, {@code '} for themselves. */
    private static String json(String text) {
        return text.replace('`', '"');
    }

    private static void namespace(String name) throws Exception {
        created(http.post(
                "/api/v1/namespaces", json("{`metadata`:{`name`:`" + name + "`,`labels`:{`policy`:`" + name + "`}}}")));
    }

    private static String spec(String namespace, String more) {
        return "`matchConstraints`:{`resourceRules`:[{`apiGroups`:[``,`apps`],`apiVersions`:[`v1`],"
                + "`operations`:[`CREATE`,`UPDATE`],`resources`:[`configmaps`,`deployments`]}],"
                + "`namespaceSelector`:{`matchLabels`:{`policy`:`" + namespace + "`}}}," + more;
    }

    private static Http.Answer policy(String name, String spec) {
        return http.post(
                GROUP + "/mutatingadmissionpolicies",
                json("{`metadata`:{`name`:`" + name + "`},`spec`:{" + spec + "}}"));
    }

    private static void bound(String name, String namespace, String more) throws Exception {
        created(policy(name, spec(namespace, more)));
        created(http.post(
                GROUP + "/mutatingadmissionpolicybindings",
                json("{`metadata`:{`name`:`" + name + "`},`spec`:{`policyName`:`" + name + "`}}")));
    }

    private static String apply(String expression) {
        return "`reinvocationPolicy`:`Never`,`mutations`:[{`patchType`:`ApplyConfiguration`,`applyConfiguration`:"
                + "{`expression`:`" + expression + "`}}]";
    }

    private static String patch(String expression) {
        return "`reinvocationPolicy`:`Never`,`mutations`:[{`patchType`:`JSONPatch`,`jsonPatch`:{`expression`:`"
                + expression + "`}}]";
    }

    private static Http.Answer configMap(String namespace, String name) {
        return http.post(
                "/api/v1/namespaces/" + namespace + "/configmaps",
                json("{`metadata`:{`name`:`" + name + "`},`data`:{`a`:`1`}}"));
    }

    @Test
    void fieldsOfAConfigurationAreApplied() throws Exception {
        namespace("applied");
        bound(
                "applied",
                "applied",
                "`variables`:[{`name`:`env`,`expression`:`'of-' + object.metadata.name`}],"
                        + apply("Object{metadata: Object.metadata{labels: {'env': variables.env}}}"));
        JsonNode made = created(configMap("applied", "one"));
        assertThat(made.at("/metadata/labels/env").asText()).isEqualTo("of-one");
        assertThat(made.at("/data/a").asText()).isEqualTo("1");
        // As upstream: nobody manages what a policy adds.
        assertThat(made.at("/metadata/managedFields").toString()).doesNotContain("f:env");
        assertThat(created(configMap("default", "one")).at("/metadata/labels").isMissingNode())
                .isTrue();
    }

    @Test
    void itemsOfAListAreMergedByTheirKeys() throws Exception {
        namespace("sidecar");
        bound(
                "sidecar",
                "sidecar",
                apply("object.kind != 'Deployment' ? Object{} : Object{spec: Object.spec{template:"
                        + " Object.spec.template{spec: Object.spec.template.spec{containers: ["
                        + "Object.spec.template.spec.containers{name: 'proxy', image: 'proxy:1'}]}}}}"));
        JsonNode made = created(http.post(
                "/apis/apps/v1/namespaces/sidecar/deployments",
                json("{`metadata`:{`name`:`web`},`spec`:{`selector`:{`matchLabels`:{`a`:`b`}},`template`:{`metadata`:"
                        + "{`labels`:{`a`:`b`}},`spec`:{`containers`:[{`name`:`web`,`image`:`web:1`}]}}}}")));
        JsonNode containers = made.at("/spec/template/spec/containers");
        assertThat(containers.findValuesAsText("name")).containsExactlyInAnyOrder("web", "proxy");
        assertThat(containers.findValuesAsText("imagePullPolicy")).hasSize(2);
    }

    @Test
    void aPatchIsDoneUnlessItsTestFails() throws Exception {
        namespace("patched");
        bound(
                "patched",
                "patched",
                patch("[JSONPatch{op: 'test', path: '/metadata/name', value: 'yes'},"
                        + " JSONPatch{op: 'add', path: '/data/b', value: '2'}]"));
        assertThat(created(configMap("patched", "yes")).at("/data/b").asText()).isEqualTo("2");
        assertThat(created(configMap("patched", "no")).at("/data").size()).isEqualTo(1);
    }

    @Test
    void policiesSeeWhatThoseBeforeThemDidAndAreAskedAgainWhenTheyWantTo() throws Exception {
        namespace("rounds");
        bound(
                "rounds-1",
                "rounds",
                apply("Object{data: Object.data{seen: 'b' in object.data ? 'yes' : 'no'}}")
                        .replace("`Never`", "`IfNeeded`"));
        bound("rounds-2", "rounds", apply("Object{data: Object.data{b: object.data.seen + '!'}}"));
        JsonNode data = created(configMap("rounds", "one")).path("data");
        assertThat(data.path("b").asText()).isEqualTo("no!");
        assertThat(data.path("seen").asText()).isEqualTo("yes");
    }

    @Test
    void parametersAreWhatTheBindingNames() throws Exception {
        namespace("params");
        created(http.post(
                "/api/v1/namespaces/default/configmaps",
                json("{`metadata`:{`name`:`map-params`},`data`:{`colour`:`red`}}")));
        created(policy(
                "params",
                spec(
                        "params",
                        "`paramKind`:{`apiVersion`:`v1`,`kind`:`ConfigMap`},"
                                + apply("Object{data: Object.data{colour: params.data.colour}}"))));
        for (Map.Entry<String, String> binding :
                Map.of("params", "map-params", "params-none", "nowhere").entrySet()) {
            created(http.post(
                    GROUP + "/mutatingadmissionpolicybindings",
                    json("{`metadata`:{`name`:`" + binding.getKey() + "`},`spec`:{`policyName`:`params`,`paramRef`:"
                            + "{`name`:`" + binding.getValue() + "`,`namespace`:`default`,`parameterNotFoundAction`:`"
                            + (binding.getKey().equals("params") ? "Deny" : "Allow") + "`}}}")));
        }
        assertThat(created(configMap("params", "one")).at("/data/colour").asText())
                .isEqualTo("red");
        http.delete("/api/v1/namespaces/default/configmaps/map-params", "{}");
        Http.Answer refused = configMap("params", "two");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().path("message").asText())
                .isEqualTo("policy 'params' with binding 'params' denied request: failed to configure binding: no"
                        + " params found for policy binding with `Deny` parameterNotFoundAction");
        assertThat(refused.json().path("reason").asText()).isEqualTo("Forbidden");
    }

    @Test
    void whatCannotBeDoneRefusesUnlessFailureIsIgnored() throws Exception {
        namespace("failing");
        bound(
                "failing-ignored",
                "failing",
                "`failurePolicy`:`Ignore`," + apply("Object{data: Object.data{x: object.gone}}"));
        created(configMap("failing", "one"));
        bound("failing", "failing", apply("Object{metadata: Object.metadata{finalizers: object.gone}}"));
        Http.Answer refused = configMap("failing", "two");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().path("reason").asText()).isEqualTo("Invalid");
        assertThat(refused.json().path("message").asText())
                .isEqualTo("policy 'failing' with binding 'failing' denied request: expression 'Object{metadata:"
                        + " Object.metadata{finalizers: object.gone}}' resulted in error: no such key: gone");
        assertThat(refused.json().at("/details/causes/0/message").asText())
                .isEqualTo(refused.json().path("message").asText());
    }

    @Test
    void listsThatAreWrittenAsAWholeAreNotTouched() throws Exception {
        namespace("atomic");
        bound(
                "atomic",
                "atomic",
                apply("object.kind != 'Deployment' ? Object{} : Object{spec: Object.spec{template: Object.spec.template"
                        + "{spec: Object.spec.template.spec{containers: [Object.spec.template.spec.containers"
                        + "{name: 'web', command: ['x']}]}}}}"));
        Http.Answer refused = http.post(
                "/apis/apps/v1/namespaces/atomic/deployments",
                json("{`metadata`:{`name`:`web`},`spec`:{`selector`:{`matchLabels`:{`a`:`b`}},`template`:{`metadata`:"
                        + "{`labels`:{`a`:`b`}},`spec`:{`containers`:[{`name`:`web`,`image`:`web:1`}]}}}}"));
        assertThat(refused.json().path("message").asText())
                .isEqualTo("policy 'atomic' with binding 'atomic' denied request: error applying patch: invalid"
                        + " ApplyConfiguration: may not mutate atomic arrays, maps or structs:"
                        + " .spec.template.spec.containers[0].command");
    }

    @Test
    void aPolicyThatDoesNotCompileIsRefused() throws Exception {
        Http.Answer refused = policy("broken", spec("broken", apply("Object{spec: 1")));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().at("/details/causes/0/field").asText())
                .isEqualTo("spec.mutations[0].applyConfiguration.expression");
        Http.Answer other = policy("broken", spec("broken", patch("Object{}")));
        assertThat(other.json().at("/details/causes/0/message").asText())
                .isEqualTo("Invalid value: \"Object{}\": must evaluate to list(JSONPatch)");
    }
}
