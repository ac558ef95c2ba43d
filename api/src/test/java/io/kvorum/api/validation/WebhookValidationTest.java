package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.defaults.Defaults;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebhookValidationTest {
    private static final ResourceInfo INFO = BuiltinCatalog.load()
            .byKind("admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration")
            .orElseThrow();

    private static ObjectNode tree(String json) {
        try {
            return (ObjectNode) new ObjectMapper().readTree(json.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A configuration of good webhooks, each with what is given on top. */
    private static ObjectNode configuration(String... more) {
        ObjectNode object = tree("{'apiVersion':'admissionregistration.k8s.io/v1',"
                + "'kind':'MutatingWebhookConfiguration','metadata':{'name':'hooks'}}");
        ArrayNode hooks = object.putArray("webhooks");
        for (int i = 0; i < more.length; i++) {
            ObjectNode hook = tree(
                    "{'name':'hook" + i + ".example.com','sideEffects':'None',"
                            + "'admissionReviewVersions':['v1'],'clientConfig':{'url':'https://hooks.example.com/x'},"
                            + "'rules':[{'operations':['CREATE'],'apiGroups':[''],'apiVersions':['v1'],'resources':['pods']}]}");
            hook.setAll(tree("{" + more[i] + "}"));
            hooks.add(hook);
        }
        Defaults.apply(INFO, object);
        return object;
    }

    private static List<String> findings(String... more) {
        return Validation.create(INFO, configuration(more)).stream()
                .map(cause -> cause.field() + ": " + cause.message())
                .toList();
    }

    @Test
    void aGoodOneIsGood() {
        assertThat(findings("", "")).isEmpty();
    }

    @Test
    void namesAreDomainsAndUnique() {
        assertThat(findings("'name':'a.b'"))
                .containsExactly(
                        "webhooks[0].name: Invalid value: \"a.b\": should be a domain with at least three segments"
                                + " separated by dots");
        assertThat(findings("'name':''")).containsExactly("webhooks[0].name: Required value");
        assertThat(findings("'name':'a.example.com'", "'name':'a.example.com'"))
                .containsExactly("webhooks[1].name: Duplicate value: \"a.example.com\"");
    }

    @Test
    void sideEffectsTimeAndReviewsAreBounded() {
        assertThat(findings("'sideEffects':'Some','timeoutSeconds':31,'admissionReviewVersions':['v2']"))
                .containsExactly(
                        "webhooks[0].sideEffects: Unsupported value: \"Some\": supported values: \"None\", \"NoneOnDryRun\"",
                        "webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds",
                        "webhooks[0].admissionReviewVersions: Invalid value: [\"v2\"]: must include at least one of v1,"
                                + " v1beta1");
        assertThat(findings("'sideEffects':null,'admissionReviewVersions':[]"))
                .containsExactly(
                        "webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun",
                        "webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1");
    }

    @Test
    void rulesSayEverythingOrSomethingButNotBoth() {
        assertThat(findings("'rules':[{'operations':['*','CREATE'],'apiGroups':['*','apps'],'apiVersions':['v1'],"
                        + "'resources':['*','pods','pods/*','pods/status'],'scope':'Galaxy'}]"))
                .containsExactly(
                        "webhooks[0].rules[0].operations: Invalid value: [\"*\",\"CREATE\"]: if '*' is present, must not"
                                + " specify other operations",
                        "webhooks[0].rules[0].apiGroups: Invalid value: [\"*\",\"apps\"]: if '*' is present, must not specify"
                                + " other API groups",
                        "webhooks[0].rules[0].resources[3]: Invalid value: \"pods/status\": if 'pods/*' is present, must not"
                                + " specify pods/status",
                        "webhooks[0].rules[0].resources: Invalid value: [\"*\",\"pods\",\"pods/*\",\"pods/status\"]: if '*'"
                                + " is present, must not specify other resources without subresources",
                        "webhooks[0].rules[0].scope: Unsupported value: \"Galaxy\": supported values: \"*\", \"Cluster\","
                                + " \"Namespaced\"");
    }

    @Test
    void aWebhookIsAtAnUrlOrBehindAService() {
        assertThat(findings("'clientConfig':{}"))
                .containsExactly("webhooks[0].clientConfig: Required value: exactly one of url or service is required");
        assertThat(findings("'clientConfig':{'url':'http://me@host/x?a=b#c'}"))
                .containsExactly(
                        "webhooks[0].clientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme;"
                                + " desired format: https://host[/path]",
                        "webhooks[0].clientConfig.url: Invalid value: \"me\": user information is not permitted in the URL",
                        "webhooks[0].clientConfig.url: Invalid value: \"c\": fragments are not permitted in the URL",
                        "webhooks[0].clientConfig.url: Invalid value: \"a=b\": query parameters are not permitted in the URL");
        assertThat(findings("'clientConfig':{'url':'https://host:x/'}"))
                .containsExactly("webhooks[0].clientConfig.url: Required value: url must be a valid URL: parse"
                        + " \"https://host:x/\": invalid port \":x\" after host; desired format: https://host[/path]");
        assertThat(findings("'clientConfig':{'service':{'namespace':'','name':'','path':'x/y'}}"))
                .containsExactly(
                        "webhooks[0].clientConfig.service.name: Required value: service name is required",
                        "webhooks[0].clientConfig.service.namespace: Required value: service namespace is required",
                        "webhooks[0].clientConfig.service.path: Invalid value: \"x/y\": must start with a '/'",
                        "webhooks[0].clientConfig.service.path: Invalid value: \"x/y\": segment[0] may not be empty");
    }

    @Test
    void conditionsHaveNamesOfTheirOwn() {
        assertThat(findings("'matchConditions':[{'name':'a','expression':'true'},{'name':'a','expression':' '}]"))
                .containsExactly(
                        "webhooks[0].matchConditions[1].expression: Required value",
                        "webhooks[0].matchConditions[1].name: Duplicate value: \"a\"");
    }

    @Test
    void whatWasToleratedBeforeIsToleratedInAChange() {
        ObjectNode old = configuration("'sideEffects':'Some'");
        old.withObject("/metadata").put("resourceVersion", "1").put("uid", "u");
        ObjectNode next = old.deepCopy();
        Tree.objects(next, "webhooks").get(0).put("timeoutSeconds", 5);
        assertThat(Validation.update(INFO, old, next)).isEmpty();
        Tree.objects(next, "webhooks").get(0).put("timeoutSeconds", 0);
        assertThat(Validation.update(INFO, old, next)).hasSize(1);
    }
}
