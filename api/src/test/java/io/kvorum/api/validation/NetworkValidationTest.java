package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of Ingresses, their classes and NetworkPolicies, by one wrong object each. */
class NetworkValidationTest {
    private static final String SUBDOMAIN =
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start"
                    + " and end with an alphanumeric character (e.g. 'example.com', regex used for validation is"
                    + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private static final String BACKEND = "{'service':{'name':'s','port':{'number':1}}}";

    private static String object(String kind, String spec) {
        return "{'apiVersion':'networking.k8s.io/v1','kind':'" + kind + "','metadata':{'name':'x'},'spec':{" + spec
                + "}}";
    }

    private static String ingress(String spec) {
        return object("Ingress", spec);
    }

    private static String withBackend(String backend) {
        return ingress("'defaultBackend':" + backend);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|spec.defaultBackend: Invalid value: \"\": resource or service backend is required",
                "{'service':{'name':'s'}}|spec.defaultBackend: Required value: port name or number is required",
                "{'service':{'name':'s','port':{'number':1,'name':'n'}}}|spec.defaultBackend: Invalid value: \"\": cannot set both"
                        + " port name & port number",
                "{'service':{'port':{'number':1}}}|spec.defaultBackend.service.name: Required value",
                "{'service':{'name':'s','port':{'number':65536}}}|spec.defaultBackend.service.port.number: Invalid value: 65536:"
                        + " must be between 1 and 65535, inclusive",
                "{'resource':{'kind':'K'}}|spec.defaultBackend.resource.name: Required value",
                "{'resource':{'kind':'a/b','name':'n'}}|spec.defaultBackend.resource.kind: Invalid value: \"a/b\": may not contain"
                        + " '/'",
                "{'resource':{'kind':'K','name':'n'},'service':{'name':'s'}}|spec.defaultBackend: Invalid value: \"\": cannot set"
                        + " both resource and service backends",
            })
    void aBackendIsAServiceOrAnObject(String backend, String finding) {
        assertThat(Findings.of(withBackend(backend))).containsExactly(finding);
    }

    @Test
    void aMissingPathTypeIsAllThatIsSaidOfAPath() {
        assertThat(Findings.of(ingress("'rules':[{'http':{'paths':[{'backend':{}}]}}]")))
                .containsExactly("spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified");
    }

    @Test
    void secretsAndHostsOfTlsAreNames() {
        assertThat(Findings.of(ingress("'defaultBackend':" + BACKEND + ",'tls':[{'hosts':[''],'secretName':'A'}]")))
                .containsExactly(
                        "spec.tls[0].hosts[0]: Invalid value: \"\": " + SUBDOMAIN,
                        "spec.tls[0].secretName: Invalid value: \"A\": " + SUBDOMAIN);
        assertThat(Findings.of(ingress("'defaultBackend':" + BACKEND + ",'tls':[{'hosts':['1.2.3.4']}]")))
                .isEmpty();
    }

    @Test
    void aWrongSecretMayStay() {
        String old = ingress("'defaultBackend':" + BACKEND + ",'tls':[{'secretName':'A'}]");
        String next = ingress("'defaultBackend':" + BACKEND + ",'tls':[{'secretName':'B'}]");
        assertThat(Findings.ofUpdate(old, next)).isEmpty();
    }

    @Test
    void whatStandsBehindAWildcardMayStayWrong() {
        String old = ingress("'rules':[{'host':'*.a','http':{'paths':[]}}]");
        assertThat(Findings.of(old)).containsExactly("spec.rules[0].http.paths: Required value");
        assertThat(Findings.ofUpdate(old, old)).isEmpty();
    }

    @Test
    void aServiceThatWasNamedByALabelMayStay() {
        String old = withBackend("{'service':{'name':'1s','port':{'number':1}}}");
        assertThat(Findings.of(old)).hasSize(1);
        assertThat(Findings.ofUpdate(old, old)).isEmpty();
    }

    @Test
    void hostsAreNamesAndNoAddresses() {
        assertThat(Findings.of(ingress("'rules':[{'host':'1.2.3.4'}]")))
                .containsExactly(
                        "spec.rules[0].host: Invalid value: \"1.2.3.4\": must be a DNS name, not an IP address");
        assertThat(Findings.of(ingress("'rules':[{'host':'*.*.a'}]")))
                .singleElement()
                .asString()
                .startsWith(
                        "spec.rules[0].host: Invalid value: \"*.*.a\": a wildcard DNS-1123 subdomain must start with");
    }

    @Test
    void theAnnotationOfANewIngressNamesTheSameClass() {
        String spec = "'spec':{'ingressClassName':'a','defaultBackend':" + BACKEND + "}}";
        String meta = "{'apiVersion':'networking.k8s.io/v1','kind':'Ingress','metadata':{'name':'x','annotations':"
                + "{'kubernetes.io/ingress.class':'b'}},";
        assertThat(Findings.of(meta + spec))
                .containsExactly("annotations.kubernetes.io/ingress.class: Invalid value: \"b\": must match"
                        + " `ingressClassName` when both are specified");
        assertThat(Findings.ofUpdate(meta + spec, meta + spec)).isEmpty();
        assertThat(Findings.of(ingress("'ingressClassName':'','defaultBackend':" + BACKEND)))
                .containsExactly("spec.ingressClassName: Invalid value: \"\": " + SUBDOMAIN);
    }

    @Test
    void theStatusOfAnIngressHasAddressesAndNames() {
        String old = withBackend(BACKEND);
        String next = old.substring(0, old.length() - 1)
                + ",'status':{'loadBalancer':{'ingress':[{'ip':'x'},{'hostname':'1.2.3.4'},{'hostname':'A'}]}}}";
        assertThat(Findings.ofStatus(old, next))
                .containsExactly(
                        "status.loadBalancer.ingress[0].ip: Invalid value: \"x\": must be a valid IP address, (e.g. 10.9.8.7"
                                + " or 2001:db8::ffff)",
                        "status.loadBalancer.ingress[1].hostname: Invalid value: \"1.2.3.4\": must be a DNS name, not an IP"
                                + " address",
                        "status.loadBalancer.ingress[2].hostname: Invalid value: \"A\": " + SUBDOMAIN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "''|spec.controller: Required value",
                "'a'|spec.controller: Invalid value: \"a\": must be a domain-prefixed path (such as \"acme.io/foo\")",
                "'a/b c'|spec.controller: Invalid value: \"b c\": Invalid path (regex used for validation is"
                        + " '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
                "'a/b','parameters':{'name':'n','scope':'Cluster'}|spec.parameters.kind: Required value",
                "'a/b','parameters':{'kind':'K','scope':'Cluster'}|spec.parameters.name: Required value",
                "'a/b','parameters':{'kind':'K','name':'a%','scope':'Cluster'}|spec.parameters.name: Invalid value: \"a%\": may not"
                        + " contain '%'",
                "'a/b','parameters':{'kind':'K','name':'n','scope':'x'}|spec.parameters.scope: Unsupported value: \"x\": supported"
                        + " values: \"Cluster\", \"Namespace\"",
                "'a/b','parameters':{'kind':'K','name':'n','scope':'Namespace'}|spec.parameters.namespace: Required value:"
                        + " `parameters.scope` is set to 'Namespace'",
                "'a/b','parameters':{'kind':'K','name':'n','scope':'Cluster','namespace':'s'}|spec.parameters.namespace: Forbidden:"
                        + " `parameters.scope` is set to 'Cluster'",
            })
    void aClassHasAControllerAndGoodParameters(String controller, String finding) {
        assertThat(Findings.of(object("IngressClass", "'controller':" + controller)))
                .containsExactly(finding);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'endPort':2}|spec.ingress[0].ports[0].endPort: Invalid value: 2: may not be specified when `port` is not specified",
                "{'port':'a','endPort':2}|spec.ingress[0].ports[0].endPort: Invalid value: 2: may not be specified when `port` is"
                        + " non-numeric",
                "{'port':3,'endPort':2}|spec.ingress[0].ports[0].endPort: Invalid value: 2: must be greater than or equal to `port`",
                "{'protocol':'x'}|spec.ingress[0].ports[0].protocol: Unsupported value: \"x\": supported values: \"TCP\", \"UDP\","
                        + " \"SCTP\"",
            })
    void portsOfPolicies(String port, String finding) {
        assertThat(Findings.of(object("NetworkPolicy", "'podSelector':{},'ingress':[{'ports':[" + port + "]}]")))
                .containsExactly(finding);
    }

    @Test
    void typesOfPolicies() {
        assertThat(Findings.of(object("NetworkPolicy", "'podSelector':{},'policyTypes':['x']")))
                .containsExactly(
                        "spec.policyTypes[0]: Unsupported value: \"x\": supported values: \"Ingress\", \"Egress\"");
    }

    @Test
    void aBlockThatWasThereMayStay() {
        String old =
                object("NetworkPolicy", "'podSelector':{},'ingress':[{'from':[{'ipBlock':{'cidr':'010.0.0.0/8'}}]}]");
        String next =
                object("NetworkPolicy", "'podSelector':{},'egress':[{'to':[{'ipBlock':{'cidr':'010.0.0.0/8'}}]}]");
        assertThat(Findings.of(old)).hasSize(1);
        assertThat(Findings.ofUpdate(old, next)).isEmpty();
    }
}
