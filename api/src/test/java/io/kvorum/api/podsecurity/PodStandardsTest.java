package io.kvorum.api.podsecurity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PodStandardsTest {
    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text.replace('\'', '"'));
    }

    private static String violations(Level level, String spec) throws Exception {
        List<Violation> found = PodStandards.violations(level, json("{}"), json(spec));
        return found.stream().map(Violation::toString).collect(Collectors.joining(", "));
    }

    @Test
    void anOrdinaryPodIsBaselineAndNotRestricted() throws Exception {
        String pod = "{'containers':[{'name':'a'}]}";
        assertThat(violations(Level.PRIVILEGED, pod)).isEmpty();
        assertThat(violations(Level.BASELINE, pod)).isEmpty();
        assertThat(violations(Level.RESTRICTED, pod))
                .isEqualTo("allowPrivilegeEscalation != false (container \"a\" must set"
                        + " securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container \"a\""
                        + " must set securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot != true (pod or container"
                        + " \"a\" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container \"a\""
                        + " must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")");
    }

    @Test
    void aPodThatGivesEverythingUpIsRestricted() throws Exception {
        assertThat(violations(
                        Level.RESTRICTED,
                        "{'securityContext':{'runAsNonRoot':true,'seccompProfile':{'type':'RuntimeDefault'}},"
                                + "'volumes':[{'name':'v','emptyDir':{}}],'containers':[{'name':'a','securityContext':"
                                + "{'allowPrivilegeEscalation':false,'capabilities':{'drop':['ALL'],"
                                + "'add':['NET_BIND_SERVICE']}}}]}"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'hostNetwork':true,'hostPID':true}|host namespaces (hostNetwork=true, hostPID=true)",
                "{'volumes':[{'name':'v','hostPath':{'path':'/'}}]}|hostPath volumes (volume \"v\")",
                "{'containers':[{'name':'a','ports':[{'hostPort':80},{'hostPort':81}]}]}|hostPort (container \"a\" uses"
                        + " hostPorts 80, 81)",
                "{'containers':[{'name':'a','securityContext':{'privileged':true}},{'name':'b','securityContext':"
                        + "{'privileged':true}}]}|privileged (containers \"a\", \"b\" must not set"
                        + " securityContext.privileged=true)",
                "{'containers':[{'name':'a','securityContext':{'capabilities':{'add':['NET_ADMIN','CHOWN']}}}]}|"
                        + "non-default capabilities (container \"a\" must not include \"NET_ADMIN\" in"
                        + " securityContext.capabilities.add)",
                "{'securityContext':{'seccompProfile':{'type':'Unconfined'}}}|seccompProfile (pod must not set"
                        + " securityContext.seccompProfile.type to \"Unconfined\")",
                "{'securityContext':{'sysctls':[{'name':'kernel.msgmax'}]}}|forbidden sysctls (kernel.msgmax)",
                "{'securityContext':{'seLinuxOptions':{'type':'x','user':'u'}}}|seLinuxOptions (pod set forbidden"
                        + " securityContext.seLinuxOptions: type \"x\"; user may not be set)",
                "{'containers':[{'name':'a','securityContext':{'procMount':'Unmasked'}}]}|procMount (container \"a\""
                        + " must not set securityContext.procMount to \"Unmasked\")"
            })
    void baselineForbidsTheHost(String spec, String violation) throws Exception {
        assertThat(violations(Level.BASELINE, spec)).isEqualTo(violation);
    }
}
