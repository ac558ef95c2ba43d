package io.kvorum.api.validation;

import static io.kvorum.api.validation.Findings.of;
import static io.kvorum.api.validation.Findings.ofUpdate;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of the kinds beside pods, by one wrong object each. */
class KindValidationTest {
    private static final String TEMPLATE =
            "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i'}]}}";
    private static final String JOB_TEMPLATE =
            "'template':{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}";

    private static String object(String apiVersion, String kind, String rest) {
        return "{'apiVersion':'" + apiVersion + "','kind':'" + kind + "','metadata':{'name':'x'}"
                + (rest.isEmpty() ? "" : "," + rest) + "}";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "v1|Service|'spec':{}|spec.ports: Required value",
                "v1|Service|'spec':{'ports':[{'port':80},{'port':81}]}|spec.ports[0].name: Required value",
                "v1|Service|'spec':{'ports':[{'port':80,'nodePort':30000}]}|spec.ports[0].nodePort: Forbidden: may not be used when"
                        + " `type` is 'ClusterIP'",
                "v1|Service|'spec':{'type':'Magic','ports':[{'port':80}]}|spec.type: Unsupported value: \"\"Magic\"\": supported"
                        + " values: \"\"ClusterIP\"\", \"\"ExternalName\"\", \"\"LoadBalancer\"\", \"\"NodePort\"\"",
                "v1|Service|'spec':{'type':'ExternalName'}|spec.externalName: Required value",
                "v1|Service|'spec':{'ports':[{'port':80,'name':'a'},{'port':80,'name':'b'}]}|spec.ports[1]: Duplicate value:"
                        + " {\"\"Name\"\":\"\"\"\",\"\"Protocol\"\":\"\"TCP\"\",\"\"AppProtocol\"\":null,\"\"Port\"\":80,\"\"TargetPort\"\":0,\"\"NodePort\"\":0}",
                "v1|Service|'spec':{'clusterIP':'x','ports':[{'port':80}]}|spec.clusterIPs[0]: Invalid value: \"\"x\"\": must be a"
                        + " valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
                "v1|Service|'spec':{'externalTrafficPolicy':'Local','ports':[{'port':80}]}|spec.externalTrafficPolicy: Invalid"
                        + " value: \"\"Local\"\": may only be set for externally-accessible services",
                "v1|Service|'spec':{'ipFamilyPolicy':'RequireDualStack','ports':[{'port':80}]}|spec.ipFamilyPolicy: Invalid value:"
                        + " \"\"RequireDualStack\"\": this cluster is not configured for dual-stack services",
                "v1|Service|'spec':{'ipFamilies':['IPv6'],'ports':[{'port':80}]}|spec.ipFamilies[0]: Invalid value: \"\"IPv6\"\":"
                        + " not configured on this cluster",
                "v1|Service|'spec':{'ipFamilyPolicy':'SingleStack','ipFamilies':['IPv4','IPv6'],'ports':[{'port':80}]}|spec.ipFamilyPolicy:"
                        + " Invalid value: \"\"SingleStack\"\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP"
                        + " families are specified",
                "v1|ResourceQuota|'spec':{'hard':{'foo':'1'}}|spec.hard[foo]: Invalid value: \"\"foo\"\": must be a standard resource"
                        + " for quota",
                "v1|ResourceQuota|'spec':{'hard':{'bar':'1'}}|spec.hard[bar]: Invalid value: \"\"bar\"\": must be a standard resource"
                        + " type or fully qualified",
                "v1|ResourceQuota|'spec':{'hard':{'storage':'1'}}|spec.hard[storage]: Invalid value: \"\"storage\"\": must be a standard"
                        + " resource for quota",
                "v1|ResourceQuota|'spec':{'hard':{'pods':'1500m'}}|spec.hard[pods]: Invalid value: \"\"1500m\"\": must be an integer",
                "v1|ResourceQuota|'spec':{'hard':{'cpu':'1'},'scopes':['BestEffort']}|spec.scopes: Invalid value: [\"\"BestEffort\"\"]:"
                        + " unsupported scope applied to resource",
                "v1|ResourceQuota|'spec':{'hard':{'pods':'1'},'scopes':['BestEffort','NotBestEffort']}|spec.scopes: Invalid value:"
                        + " [\"\"BestEffort\"\",\"\"NotBestEffort\"\"]: conflicting scopes",
                "v1|Endpoints|'subsets':[{}]|subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`",
                "v1|Endpoints|'subsets':[{'addresses':[{'ip':'127.0.0.1'}]}]|subsets[0].addresses[0].ip: Invalid value:"
                        + " \"\"127.0.0.1\"\": may not be in the loopback range (127.0.0.0/8, ::1/128)",
                "discovery.k8s.io/v1|EndpointSlice|'addressType':'IPv4','endpoints':[{}]|endpoints[0].addresses: Required value:"
                        + " must contain at least 1 address",
                "discovery.k8s.io/v1|EndpointSlice|'addressType':'IPv4','endpoints':[{'addresses':['10.0.0.1'],'hints':{'forZones':"
                        + "[{'name':'a'},{'name':'a'}]}}]|endpoints[0].hints.forZones[1].name: Duplicate value: \"\"a\"\"",
                "discovery.k8s.io/v1|EndpointSlice|'addressType':'IPv4','endpoints':[{'addresses':['10.0.0.1'],'hints':{'forZones':"
                        + "[{'name':'a'},{'name':'b'},{'name':'c'},{'name':'d'},{'name':'e'},{'name':'f'},{'name':'g'},{'name':'h'},"
                        + "{'name':'i'}]}}]|endpoints[0].hints.forZones: Too many: 9: must have at most 8 items",
                "discovery.k8s.io/v1|EndpointSlice|'addressType':'IPv4','endpoints':[{'addresses':['10.0.0.1'],'hints':{'forNodes':"
                        + "[{'name':'n'},{'name':'n'}]}}]|endpoints[0].hints.forNodes[1].name: Duplicate value: \"\"n\"\"",
                "discovery.k8s.io/v1|EndpointSlice|'addressType':'MAC'|addressType: Unsupported value: \"\"MAC\"\": supported values:"
                        + " \"\"FQDN\"\", \"\"IPv4\"\", \"\"IPv6\"\"",
                "v1|ConfigMap|'data':{'a/b':'x'}|*",
                "v1|ConfigMap|'data':{'a':'x'},'binaryData':{'a':''}|data[a]: Invalid value: \"\"a\"\": duplicate of key present in binaryData",
                "v1|Secret|'type':'kubernetes.io/tls'|data[tls.crt]: Required value",
                "v1|Secret|'type':'kubernetes.io/service-account-token'|metadata.annotations[kubernetes.io/service-account.name]: Required value",
                "v1|Node|'spec':{'taints':[{'key':'a','effect':'Never'}]}|metadata.taints[0].effect: Unsupported value: \"\"Never\"\":"
                        + " supported values: \"\"NoSchedule\"\", \"\"PreferNoSchedule\"\", \"\"NoExecute\"\"",
                "v1|PersistentVolumeClaim|'spec':{'resources':{'requests':{'storage':'1Gi'}}}|spec.accessModes: Required value: at"
                        + " least 1 access mode is required",
                "v1|PersistentVolumeClaim|'spec':{'accessModes':['ReadWriteOnce']}|spec.resources[storage]: Required value",
                "v1|PersistentVolume|'spec':{'accessModes':['ReadWriteOnce'],'capacity':{'storage':'1Gi'}}|spec: Required value:"
                        + " must specify a volume type",
                "apps/v1|Deployment|'spec':{}|spec.selector: Required value",
                "apps/v1|Deployment|'spec':{'selector':{}}|spec.selector: Invalid value: {}: empty selector is invalid for deployment",
                "apps/v1|DaemonSet|'spec':{'selector':{}}|spec.selector: Invalid value: {}: empty selector is invalid for daemonset",
                "rbac.authorization.k8s.io/v1|Role|'rules':[{'apiGroups':[''],'resources':['pods']}]|rules[0].verbs: Required value:"
                        + " verbs must contain at least one value",
                "rbac.authorization.k8s.io/v1|Role|'rules':[{'verbs':['get'],'nonResourceURLs':['/x']}]|rules[0].nonResourceURLs:"
                        + " Invalid value: [\"\"/x\"\"]: namespaced rules cannot apply to non-resource URLs",
                "rbac.authorization.k8s.io/v1|RoleBinding|'roleRef':{'kind':'Thing','name':'r'}|roleRef.kind: Unsupported value:"
                        + " \"\"Thing\"\": supported values: \"\"Role\"\", \"\"ClusterRole\"\"",
                "rbac.authorization.k8s.io/v1|ClusterRoleBinding|'roleRef':{'kind':'ClusterRole','name':'r'},'subjects':[{'kind':"
                        + "'ServiceAccount','name':'s'}]|subjects[0].namespace: Required value",
                "policy/v1|PodDisruptionBudget|'spec':{'minAvailable':'x'}|*",
                "policy/v1|PodDisruptionBudget|'spec':{'minAvailable':'999999999999999999999%'}|spec.minAvailable: Invalid"
                        + " value: \"\"999999999999999999999%\"\": must not be greater than 100%",
                "policy/v1|PodDisruptionBudget|'spec':{'minAvailable':1,'maxUnavailable':1}|spec: Invalid value:"
                        + " {\"\"MinAvailable\"\":1,\"\"Selector\"\":null,\"\"MaxUnavailable\"\":1,\"\"UnhealthyPodEvictionPolicy\"\":null}: minAvailable and maxUnavailable cannot be both set",
                "autoscaling/v2|HorizontalPodAutoscaler|'spec':{'maxReplicas':1,'minReplicas':2,'scaleTargetRef':{'kind':'D','name':'d'}}"
                        + "|spec.maxReplicas: Invalid value: 1: must be greater than or equal to `minReplicas`",
                "scheduling.k8s.io/v1|PriorityClass|'value':2000000000|value: Forbidden: maximum allowed value of a user defined"
                        + " priority is 1000000000",
                "scheduling.k8s.io/v1|PriorityClass|'value':1,'preemptionPolicy':'x'|preemptionPolicy: Unsupported value: \"\"x\"\":"
                        + " supported values: \"\"PreemptLowerPriority\"\", \"\"Never\"\"",
                "coordination.k8s.io/v1|Lease|'spec':{'preferredHolder':'h'}|spec.preferredHolder: Forbidden: may only be specified"
                        + " if `strategy` is defined",
                "coordination.k8s.io/v1|Lease|'spec':{'strategy':'x'}|spec.strategy.strategy: Unsupported value: \"\"x\"\": supported"
                        + " values: \"\"OldestEmulationVersion\"\"",
                "coordination.k8s.io/v1|Lease|'spec':{'leaseDurationSeconds':0}|spec.leaseDurationSeconds: Invalid value: 0: must"
                        + " be greater than 0",
                "networking.k8s.io/v1|Ingress|'spec':{}|spec: Invalid value: []: either `defaultBackend` or `rules` must be specified",
                "networking.k8s.io/v1|Ingress|'spec':{'rules':[{'http':{'paths':[{'backend':{'service':{'name':'s','port':{'number':1}}}}]}}]}"
                        + "|spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified",
                "networking.k8s.io/v1|NetworkPolicy|'spec':{'podSelector':{},'egress':[{'to':[{'ipBlock':{'cidr':'10.0.0.0/8',"
                        + "'except':['10.0.0.0/8']}}]}]}|spec.egress[0].to[0].ipBlock.except[0]: Invalid value:"
                        + " \"\"10.0.0.0/8\"\": must be a strict subset of `cidr`",
                "networking.k8s.io/v1|NetworkPolicy|'spec':{'podSelector':{},'egress':[{'to':[{'ipBlock':{'cidr':''}}]}]}|"
                        + "spec.egress[0].to[0].ipBlock.cidr: Required value",
                "networking.k8s.io/v1|NetworkPolicy|'spec':{'podSelector':{},'ingress':[{'from':[{}]}]}|spec.ingress[0].from[0]:"
                        + " Required value: must specify a peer",
                "storage.k8s.io/v1|StorageClass|''|provisioner: Required value",
                "batch/v1|CronJob|'spec':{'schedule':'* *'}|spec.schedule: Invalid value: \"\"* *\"\": expected exactly 5 fields,"
                        + " found 2: [* *]",
                "v1|LimitRange|'spec':{'limits':[{'type':'Container','min':{'cpu':'2'},'max':{'cpu':'1'}}]}|spec.limits[0].min[cpu]:"
                        + " Invalid value: \"\"2\"\": min value 2 is greater than max value 1",
                "v1|Event|'involvedObject':{'namespace':'other'}|involvedObject.namespace: Invalid value: \"\"other\"\": does not match"
                        + " event.namespace"
            })
    void wrongObjects(String apiVersion, String kind, String rest, String finding) {
        List<String> found = of(object(apiVersion, kind, rest.equals("''") ? "" : rest));
        if (finding.equals("*")) {
            assertThat(found).isNotEmpty();
        } else {
            assertThat(found).contains(finding.replace("\"\"", "\""));
        }
    }

    @Test
    void loopbackEndpointsAreAllowedInTheClustersRangesOnly() {
        ValidationOptions options = new ValidationOptions(List.of("127.7.0.0/16"));
        String endpoints = object("v1", "Endpoints", "'subsets':[{'addresses':[{'ip':'%s'}],'ports':[{'port':1}]}]");
        assertThat(of(endpoints.replace("%s", "127.7.64.2"), options)).isEmpty();
        assertThat(of(endpoints.replace("%s", "127.8.64.2"), options)).hasSize(1);
        String slice = object(
                "discovery.k8s.io/v1", "EndpointSlice", "'addressType':'IPv4','endpoints':[{'addresses':['%s']}]");
        assertThat(of(slice.replace("%s", "127.7.64.2"), options)).isEmpty();
        assertThat(of(slice.replace("%s", "127.0.0.1"), options)).hasSize(1);
    }

    @Test
    void deployments() {
        String good = object("apps/v1", "Deployment", "'spec':{'selector':{'matchLabels':{'a':'b'}}," + TEMPLATE + "}");
        assertThat(of(good)).isEmpty();
        assertThat(of(good.replace("'containers'", "'restartPolicy':'Never','containers'")))
                .containsExactly("spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values:"
                        + " \"Always\"");
        assertThat(of(good.replace(
                        "{'selector'", "{'strategy':{'rollingUpdate':{'maxSurge':0,'maxUnavailable':0}},'selector'")))
                .containsExactly("spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when"
                        + " `maxSurge` is 0");
        assertThat(of(good.replace("{'selector'", "{'replicas':-1,'selector'")))
                .containsExactly("spec.replicas: Invalid value: -1: must be greater than or equal to 0");
        assertThat(ofUpdate(good, good.replace("'a':'b'", "'a':'c'")))
                .containsExactly("spec.selector: Invalid value: {\"matchLabels\":{\"a\":\"c\"}}: field is immutable");
        assertThat(ofUpdate(good, good.replace("{'selector'", "{'replicas':5,'selector'")))
                .isEmpty();
    }

    @Test
    void statefulSets() {
        String good =
                object("apps/v1", "StatefulSet", "'spec':{'selector':{'matchLabels':{'a':'b'}}," + TEMPLATE + "}");
        assertThat(of(good)).isEmpty();
        assertThat(ofUpdate(good, good.replace("{'selector'", "{'replicas':5,'selector'")))
                .isEmpty();
        assertThat(ofUpdate(good, good.replace("{'selector'", "{'serviceName':'s','selector'")))
                .containsExactly("spec: Forbidden: updates to statefulset spec for fields other than 'replicas',"
                        + " 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit',"
                        + " 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
    }

    /** The volumes of a stateful set's pods come from its claims too: what a template says is looked at in the pods. */
    @Test
    void whatTheTemplateOfAStatefulSetMountsMayComeFromItsClaims() {
        String template = "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i',"
                + "'volumeMounts':[{'name':'data','mountPath':'/data'}]}]}}";
        String set = "'spec':{'selector':{'matchLabels':{'a':'b'}},'serviceName':'s'," + template
                + ",'volumeClaimTemplates':[{'metadata':{'name':'data'},'spec':{'accessModes':['ReadWriteOnce'],"
                + "'resources':{'requests':{'storage':'1Gi'}}}}]}";
        assertThat(of(object("apps/v1", "StatefulSet", set))).isEmpty();
        assertThat(of(object("apps/v1", "StatefulSet", set.replace("'name':'c','image':'i',", "'name':'C',"))))
                .isEmpty();
        assertThat(of(object("apps/v1", "Deployment", set.replace("'serviceName':'s',", ""))))
                .containsExactly("spec.template.spec.containers[0].volumeMounts[0].name: Not found: \"data\"");
    }

    @Test
    void jobs() {
        String good = object("batch/v1", "Job", "'spec':{" + JOB_TEMPLATE + "}");
        assertThat(of(good)).isEmpty();
        assertThat(of(good.replace("'restartPolicy':'Never',", "")))
                .containsExactly("spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\","
                        + " \"Never\"");
        assertThat(of(good.replace("{'template'", "{'completionMode':'Indexed','parallelism':2,'template'")))
                .containsExactly("spec.completions: Required value: when completion mode is Indexed");
    }

    @Test
    void whatIsImmutableDoesNotChange() {
        String map = object("v1", "ConfigMap", "'data':{'a':'1'},'immutable':true");
        assertThat(ofUpdate(map, map.replace("'1'", "'2'")))
                .containsExactly("data: Forbidden: field is immutable when `immutable` is set");
        assertThat(ofUpdate(map, map.replace("true", "false")))
                .containsExactly("immutable: Forbidden: field is immutable when `immutable` is set");
        String secret = object("v1", "Secret", "'type':'a'");
        assertThat(ofUpdate(secret, secret.replace("'a'", "'b'")))
                .containsExactly("type: Invalid value: \"b\": field is immutable");
        String binding = object("rbac.authorization.k8s.io/v1", "RoleBinding", "'roleRef':{'kind':'Role','name':'r'}");
        assertThat(ofUpdate(binding, binding.replace("'r'", "'s'")))
                .containsExactly("roleRef: Invalid value: {\"kind\":\"Role\",\"name\":\"s\",\"apiGroup\":"
                        + "\"rbac.authorization.k8s.io\"}: cannot change roleRef");
        String service = object("v1", "Service", "'spec':{'clusterIP':'10.0.0.1','ports':[{'port':80}]}");
        assertThat(ofUpdate(service, service.replace("0.0.1", "0.0.2")))
                .containsExactly("spec.clusterIPs[0]: Invalid value: [\"10.0.0.2\"]: may not change once set");
        assertThat(ofUpdate(service, service.replace("'clusterIP':'10.0.0.1',", "")))
                .isEmpty();
        String claim = object(
                "v1",
                "PersistentVolumeClaim",
                "'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}");
        assertThat(ofUpdate(claim, claim.replace("'1Gi'", "'2Gi'")))
                .singleElement()
                .asString()
                .startsWith("spec: Forbidden: spec is immutable after creation except resources.requests and"
                        + " volumeAttributesClassName for bound claims\n@@");
        String slice = object("discovery.k8s.io/v1", "EndpointSlice", "'addressType':'IPv4'");
        assertThat(ofUpdate(slice, slice.replace("IPv4", "IPv6")))
                .containsExactly("addressType: Invalid value: \"IPv6\": field is immutable");
        String priority = object("scheduling.k8s.io/v1", "PriorityClass", "'value':1");
        assertThat(ofUpdate(priority, priority.replace(":1", ":2")))
                .containsExactly("value: Forbidden: may not be changed in an update.");
    }

    @Test
    void aConfigMapHasALimit() {
        assertThat(of(object("v1", "ConfigMap", "'data':{'a':'" + "x".repeat(1024 * 1024 + 1) + "'}")))
                .containsExactly("[]: Too long: may not be more than 1048576 bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "::1,true",
        "2001:db8::ffff,true",
        "1:2:3:4:5:6:7:8,true",
        "1:2,false",
        "::1::2,false",
        "::ffff:1.2.3.4,true",
        "g::,false",
        "::,true"
    })
    void ipv6Addresses(String text, boolean good) {
        assertThat(Rules.isIpv6(text)).isEqualTo(good);
    }

    @Test
    void theSystemsPriorityClassesHaveOneValue() {
        String object =
                "{'apiVersion':'scheduling.k8s.io/v1','kind':'PriorityClass','metadata':{'name':'%s'},'value':%d}";
        String reserved =
                "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: ";
        assertThat(of(String.format(object, "system-node-critical", 2_000_001_000)))
                .isEmpty();
        assertThat(of(String.format(object, "system-node-critical", 1)))
                .containsExactly(reserved + "value of system-node-critical PriorityClass must be 2000001000");
        assertThat(of(String.format(object, "system-x", 1)))
                .containsExactly(reserved + "system-x is not a known system priority class");
    }

    @Test
    void aUserHasAName() {
        assertThat(of(
                        "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'RoleBinding','metadata':{'name':'b'},'roleRef':"
                                + "{'kind':'Role','name':'r','apiGroup':'rbac.authorization.k8s.io'},'subjects':[{'kind':'User',"
                                + "'name':'','apiGroup':'rbac.authorization.k8s.io'}]}"))
                .containsExactly(
                        "subjects[0].name: Required value",
                        "subjects[0].name: Invalid value: \"\": user name cannot be empty");
    }

    @Test
    void theStatusOfAnApiServiceHasKnownConditions() {
        String object =
                "{'apiVersion':'apiregistration.k8s.io/v1','kind':'APIService','metadata':{'name':'v1.a.b'},'spec':"
                        + "{'group':'a.b','version':'v1','groupPriorityMinimum':1,'versionPriority':1}";
        assertThat(Findings.ofStatus(
                        object + "}", object + ",'status':{'conditions':[{'type':'Available','status':'x'}]}}"))
                .containsExactly("status.conditions[0].status: Unsupported value: \"x\": supported values: \"True\","
                        + " \"False\", \"Unknown\"");
    }
}
