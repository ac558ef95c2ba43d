package io.kvorum.api.validation;

import static io.kvorum.api.validation.Findings.of;
import static io.kvorum.api.validation.Findings.ofUpdate;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Golden;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.defaults.Defaults;
import io.kvorum.api.strategy.Strategies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayValidationTest {
    private static String object(String kind, String spec) {
        return "{'apiVersion':'gateway.networking.k8s.io/" + (kind.equals("ReferenceGrant") ? "v1beta1" : "v1")
                + "','kind':'" + kind + "','metadata':{'name':'x'},'spec':" + spec + "}";
    }

    private static final String BACKEND = "'backendRefs':[{'name':'web','port':80}]";

    @Test
    void whatIsRightIsTaken() {
        assertThat(of(object("GatewayClass", "{'controllerName':'kvorum.io/gateway-controller'}")))
                .isEmpty();
        assertThat(of(object(
                        "Gateway",
                        "{'gatewayClassName':'kvorum','listeners':[{'name':'http','port':80,'protocol':'HTTP'},"
                                + "{'name':'https','port':443,'protocol':'HTTPS','hostname':'*.example.com',"
                                + "'tls':{'certificateRefs':[{'name':'cert'}]}}]}")))
                .isEmpty();
        assertThat(of(object("HTTPRoute", "{}"))).isEmpty();
        assertThat(of(object(
                        "HTTPRoute",
                        "{'parentRefs':[{'name':'g'}],'hostnames':['a.example.com'],'rules':[{'matches':[{'path':{'value':'/api'},"
                                + "'method':'GET','headers':[{'name':'X-A','value':'b.*','type':'RegularExpression'}]}],"
                                + "'filters':[{'type':'RequestMirror','requestMirror':{'backendRef':{'name':'m','port':80},'percent':10}},"
                                + "{'type':'URLRewrite','urlRewrite':{'path':{'type':'ReplacePrefixMatch','replacePrefixMatch':'/'}}}],"
                                + "'timeouts':{'request':'10s','backendRequest':'500ms'}," + BACKEND + "}]}")))
                .isEmpty();
        assertThat(of(object(
                        "ReferenceGrant",
                        "{'from':[{'group':'gateway.networking.k8s.io','kind':'HTTPRoute','namespace':'a'}],"
                                + "'to':[{'group':'','kind':'Service'}]}")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "GatewayClass|{}|spec.controllerName: Required value",
                "GatewayClass|{'controllerName':'nopath'}|spec.controllerName: Invalid value: \"\"nopath\"\": must be a domain-prefixed path",
                "Gateway|{'gatewayClassName':'k','listeners':[]}|spec.listeners: Invalid value: 0: should have at least 1 items",
                "Gateway|{'gatewayClassName':'k','listeners':[{'name':'a','port':0,'protocol':'HTTP'}]}|spec.listeners[0].port: Invalid value: 0",
                "Gateway|{'gatewayClassName':'k','listeners':[{'name':'a','port':80,'protocol':'HTTP'},{'name':'b','port':80,'protocol':'HTTP'}]}"
                        + "|spec.listeners: Invalid value: \"\"array\"\": Combination of port, protocol and hostname must be unique for each listener",
                "Gateway|{'gatewayClassName':'k','listeners':[{'name':'a','port':443,'protocol':'HTTPS','tls':{}}]}"
                        + "|spec.listeners[0].tls: Invalid value: \"\"object\"\": certificateRefs or options must be specified when mode is Terminate",
                "Gateway|{'gatewayClassName':'k','listeners':[{'name':'a','port':80,'protocol':'HTTP','hostname':'10.0.0.1'}]}"
                        + "|spec.listeners[0].hostname: Invalid value: \"\"10.0.0.1\"\": must be a host name",
                "HTTPRoute|{'rules':[{'matches':[{'path':{'value':'api'}}]}]}|spec.rules[0].matches[0].path: Invalid value: \"\"object\"\": value must be an absolute path",
                "HTTPRoute|{'rules':[{'matches':[{'path':{'type':'Glob'}}]}]}|spec.rules[0].matches[0].path.type: Unsupported value: \"\"Glob\"\"",
                "HTTPRoute|{'rules':[{'matches':[{'path':{'type':'RegularExpression','value':'/('}}]}]}|spec.rules[0].matches[0].path.value: Invalid value: \"\"/(\"\": must be a regular expression",
                "HTTPRoute|{'rules':[{'filters':[{'type':'CORS'}]}]}|spec.rules[0].filters[0].type: Unsupported value: \"\"CORS\"\"",
                "HTTPRoute|{'rules':[{'filters':[{'type':'RequestMirror'}]}]}|spec.rules[0].filters[0]: Invalid value: \"\"object\"\": filter.requestMirror must be specified for RequestMirror filter.type",
                "HTTPRoute|{'rules':[{'filters':[{'type':'RequestRedirect','requestRedirect':{}}],'backendRefs':[{'name':'w','port':80}]}]}"
                        + "|spec.rules[0]: Invalid value: \"\"object\"\": RequestRedirect filter must not be used together with backendRefs",
                "HTTPRoute|{'rules':[{'backendRefs':[{'name':'w'}]}]}|spec.rules[0].backendRefs[0]: Invalid value: \"\"object\"\": Must have port for Service reference",
                "HTTPRoute|{'rules':[{'timeouts':{'request':'1s','backendRequest':'2s'}}]}|spec.rules[0].timeouts: Invalid value: \"\"object\"\": backendRequest timeout cannot be longer than request timeout",
                "HTTPRoute|{'rules':[{'timeouts':{'request':'soon'}}]}|spec.rules[0].timeouts.request: Invalid value: \"\"soon\"\": must be a duration",
                "HTTPRoute|{'rules':[{'filters':[{'type':'RequestMirror','requestMirror':{'backendRef':{'name':'m','port':80},'percent':101}}]}]}"
                        + "|spec.rules[0].filters[0].requestMirror.percent: Invalid value: 101",
                "ReferenceGrant|{'from':[],'to':[{'group':'','kind':'Service'}]}|spec.from: Invalid value: 0: should have at least 1 items",
            })
    void whatIsWrongIsNamed(String kind, String spec, String finding) {
        assertThat(of(object(kind, spec)))
                .anySatisfy(found -> assertThat(found).startsWith(finding.replace("\"\"", "\"")));
    }

    @Test
    void theControllerOfAClassCannotBeChanged() {
        assertThat(ofUpdate(
                        object("GatewayClass", "{'controllerName':'a.io/b'}"),
                        object("GatewayClass", "{'controllerName':'a.io/c'}")))
                .containsExactly("spec.controllerName: Invalid value: \"a.io/c\": Value is immutable");
    }

    @Test
    void defaultsAreThoseOfTheDefinitions() {
        ObjectNode route = Golden.tree(
                object(
                        "HTTPRoute",
                        "{'parentRefs':[{'name':'g'}],'rules':[{'backendRefs':[{'name':'web','port':80}],"
                                + "'filters':[{'type':'RequestMirror','requestMirror':{'backendRef':{'name':'m'},'fraction':{'numerator':1}}}]}]}"));
        ResourceInfo resource = Golden.resource(route);
        Defaults.apply(resource, route);
        Strategies.of(resource).prepareForCreate(route);
        assertThat(Tree.at(route, "spec").toString())
                .isEqualTo(
                        "{'parentRefs':[{'name':'g','group':'gateway.networking.k8s.io','kind':'Gateway'}],'rules':[{'backendRefs':"
                                        .replace('\'', '"')
                                + "[{'name':'web','port':80,'group':'','kind':'Service','weight':1}],"
                                        .replace('\'', '"')
                                + "'filters':[{'type':'RequestMirror','requestMirror':{'backendRef':{'name':'m','group':'','kind':'Service'},"
                                        .replace('\'', '"')
                                + "'fraction':{'numerator':1,'denominator':100}}}],'matches':[{'path':{'type':'PathPrefix','value':'/'}}]}]}"
                                        .replace('\'', '"'));
        ObjectNode gateway = Golden.tree(object(
                "Gateway", "{'gatewayClassName':'k','listeners':[{'name':'http','port':80,'protocol':'HTTP'}]}"));
        ResourceInfo gateways = Golden.resource(gateway);
        Defaults.apply(gateways, gateway);
        Strategies.of(gateways).prepareForCreate(gateway);
        assertThat(Tree.text(Tree.items(gateway, "spec", "listeners").get(0), "allowedRoutes", "namespaces", "from"))
                .isEqualTo("Same");
        assertThat(Tree.items(gateway, "status", "conditions")).hasSize(2).allSatisfy(condition -> {
            assertThat(Tree.text(condition, "status")).isEqualTo("Unknown");
            assertThat(Tree.text(condition, "reason")).isEqualTo("Pending");
        });
        assertThat(Tree.number(gateway, "metadata", "generation")).isEqualTo(1);
    }
}
