package io.kvorum.api.validation;

import static io.kvorum.api.validation.Findings.of;
import static io.kvorum.api.validation.Findings.ofStatus;
import static io.kvorum.api.validation.Findings.ofUpdate;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rarer rules of the kinds beside pods, word for word, and those of changes and of statuses. */
class KindRulesTest {
    private static final String TEMPLATE =
            "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i'}]}}";
    private static final String JOB_TEMPLATE =
            "'template':{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}";

    private static String object(String apiVersion, String kind, String rest) {
        return "{'apiVersion':'" + apiVersion + "','kind':'" + kind + "','metadata':{'name':'x'}," + rest + "}";
    }

    /** Where the finding starts with an asterisk, what follows is a part of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "v1|Service|'spec':{'ports':[{'port':80}],'trafficDistribution':'Near'}|spec.trafficDistribution: Unsupported value: \"Near\": supported values: \"PreferClose\", \"PreferSameZone\", \"PreferSameNode\"",
                "v1|Service|'spec':{'ports':[{'port':80}],'loadBalancerSourceRanges':['10.0.0.0/8']}|spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
                "v1|Service|'spec':{'type':'LoadBalancer','ports':[{'port':80}],'loadBalancerSourceRanges':['ten']}|spec.LoadBalancerSourceRanges[0]: Invalid value: \"ten\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)",
                "v1|Service|'spec':{'type':'LoadBalancer','loadBalancerClass':'a b','ports':[{'port':80}]}|*",
                "v1|Service|'spec':{'type':'ExternalName','externalName':'a.b','clusterIPs':['10.0.0.1']}|spec.clusterIPs: Forbidden: may not be set for ExternalName services",
                "v1|Service|'spec':{'type':'ExternalName','externalName':'a.b','ipFamilyPolicy':'SingleStack'}|spec.ipFamilyPolicy: Forbidden: may not be set for ExternalName services",
                "v1|Service|'spec':{'clusterIP':'10.0.0.1','clusterIPs':['10.0.0.1','10.0.0.2'],'ports':[{'port':80}]}|spec.clusterIPs: Invalid value: [\"10.0.0.1\",\"10.0.0.2\"]: may specify no more than one IP for each IP family",
                "v1|Service|'spec':{'clusterIPs':['10.0.0.1'],'ports':[{'port':80}]}|spec.clusterIPs: Invalid value: [\"10.0.0.1\"]: must be empty when `clusterIP` is not specified",
                "v1|Service|'spec':{'clusterIP':'fd00::1','ipFamilies':['IPv4'],'ports':[{'port':80}]}|spec.clusterIPs[0]: Invalid value: \"fd00::1\": expected an IPv4 value as indicated by `ipFamilies[0]`",
                "v1|Service|'spec':{'externalIPs':['0.0.0.0'],'ports':[{'port':80}]}|spec.externalIPs[0]: Invalid value: \"0.0.0.0\": may not be unspecified (0.0.0.0)",
                "apps/v1|StatefulSet|'spec':{'serviceName':'a.b'}|*serviceName",
                "apps/v1|StatefulSet|'spec':{'ordinals':{'start':-1}}|spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0",
                "apps/v1|StatefulSet|'spec':{'updateStrategy':{'rollingUpdate':{'maxUnavailable':0}}}|spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0",
                "apps/v1|StatefulSet|'spec':{'updateStrategy':{'type':'Magic'}}|spec.updateStrategy: Invalid value: {\"Type\":\"Magic\",\"RollingUpdate\":null}: must be 'RollingUpdate' or 'OnDelete'",
                "apps/v1|StatefulSet|'spec':{'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'Keep'}}|spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: \"Keep\": supported values: \"Retain\", \"Delete\"",
                "apps/v1|StatefulSet|'spec':{'template':{'spec':{'activeDeadlineSeconds':1}}}|spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in StatefulSet is not Supported",
                "apps/v1|StatefulSet|'spec':{'template':{'spec':{'restartPolicy':'Never'}}}|spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"",
                "apps/v1|StatefulSet|'spec':{'template':{'metadata':{'labels':{'a':'b c'}}}}|*spec.template.labels: Invalid value: \"b c\"",
                "apps/v1|Deployment|'spec':{'template':{'metadata':{'labels':{'a':'b c'}}}}|*spec.template.labels: Invalid value: \"b c\"",
                "apps/v1|DaemonSet|'spec':{'template':{'metadata':{'annotations':{'a b':'c'}}}}|*spec.template.annotations: Invalid value: \"a b\"",
                "apps/v1|DaemonSet|'spec':{'template':{'spec':{'activeDeadlineSeconds':1}}}|spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported",
                "v1|ReplicationController|'spec':{'template':{'spec':{'activeDeadlineSeconds':1}}}|spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicationController is not Supported",
                "apps/v1|DaemonSet|'spec':{'updateStrategy':{'type':'Magic'}}|spec.updateStrategy: Unsupported value: {\"Type\":\"Magic\",\"RollingUpdate\":null}: supported values: \"RollingUpdate\", \"OnDelete\"",
                "apps/v1|Deployment|'spec':{'strategy':{'type':'Magic'}}|spec.strategy: Unsupported value: {\"Type\":\"Magic\",\"RollingUpdate\":null}: supported values: \"Recreate\", \"RollingUpdate\"",
                "batch/v1|Job|'spec':{'maxFailedIndexes':1}|spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified",
                "batch/v1|Job|'spec':{'maxFailedIndexes':1}|spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode",
                "batch/v1|Job|'spec':{'completionMode':'Indexed','completions':1,'backoffLimitPerIndex':1,'maxFailedIndexes':2}|spec.maxFailedIndexes: Invalid value: 2: must be less than or equal to completions",
                "batch/v1|Job|'spec':{'completionMode':'Indexed','completions':100001,'backoffLimitPerIndex':1}|spec.maxFailedIndexes: Required value: must be specified when completions is above 100000",
                "batch/v1|Job|'spec':{'managedBy':'me'}|spec.managedBy: Invalid value: \"me\": must be a domain-prefixed path (such as \"acme.io/foo\")",
                "batch/v1|Job|'spec':{'podFailurePolicy':{'rules':[]},'podReplacementPolicy':'TerminatingOrFailed'}|spec.podReplacementPolicy: Unsupported value: \"TerminatingOrFailed\": supported values: \"Failed\"",
                "batch/v1|Job|'spec':{'podFailurePolicy':{'rules':[{'action':'Ignore'}]}}|spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required",
                "batch/v1|Job|'spec':{'podFailurePolicy':{'rules':[{'action':'FailIndex','onExitCodes':{'operator':'In','values':[0,2,1]}}]}}|spec.podFailurePolicy.rules[0].action: Invalid value: \"FailIndex\": requires the backoffLimitPerIndex to be set",
                "batch/v1|Job|'spec':{'podFailurePolicy':{'rules':[{'action':'Ignore','onExitCodes':{'operator':'In','values':[0,2,1]}}]}}|spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator",
                "batch/v1|Job|'spec':{'podFailurePolicy':{'rules':[{'action':'Ignore','onExitCodes':{'operator':'In','values':[2,1]}}]}}|spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [2,1]: must be ordered",
                "batch/v1|Job|'spec':{'podFailurePolicy':{'rules':[{'action':'Ignore','onExitCodes':{'containerName':'z','operator':'In','values':[1]}}]}}|spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: \"z\": must be one of the container or initContainer names in the pod template",
                "batch/v1|Job|'spec':{'successPolicy':{'rules':[]}}|spec.successPolicy: Invalid value: {\"Rules\":[]}: requires indexed completion mode",
                "batch/v1|Job|'spec':{'completionMode':'Indexed','completions':3,'successPolicy':{'rules':[{'succeededIndexes':'0-5'}]}}|spec.successPolicy.rules[0].succeededIndexes: Invalid value: \"0-5\": error parsing succeededIndexes: too large index: \"5\"",
                "batch/v1|Job|'spec':{'completionMode':'Indexed','completions':3,'successPolicy':{'rules':[{'succeededIndexes':'0,2','succeededCount':3}]}}|spec.successPolicy.rules[0].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)",
                "batch/v1|Job|'spec':{'template':{'metadata':{'labels':{'controller-uid':'other'}}}}|spec.template.metadata.labels[controller-uid]: Invalid value: {\"controller-uid\":\"other\",\"batch.kubernetes.io/controller-uid\":\"u1\",\"batch.kubernetes.io/job-name\":\"x\",\"job-name\":\"x\"}: must be 'u1'",
                "batch/v1|Job|'spec':{'selector':{'matchLabels':{'a':'b'}}}|spec.selector: Invalid value: {\"matchLabels\":{\"a\":\"b\",\"batch.kubernetes.io/controller-uid\":\"u1\"}}: `selector` not auto-generated",
                "batch/v1|CronJob|'spec':{'schedule':'* * * * *','jobTemplate':{'spec':{'selector':{}}}}|spec.jobTemplate.spec.selector: Invalid value: {}: `selector` will be auto-generated",
                "batch/v1|CronJob|'spec':{'schedule':'* * * * *','jobTemplate':{'spec':{'manualSelector':true}}}|spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: \"nil\", \"false\"",
                "autoscaling/v2|HorizontalPodAutoscaler|'spec':{'maxReplicas':1,'scaleTargetRef':{'kind':'a/b','name':'d'}}|spec.scaleTargetRef.kind: Invalid value: \"a/b\": may not contain '/'",
                "autoscaling/v2|HorizontalPodAutoscaler|'spec':{'maxReplicas':1,'scaleTargetRef':{'kind':'D','name':'d'},'metrics':[{'type':'Pods'}]}|spec.metrics[0].pods: Required value: must populate information for the given metric source",
                "autoscaling/v2|HorizontalPodAutoscaler|'spec':{'maxReplicas':1,'scaleTargetRef':{'kind':'D','name':'d'},'metrics':[{'type':'Resource','resource':{'name':'cpu','target':{'type':'Utilization'}}}]}|spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization",
                "autoscaling/v2|HorizontalPodAutoscaler|'spec':{'maxReplicas':1,'scaleTargetRef':{'kind':'D','name':'d'},'metrics':[{'type':'Resource','resource':{'name':'cpu','target':{'type':'Utilization','averageUtilization':0}}}]}|spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0",
                "autoscaling/v2|HorizontalPodAutoscaler|'spec':{'maxReplicas':1,'scaleTargetRef':{'kind':'D','name':'d'},'metrics':[{'type':'Pods','pods':{'metric':{'name':'m'},'target':{'type':'Magic','averageValue':'0'}}}]}|spec.metrics[0].pods.target.averageValue: Invalid value: \"0\": must be positive",
                "autoscaling/v2|HorizontalPodAutoscaler|'spec':{'maxReplicas':1,'scaleTargetRef':{'kind':'D','name':'d'},'metrics':[{'type':'Pods','pods':{'target':{'type':'Magic'}}}]}|spec.metrics[0].pods.target.type: Invalid value: \"Magic\": must be either Utilization, Value, or AverageValue",
                "autoscaling/v2|HorizontalPodAutoscaler|'spec':{'maxReplicas':1,'scaleTargetRef':{'kind':'D','name':'d'},'metrics':[{'type':'External','external':{'target':{'type':'Value'}}}]}|spec.metrics[0].external.metric.name: Required value: must specify a metric name",
                "autoscaling/v2|HorizontalPodAutoscaler|'spec':{'maxReplicas':1,'scaleTargetRef':{'kind':'D','name':'d'},'behavior':{'scaleUp':{'stabilizationWindowSeconds':4000}}}|spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 4000: must be less than or equal to 3600",
                "autoscaling/v2|HorizontalPodAutoscaler|'spec':{'maxReplicas':1,'scaleTargetRef':{'kind':'D','name':'d'},'behavior':{'scaleDown':{'policies':[{'type':'Pods','value':1,'periodSeconds':2000}]}}}|spec.behavior.scaleDown.policies[0].periodSeconds: Invalid value: 2000: must be less than or equal to 1800",
                "v1|ResourceQuota|'spec':{'hard':{'pods':'1'},'scopeSelector':{'matchExpressions':[{'scopeName':'BestEffort','operator':'In','values':['a']}]}}|*spec.scopeSelector.matchExpressions.operator",
                "v1|ResourceQuota|'spec':{'hard':{'pods':'1'},'scopeSelector':{'matchExpressions':[{'scopeName':'Magic','operator':'Exists'}]}}|spec.scopeSelector.matchExpressions.scopeName: Invalid value: \"Magic\": unsupported scope",
                "v1|ResourceQuota|'spec':{'hard':{'pods':'1'},'scopeSelector':{'matchExpressions':[{'scopeName':'PriorityClass','operator':'In'}]}}|spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
                "v1|LimitRange|'spec':{'limits':[{'type':'Magic'}]}|spec.limits[0].type: Invalid value: \"Magic\": must be a standard limit type or fully qualified",
                "v1|LimitRange|'spec':{'limits':[{'type':'Container','max':{'foo':'1'}}]}|spec.limits[0].max[foo]: Invalid value: \"foo\": must be a standard resource for containers",
                "v1|LimitRange|'spec':{'limits':[{'type':'PersistentVolumeClaim','max':{'cpu':'1'}}]}|spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided",
                "v1|LimitRange|'spec':{'limits':[{'type':'Container','min':{'cpu':'2'},'defaultRequest':{'cpu':'1'}}]}|spec.limits[0].defaultRequest[cpu]: Invalid value: \"1\": min value 2 is greater than default request value 1",
                "v1|LimitRange|'spec':{'limits':[{'type':'Container','max':{'cpu':'1'},'default':{'cpu':'2'}}]}|spec.limits[0].default[cpu]: Invalid value: \"1\": default value 2 is greater than max value 1",
                "v1|LimitRange|'spec':{'limits':[{'type':'Container','maxLimitRequestRatio':{'cpu':'500m'}}]}|spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: \"500m\": ratio 500m is less than 1",
                "v1|LimitRange|'spec':{'limits':[{'type':'Container','min':{'cpu':'1'},'max':{'cpu':'2'},'maxLimitRequestRatio':{'cpu':'4'}}]}|spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: \"4\": ratio 4 is greater than max/min = 2.000000",
                "v1|Node|'status':{'capacity':{'pods':'1500m'}}|status.capacity.pods: Invalid value: \"1500m\": must be an integer",
                "v1|Node|'spec':{'podCIDRs':['10.0.0.0/24','10.0.1.0/24']}|spec.podCIDRs: Invalid value: [\"10.0.0.0/24\",\"10.0.1.0/24\"]: may specify no more than one CIDR for each IP family",
                "v1|Node|'spec':{'taints':[{'key':'a','effect':'NoSchedule'},{'key':'a','effect':'NoSchedule'}]}|metadata.taints[1]: Duplicate value: {\"Key\":\"a\",\"Value\":\"\",\"Effect\":\"NoSchedule\",\"TimeAdded\":null}: taints must be unique by key and effect pair",
                "v1|Secret|'type':'kubernetes.io/dockercfg','data':{'.dockercfg':'eHg='}|data[.dockercfg]: Invalid value: \"<secret contents redacted>\": invalid character 'x' looking for beginning of value",
                "v1|Secret|'type':'kubernetes.io/dockerconfigjson','data':{'.dockerconfigjson':'W10='}|data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": json: cannot unmarshal array into Go value of type map[string]interface {}",
                "v1|Endpoints|'subsets':[{'addresses':[{'ip':'10.0.0.1'}],'ports':[{'port':1,'appProtocol':'a b'}]}]|*subsets[0].ports[0].appProtocol",
                "discovery.k8s.io/v1|EndpointSlice|'addressType':'FQDN','endpoints':[{'addresses':['single']}]|endpoints[0].addresses[0]: Invalid value: \"single\": should be a domain with at least two segments separated by dots"
            })
    void wrongObjects(String apiVersion, String kind, String rest, String finding) {
        String text = object(apiVersion, kind, rest);
        if (finding.startsWith("*")) {
            assertThat(of(text)).anySatisfy(found -> assertThat(found).contains(finding.substring(1)));
        } else {
            assertThat(of(text)).contains(finding);
        }
    }

    @Test
    void selectorsOfWorkloads() {
        String mismatch =
                "spec.template.metadata.labels: Invalid value: {\"a\":\"b\"}: `selector` does not match template `labels`";
        assertThat(of(object("apps/v1", "Deployment", "'spec':{" + TEMPLATE + "}")))
                .containsExactly("spec.selector: Required value", mismatch);
        assertThat(of(object("apps/v1", "DaemonSet", "'spec':{" + TEMPLATE + "}")))
                .containsExactly(mismatch);
        assertThat(of(object(
                        "apps/v1",
                        "ReplicaSet",
                        "'spec':{'selector':{'matchExpressions':[{'key':'a','operator':'Is'}]}," + TEMPLATE + "}")))
                .containsExactly(
                        "spec.selector.matchExpressions[0].operator: Invalid value: \"Is\": not a valid selector operator",
                        "spec.selector: Invalid value: {\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"Is\"}]}:"
                                + " invalid label selector");
    }

    @Test
    void whatAServiceHasOnceItKeeps() {
        String balanced = object(
                "v1", "Service", "'spec':{'type':'LoadBalancer','loadBalancerClass':'a/b'," + "'ports':[{'port':80}]}");
        assertThat(ofUpdate(balanced, balanced.replace("a/b", "a/c")))
                .containsExactly("spec.loadBalancerClass: Invalid value: \"a/c\": may not change once set");
        String local = object(
                "v1",
                "Service",
                "'spec':{'type':'LoadBalancer','externalTrafficPolicy':'Local',"
                        + "'healthCheckNodePort':30000,'ports':[{'port':80}]}");
        assertThat(ofUpdate(local, local.replace("30000", "30001")))
                .containsExactly("spec.healthCheckNodePort: Forbidden: field is immutable");
        String plain = object("v1", "Service", "'spec':{'clusterIP':'10.0.0.1','ports':[{'port':80}]}");
        assertThat(ofUpdate(plain, plain.replace("10.0.0.1", "None")))
                .containsExactly("spec.clusterIPs[0]: Invalid value: [\"None\"]: may not change once set");
        String external = object(
                "v1",
                "Service",
                "'spec':{'type':'ExternalName','externalName':'a.b'," + "'ports':[{'port':80,'nodePort':30000}]}");
        assertThat(of(external)).isEmpty();
    }

    @Test
    void pointsOfLoadBalancers() {
        String service = object("v1", "Service", "'spec':{'type':'LoadBalancer','ports':[{'port':80}]}");
        assertThat(ofStatus(service, "{}", "{'loadBalancer':{'ingress':[{'ip':'10.0.0.1','ipMode':'VIP'}]}}"))
                .isEmpty();
        assertThat(ofStatus(
                        service,
                        "{}",
                        "{'loadBalancer':{'ingress':[{'ip':'x','ipMode':'Magic'},{'hostname':'10.0.0.1'}]}}"))
                .containsExactly(
                        "status.loadBalancer.ingress[0].ip: Invalid value: \"x\": must be a valid IP address, (e.g."
                                + " 10.9.8.7 or 2001:db8::ffff)",
                        "status.loadBalancer.ingress[0].ipMode: Unsupported value: \"Magic\": supported values:"
                                + " \"Proxy\", \"VIP\"",
                        "status.loadBalancer.ingress[1].hostname: Invalid value: \"10.0.0.1\": must be a DNS name, not"
                                + " an IP address");
        assertThat(ofStatus(service.replace("LoadBalancer", "ClusterIP"), "{}", "{'loadBalancer':{'ingress':[{}]}}"))
                .containsExactly("status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is"
                        + " 'LoadBalancer'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "apps/v1|Deployment|{'collisionCount':1}|{'collisionCount':0}|status.collisionCount: Invalid value: 0:"
                        + " cannot be decremented",
                "apps/v1|Deployment|{'collisionCount':1}|{}|status.collisionCount: Invalid value: 0: cannot be"
                        + " decremented",
                "apps/v1|Deployment|{}|{'replicas':1,'readyReplicas':1,'availableReplicas':1,'updatedReplicas':2}|"
                        + "status.updatedReplicas: Invalid value: 2: cannot be greater than status.replicas",
                "apps/v1|ReplicaSet|{}|{'replicas':2,'readyReplicas':1,'availableReplicas':2}|status.availableReplicas:"
                        + " Invalid value: 2: cannot be greater than readyReplicas",
                "apps/v1|StatefulSet|{}|{'replicas':2,'readyReplicas':1,'availableReplicas':2}|status.availableReplicas:"
                        + " Invalid value: 2: cannot be greater than status.readyReplicas",
                "apps/v1|DaemonSet|{}|{'numberReady':-1}|status.numberReady: Invalid value: -1: must be greater than or"
                        + " equal to 0"
            })
    void statusesOfWorkloads(String apiVersion, String kind, String before, String after, String finding) {
        String workload = object(apiVersion, kind, "'spec':{'selector':{'matchLabels':{'a':'b'}}," + TEMPLATE + "}");
        assertThat(ofStatus(workload, before, after)).containsExactly(finding);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{}|{'conditions':[{'type':'Failed','status':'True'}],'startTime':'2026-01-01T00:00:00Z'}|"
                        + "status.conditions: Invalid value: cannot set Failed=True condition without the"
                        + " FailureTarget=true condition",
                "{}|{'conditions':[{'type':'Complete','status':'True'},{'type':'SuccessCriteriaMet','status':'True'}],"
                        + "'startTime':'2026-01-01T00:00:00Z'}|status.completionTime: Required value: completionTime is"
                        + " required for Complete jobs",
                "{'failed':2}|{'failed':1}|status.failed: Invalid value: 1: cannot decrease the failed counter",
                "{'startTime':'2026-01-01T00:00:00Z'}|{}|status.startTime: Required value: startTime cannot be removed"
                        + " for unsuspended job",
                "{}|{'completedIndexes':'0'}|status.completedIndexes: Invalid value: \"0\": cannot set non-empty"
                        + " completedIndexes when non-indexed completion mode",
                "{}|{'ready':2,'active':1}|status.ready: Invalid value: 2: cannot set more ready pods than active",
                "{}|{'uncountedTerminatedPods':{'succeeded':['a'],'failed':['a']}}|"
                        + "status.uncountedTerminatedPods.failed[0]: Duplicate value: \"a\""
            })
    void statusesOfJobs(String before, String after, String finding) {
        assertThat(ofStatus(object("batch/v1", "Job", "'spec':{" + JOB_TEMPLATE + "}"), before, after))
                .containsExactly(finding);
    }

    @Test
    void aJobEnds() {
        String job = object("batch/v1", "Job", "'spec':{" + JOB_TEMPLATE + "}");
        assertThat(ofStatus(
                        job,
                        "{'active':1,'startTime':'2026-01-01T00:00:00Z'}",
                        "{'succeeded':1,'startTime':'2026-01-01T00:00:00Z','completionTime':'2026-01-01T00:00:01Z',"
                                + "'conditions':[{'type':'SuccessCriteriaMet','status':'True'},"
                                + "{'type':'Complete','status':'True'}]}"))
                .isEmpty();
    }

    @Test
    void changesOfJobs() {
        String elastic = object(
                "batch/v1",
                "Job",
                "'spec':{'completionMode':'Indexed','completions':2,'parallelism':2," + JOB_TEMPLATE + "}");
        assertThat(ofStatus(elastic, "{'succeeded':2}", "{'succeeded':1}")).isEmpty();
        String cron = object(
                "batch/v1", "CronJob", "'spec':{'schedule':'* * * * *','jobTemplate':{'spec':{" + JOB_TEMPLATE + "}}}");
        String longName = cron.replace("'x'", "'" + "x".repeat(53) + "'");
        assertThat(of(longName))
                .containsExactly(
                        "metadata.name: Invalid value: \"" + "x".repeat(53) + "\": must be no more than 52 characters");
        assertThat(ofUpdate(longName, longName)).isEmpty();
        String indexed = elastic.replace("'x'", "'" + "x".repeat(63) + "'");
        assertThat(of(indexed))
                .contains("metadata.name: Invalid value: \"" + "x".repeat(63)
                        + "\": will not able to create pod with invalid DNS label: " + "x".repeat(63) + "-1");
    }

    @Test
    void phasesOfNamespaces() {
        String namespace = object("v1", "Namespace", "'spec':{}");
        assertThat(ofStatus(namespace, "{}", "{'phase':'Active'}")).isEmpty();
        assertThat(ofStatus(namespace, "{}", "{'phase':'Terminating'}"))
                .containsExactly("status.Phase: Invalid value: \"Terminating\": may only be 'Active' if"
                        + " `deletionTimestamp` is empty");
    }

    @Test
    void statusesOfQuotasAndAutoscalers() {
        String quota = object("v1", "ResourceQuota", "'spec':{}");
        assertThat(ofStatus(quota, "{}", "{'hard':{'pods':'1'},'used':{'pods':'0'}}"))
                .isEmpty();
        assertThat(ofStatus(quota, "{}", "{'used':{'pods':'-1'}}"))
                .containsExactly("status.used[pods]: Invalid value: \"-1\": must be greater than or equal to 0");
        String autoscaler = object(
                "autoscaling/v2",
                "HorizontalPodAutoscaler",
                "'spec':{'maxReplicas':1,'scaleTargetRef':{'kind':'D','name':'d'}}");
        assertThat(of(autoscaler)).isEmpty();
        assertThat(ofStatus(autoscaler, "{}", "{'currentReplicas':-1}"))
                .containsExactly("status.currentReplicas: Invalid value: -1: must be greater than or equal to 0");
    }
}
