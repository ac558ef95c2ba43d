package io.kvorum.api.validation;

import static io.kvorum.api.validation.Findings.of;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodValidationTest {
    private static final String CONTAINER = "'name':'c','image':'a'";

    private static String pod(String container, String spec) {
        return "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{'containers':[{" + container + "}]"
                + spec + "}}";
    }

    /** A container's fields, and the one finding they cause. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'image':'a'|spec.containers[0].name: Required value",
                "'name':'c'|spec.containers[0].image: Required value",
                "'name':'c','image':' a'|spec.containers[0].image: Invalid value: \"\" a\"\": must not have leading or trailing whitespace",
                "'name':'c','image':'a','imagePullPolicy':'Often'|spec.containers[0].imagePullPolicy: Unsupported value:"
                        + " \"\"Often\"\": supported values: \"\"Always\"\", \"\"IfNotPresent\"\", \"\"Never\"\"",
                "'name':'c','image':'a','ports':[{}]|spec.containers[0].ports[0].containerPort: Required value",
                "'name':'c','image':'a','ports':[{'containerPort':80,'name':'x'},{'containerPort':81,'name':'x'}]"
                        + "|spec.containers[0].ports[1].name: Duplicate value: \"\"x\"\"",
                "'name':'c','image':'a','ports':[{'containerPort':80,'protocol':'ICMP'}]|spec.containers[0].ports[0].protocol:"
                        + " Unsupported value: \"\"ICMP\"\": supported values: \"\"SCTP\"\", \"\"TCP\"\", \"\"UDP\"\"",
                "'name':'c','image':'a','env':[{'value':'x'}]|spec.containers[0].env[0].name: Required value",
                "'name':'c','image':'a','env':[{'name':'A','value':'x','valueFrom':{'fieldRef':{'fieldPath':'metadata.name'}}}]"
                        + "|spec.containers[0].env[0].valueFrom: Invalid value: \"\"\"\": may not be specified when `value` is not empty",
                "'name':'c','image':'a','env':[{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'spec.foo'}}}]"
                        + "|spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"\"spec.foo\"\": error"
                        + " converting fieldPath: field label not supported: spec.foo",
                "'name':'c','image':'a','env':[{'name':'A','valueFrom':{'secretKeyRef':{'name':'s'}}}]"
                        + "|spec.containers[0].env[0].valueFrom.secretKeyRef.key: Required value",
                "'name':'c','image':'a','envFrom':[{'configMapRef':{}}]|spec.containers[0].envFrom[0].configMapRef.name: Required value",
                "'name':'c','image':'a','volumeMounts':[{'name':'v','mountPath':'/v'}]"
                        + "|spec.containers[0].volumeMounts[0].name: Not found: \"\"v\"\"",
                "'name':'c','image':'a','livenessProbe':{}|spec.containers[0].livenessProbe: Required value: must specify a handler type",
                "'name':'c','image':'a','livenessProbe':{'exec':{'command':['a']},'tcpSocket':{'port':1}}"
                        + "|spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type",
                "'name':'c','image':'a','livenessProbe':{'exec':{'command':['a']},'successThreshold':2}"
                        + "|spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1",
                "'name':'c','image':'a','readinessProbe':{'httpGet':{'port':0}}"
                        + "|spec.containers[0].readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive",
                "'name':'c','image':'a','resources':{'limits':{'cpu':'-1'}}"
                        + "|spec.containers[0].resources.limits[cpu]: Invalid value: \"\"-1\"\": must be greater than or equal to 0",
                "'name':'c','image':'a','resources':{'limits':{'gpu':'1'}}"
                        + "|spec.containers[0].resources.limits[gpu]: Invalid value: \"\"gpu\"\": must be a standard resource for containers"
            })
    void containers(String container, String finding) {
        assertThat(of(pod(container, ""))).contains(finding.replace("\"\"", "\""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':"
                        + "[{'matchExpressions':[{'key':'a','operator':'In','values':['-']}]}]}}}|spec.affinity.nodeAffinity"
                        + ".requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values[0]:"
                        + " Invalid value: \"\"-\"\": a valid label must be an empty string or consist of alphanumeric"
                        + " characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue', "
                        + " or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
                "'affinity':{'podAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':[{'topologyKey':'z','matchLabelKeys':['a']}]}}"
                        + "|spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys: Forbidden:"
                        + " must not be specified when labelSelector is not set",
                "'affinity':{'podAntiAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':[{'topologyKey':'z',"
                        + "'labelSelector':{},'matchLabelKeys':['a'],'mismatchLabelKeys':['b','a']}]}}"
                        + "|spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].mismatchLabelKeys[1]:"
                        + " Invalid value: \"\"a\"\": exists in both matchLabelKeys and mismatchLabelKeys",
                "'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'z','whenUnsatisfiable':'DoNotSchedule',"
                        + "'labelSelector':{'matchLabels':{'a':'b'}},'matchLabelKeys':['a']}]"
                        + "|spec.topologySpreadConstraints[0].matchLabelKeys[0]: Invalid value: \"\"a\"\":"
                        + " exists in both matchLabelKeys and labelSelector",
                "'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'z','whenUnsatisfiable':'ScheduleAnyway','minDomains':2}]"
                        + "|spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use minDomains if"
                        + " whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway",
                "'volumes':[{'name':'v','hostPath':{}}]|spec.volumes[0].hostPath.path: Required value",
                "'volumes':[{'name':'v','emptyDir':{},'hostPath':{'path':'/a'}}]|spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type",
                "'volumes':[{'name':'v'},{'name':'v'}]|spec.volumes[1].name: Duplicate value: \"\"v\"\"",
                "'volumes':[{'name':'v','configMap':{'name':'c','items':[{'key':'k','path':'../x'}]}}]"
                        + "|spec.volumes[0].configMap.items[0].path: Invalid value: \"\"../x\"\": must not contain '..'",
                "'volumes':[{'name':'v','secret':{'secretName':'s','defaultMode':512}}]|spec.volumes[0].secret.defaultMode:"
                        + " Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive",
                "'tolerations':[{'key':'a','tolerationSeconds':1,'effect':'NoSchedule'}]|spec.tolerations[0].effect: Invalid value:"
                        + " \"\"NoSchedule\"\": effect must be 'NoExecute' when `tolerationSeconds` is set",
                "'nodeSelector':{'a':'b c'}|*",
                "'activeDeadlineSeconds':0|spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive",
                "'dnsPolicy':'None'|spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None",
                "'hostNetwork':true,'initContainers':[{'name':'c','image':'a'}]|spec.initContainers[0].name: Duplicate value: \"\"c\"\"",
                "'initContainers':[{'name':'i','image':'a','livenessProbe':{'exec':{'command':['x']}}}]"
                        + "|spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always",
                "'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':[]}}}"
                        + "|spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms:"
                        + " Required value: must have at least one node selector term",
                "'topologySpreadConstraints':[{'maxSkew':0,'topologyKey':'z','whenUnsatisfiable':'DoNotSchedule'}]"
                        + "|spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero",
                "'ephemeralContainers':[{'name':'e','image':'a'}]|spec.ephemeralContainers: Forbidden: cannot be set on create"
            })
    void podSpecs(String spec, String finding) {
        if (finding.equals("*")) {
            assertThat(of(pod(CONTAINER, "," + spec))).isNotEmpty();
        } else {
            assertThat(of(pod(CONTAINER, "," + spec))).contains(finding.replace("\"\"", "\""));
        }
    }

    @Test
    void aGoodPodHasNoFindings() {
        assertThat(of(pod(
                        CONTAINER
                                + ",'volumeMounts':[{'name':'v','mountPath':'/v'}],'ports':[{'containerPort':80,'hostPort':80}],"
                                + "'startupProbe':{'grpc':{'port':1}},'lifecycle':{'preStop':{'sleep':{'seconds':1}}}",
                        ",'volumes':[{'name':'v'}],'tolerations':[{'operator':'Exists'}],'hostNetwork':true")))
                .isEmpty();
    }

    @Test
    void imagesAndAddedTolerationsMayChange() {
        assertThat(Findings.ofUpdate(
                        pod("'name':'c','image':'a'", ""),
                        pod(
                                "'name':'c','image':'b','imagePullPolicy':'Always'",
                                ",'tolerations':[{'key':'a','operator':'Exists'}]")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'containers':[{'name':'c','image':'a'},{'name':'d','image':'a'}]|spec.containers: Forbidden: pod updates may not add or remove containers",
                "'containers':[{'name':'c','image':'a'}],'tolerations':[]|spec.tolerations: Forbidden: existing toleration can not"
                        + " be modified except its tolerationSeconds",
                "'containers':[{'name':'c','image':'a'}],'tolerations':[{'key':'k','operator':'Exists'}],'activeDeadlineSeconds':20"
                        + "|spec.activeDeadlineSeconds: Invalid value: 20: must be less than or equal to previous value",
                "'containers':[{'name':'c','image':'a'}],'tolerations':[{'key':'k','operator':'Exists'}],'activeDeadlineSeconds':10,"
                        + "'schedulingGates':[{'name':'g'}]|spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found"
                        + " new scheduling gate 'g'"
            })
    void otherChangesAreRefused(String spec, String finding) {
        String old = pod(CONTAINER, ",'tolerations':[{'key':'k','operator':'Exists'}],'activeDeadlineSeconds':10");
        String next = "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{" + spec + "}}";
        assertThat(Findings.ofUpdate(old, next)).contains(finding.replace("\"\"", "\""));
    }

    @Test
    void whatHasEndedDoesNotRunAgain() {
        ObjectNode old = Golden.tree("{'metadata':{'name':'p'},'spec':{'restartPolicy':'Never'},"
                + "'status':{'containerStatuses':[{'name':'c','state':{'terminated':{'exitCode':1}}}]}}");
        ObjectNode next = Golden.tree("{'metadata':{'name':'p'},'spec':{'restartPolicy':'Never'},"
                + "'status':{'containerStatuses':[{'name':'c','state':{'running':{}}}]}}");
        assertThat(Validation.updateStatus(Golden.resource("v1", "Pod"), old, next, ValidationOptions.DEFAULT))
                .extracting(cause -> cause.field() + ": " + cause.message())
                .containsExactly("status.containerStatuses[0].state: Forbidden: may not be transitioned to"
                        + " non-terminated state");
    }

    @Test
    void namesOfKernelParameters() {
        String at = "spec.securityContext.sysctls";
        String form = "must have at most 253 characters and match regex"
                + " ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
        assertThat(of(pod(
                        CONTAINER,
                        ",'securityContext':{'sysctls':[{'name':'net/core.somaxconn','value':'1'},{'name':'net.','value':'1'},"
                                + "{'value':'1'},{'name':'net/core.somaxconn','value':'2'}]}")))
                .containsExactlyInAnyOrder(
                        at + "[1].name: Invalid value: \"net.\": " + form,
                        at + "[2].name: Required value",
                        at + "[3].name: Duplicate value: \"net/core.somaxconn\"");
    }
}
