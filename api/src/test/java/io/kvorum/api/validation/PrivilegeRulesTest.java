package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrivilegeRulesTest {
    private static final ValidationOptions NONE = ValidationOptions.DEFAULT.withPrivileged(false);
    private static final String SPEC = "{'restartPolicy':'%s','hostNetwork':true,'containers':[{'name':'c','image':'a',"
            + "'securityContext':{'privileged':true,'windowsOptions':{'hostProcess':true}}}]}";

    @Test
    void aClusterMayForbidPrivilegedContainers() {
        String pod = "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':" + SPEC.formatted("Always") + "}";
        assertThat(Findings.of(pod)).isEmpty();
        assertThat(Findings.of(pod, NONE))
                .containsExactly(
                        "spec.containers[0].securityContext.privileged: Forbidden: disallowed by cluster policy",
                        "spec: Forbidden: hostProcess containers are disallowed by cluster policy");
        String job = "{'apiVersion':'batch/v1','kind':'CronJob','metadata':{'name':'p'},'spec':{'schedule':'* * * * *',"
                + "'jobTemplate':{'spec':{'template':{'spec':" + SPEC.formatted("Never") + "}}}}}";
        assertThat(Findings.of(job, NONE))
                .contains("spec.jobTemplate.spec.template.spec.containers[0].securityContext.privileged: Forbidden:"
                        + " disallowed by cluster policy");
    }
    /** Upstream does not look into the spec of its template at all; its pods are refused. */
    @Test
    void aStatefulSetIsNotAskedWhatItsPodsMay() {
        String set = "{'apiVersion':'apps/v1','kind':'StatefulSet','metadata':{'name':'p'},'spec':{'serviceName':'s',"
                + "'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},'spec':"
                + SPEC.formatted("Always") + "}}}";
        assertThat(Findings.of(set, NONE)).isEmpty();
    }
}
