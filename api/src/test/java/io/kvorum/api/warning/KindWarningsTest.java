package io.kvorum.api.warning;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Golden;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.defaults.Defaults;
import io.kvorum.api.strategy.Strategies;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told of new and of changed objects, in upstream's words. */
class KindWarningsTest {
    private static final String HIDES = "hides previous definition of \"A\", which may be dropped when using apply";

    private static ObjectNode ready(ResourceInfo resource, ObjectNode object) {
        Defaults.apply(resource, object);
        Strategies.of(resource).prepareForCreate(object);
        return object;
    }

    private static List<String> created(String json) {
        ObjectNode object = Golden.tree(json);
        ResourceInfo resource = Golden.resource(object);
        return KindWarnings.created(resource, ready(resource, object));
    }

    private static List<String> updated(String json, String wanted) {
        ObjectNode old = Golden.tree(json);
        ResourceInfo resource = Golden.resource(old);
        ready(resource, old);
        ObjectNode next = Golden.tree(wanted);
        Defaults.apply(resource, next);
        Strategies.of(resource).prepareForUpdate(old, next);
        return KindWarnings.updated(resource, old, next);
    }

    private static String pod(String spec) {
        return "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{" + spec + "}}";
    }

    private static String containers(String... fields) {
        StringBuilder list = new StringBuilder("'containers':[");
        for (int i = 0; i < fields.length; i++) {
            list.append(i == 0 ? "" : ",").append("{'name':'c" + i + "','image':'i'," + fields[i] + "}");
        }
        return list.append("]").toString();
    }

    private static String deployment(String name, String podSpec) {
        return "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'" + name
                + "'},'spec':{'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},'spec':{"
                + podSpec + "}}}}";
    }

    private static String object(String kind, String apiVersion, String fields) {
        return "{'apiVersion':'" + apiVersion + "','kind':'" + kind + "','metadata':{'name':'x'}," + fields + "}";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'nodeSelector':{'beta.kubernetes.io/os':'linux'}|spec.nodeSelector[beta.kubernetes.io/os]: deprecated since"
                        + " v1.14; use \"kubernetes.io/os\" instead",
                "'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':"
                        + "[{'matchExpressions':[{'key':'failure-domain.beta.kubernetes.io/zone','operator':'Exists'}]}]}}}|"
                        + "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]"
                        + ".matchExpressions[0].key: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use"
                        + " \"topology.kubernetes.io/zone\" instead",
                "'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'k','whenUnsatisfiable':'DoNotSchedule'}]|"
                        + "spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod",
                "'affinity':{'podAntiAffinity':{'preferredDuringSchedulingIgnoredDuringExecution':[{'weight':1,"
                        + "'podAffinityTerm':{'topologyKey':'k'}}]}}|spec.affinity.podAntiAffinity"
                        + ".preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.labelSelector: a null"
                        + " labelSelector results in matching no pod",
                "'volumes':[{'name':'v','gitRepo':{'repository':'r'}}]|spec.volumes[0].gitRepo: deprecated in v1.11, and"
                        + " disabled by default in v1.33+",
                "'volumes':[{'name':'v','storageos':{}}]|spec.volumes[0].storageOS: deprecated in v1.22, non-functional in"
                        + " v1.25+",
                "'volumes':[{'name':'v','ephemeral':{'volumeClaimTemplate':{'spec':{'resources':{'requests':{'storage':"
                        + "'1500m'}}}}}}]|spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources.requests[storage]:"
                        + " fractional byte value \"1500m\" is invalid, must be an integer",
                "'volumes':[{'name':'v','configMap':{'name':'m','items':[{'key':'a','path':'p'},{'key':'b','path':'p/q'}]}}]|"
                        + "volume \"v\" (ConfigMap \"m\"): overlapping paths: \"p/q\" with \"p\"",
                "'volumes':[{'name':'v','projected':{'sources':[{'serviceAccountToken':{'path':'token'}},{'secret':{'name':"
                        + "'s','items':[{'key':'a','path':'token'}]}}]}}]|volume \"v\" (Projected): overlapping paths:"
                        + " \"token\" (Secret \"s\") with \"token\" (ServiceAccountToken)",
                "'volumes':[{'name':'v','projected':{'sources':[{}]}}]|volume \"v\" (Projected) has no sources provided",
                "'hostAliases':[{'ip':'1.2.3.4'},{'ip':'1.2.3.4'}]|spec.hostAliases[1].ip: duplicate ip \"1.2.3.4\"",
                "'hostAliases':[{'ip':'::0001'}]|spec.hostAliases[0].ip: IPv6 address \"::0001\" should be in RFC 5952"
                        + " canonical format (\"::1\")",
                "'dnsConfig':{'nameservers':['::ffff:1.2.3.4']}|spec.dnsConfig.nameservers[0]: non-standard IP address"
                        + " \"::ffff:1.2.3.4\" will be considered invalid in a future Kubernetes release: use \"1.2.3.4\"",
                "'imagePullSecrets':[{'name':'a'},{'name':'a'}]|spec.imagePullSecrets[1].name: duplicate name \"a\"",
                "'imagePullSecrets':[{}]|spec.imagePullSecrets[0].name: invalid empty name \"\"",
                "'overhead':{'memory':'1500m'}|spec.overhead[memory]: fractional byte value \"1500m\" is invalid, must be an"
                        + " integer",
                "'terminationGracePeriodSeconds':-1|spec.terminationGracePeriodSeconds: must be >= 0; negative values are"
                        + " invalid and will be treated as 1",
            })
    void podsAreWarnedOf(String spec, String warning) {
        assertThat(created(pod(spec + "," + containers("'tty':false")))).containsExactly(warning);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'resources':{'limits':{'memory':'1500m'}}|spec.containers[0].resources.limits[memory]: fractional byte value"
                        + " \"1500m\" is invalid, must be an integer|spec.containers[0].resources.requests[memory]: fractional"
                        + " byte value \"1500m\" is invalid, must be an integer",
                "'env':[{'name':'A','value':'1'},{'name':'A','value':'2'}]|spec.containers[0].env[1]: " + HIDES + "|",
                "'env':[{'name':'A','value':'1'},{'name':'A','value':'$(A)'}]|spec.containers[0].env[1]: " + HIDES
                        + "|",
                "'env':[{'name':'A','value':'1'},{'name':'A','value':'$(A)2'}]||",
                "'ports':[{'containerPort':80},{'containerPort':80}]|spec.containers[0].ports[1]: duplicate port definition"
                        + " with spec.containers[0].ports[0]|",
                "'ports':[{'containerPort':80,'hostPort':1},{'containerPort':80}]|spec.containers[0].ports[1]: overlapping port"
                        + " definition with spec.containers[0].ports[0]|",
                "'ports':[{'containerPort':80,'hostPort':1},{'containerPort':80,'hostPort':1,'hostIP':'1.2.3.4'}]|"
                        + "spec.containers[0].ports[1]: dangerously ambiguous port definition with"
                        + " spec.containers[0].ports[0]|",
                "'ports':[{'containerPort':80,'hostPort':1},{'containerPort':80,'protocol':'UDP','hostPort':1}]||",
                "'ports':[{'containerPort':80,'hostIP':'1.2.3.4'}]|spec.containers[0].ports[0]: hostIP set without hostPort:"
                        + " {Name: HostPort:0 ContainerPort:80 Protocol:TCP HostIP:1.2.3.4}|",
            })
    void containersAreWarnedOf(String fields, String first, String second) {
        List<String> warnings = created(pod(containers(fields)));
        if (first == null) {
            assertThat(warnings).isEmpty();
        } else if (second == null) {
            assertThat(warnings).containsExactly(first);
        } else {
            assertThat(warnings).containsExactly(first, second);
        }
    }

    @Test
    void portsAreComparedOverAllContainers() {
        String port = "'ports':[{'name':'web','containerPort':80}]";
        assertThat(created(pod(containers(port, port))))
                .containsExactly(
                        "spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]",
                        "spec.containers[1].ports[0]: duplicate port name \"web\" with spec.containers[0].ports[0],"
                                + " services and probes that select ports by name will use spec.containers[0].ports[0]");
    }

    @Test
    void annotationsThatDoNothingAreNamed() {
        String annotated = pod(containers("'tty':false"))
                .replace(
                        "'name':'p'}",
                        "'name':'p','annotations':{'seccomp.security.alpha.kubernetes.io/pod':'x',"
                                + "'container.apparmor.security.beta.kubernetes.io/c0':'runtime/default',"
                                + "'scheduler.alpha.kubernetes.io/critical-pod':''}}");
        assertThat(created(annotated))
                .containsExactly(
                        "metadata.annotations[container.apparmor.security.beta.kubernetes.io/c0]: deprecated since v1.30;"
                                + " use the \"appArmorProfile\" field instead",
                        "metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the"
                                + " \"priorityClassName\" field instead",
                        "metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the"
                                + " \"seccompProfile\" field instead");
        String fields = annotated.replace(
                "'spec':{",
                "'spec':{'securityContext':{'seccompProfile':{'type':'Unconfined'},'appArmorProfile':{'type':"
                        + "'RuntimeDefault'}},");
        assertThat(created(fields))
                .containsExactly("metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in"
                        + " v1.16+; use the \"priorityClassName\" field instead");
    }

    @Test
    void changedPodsAreNotLookedAt() {
        String odd = pod("'terminationGracePeriodSeconds':-1," + containers("'tty':false"));
        assertThat(updated(odd, odd)).isEmpty();
    }

    @Test
    void templatesAreLookedAtWhenTheyChange() {
        String odd = deployment("d.d", "'terminationGracePeriodSeconds':-1," + containers("'tty':false"));
        String seconds =
                "spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and"
                        + " will be treated as 1";
        assertThat(created(odd)).hasSize(2).last().isEqualTo(seconds);
        assertThat(created(odd).get(0))
                .startsWith(
                        "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior;"
                                + " a DNS label is recommended: [");
        assertThat(updated(odd, odd)).isEmpty();
        assertThat(updated(odd, odd.replace("'image':'i'", "'image':'j'"))).containsExactly(seconds);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Service|v1|'spec':{'clusterIP':'None','sessionAffinity':'ClientIP'}|spec.SessionAffinity is ignored for"
                        + " headless services",
                "Service|v1|'spec':{'externalIPs':['1.2.3.4']}|spec.externalIPs is deprecated and may no longer be implemented"
                        + " in some clusters",
                "Service|v1|'spec':{'externalName':'x.y'}|spec.externalName is ignored when spec.type is not"
                        + " \"ExternalName\"",
                "Service|v1|'spec':{'type':'ExternalName','externalName':'x.y','externalIPs':['1.2.3.4']}|spec.externalIPs is"
                        + " ignored when spec.type is \"ExternalName\"",
                "Service|v1|'spec':{'trafficDistribution':'PreferClose'}|spec.trafficDistribution: \"PreferClose\" is"
                        + " deprecated; use \"PreferSameZone\"",
                "Service|v1|'spec':{'type':'LoadBalancer','loadBalancerSourceRanges':['1.2.3.4/24']}|"
                        + "spec.loadBalancerSourceRanges[0]: CIDR value \"1.2.3.4/24\" is ambiguous in this context (should be"
                        + " \"1.2.3.0/24\" or \"1.2.3.4/32\"?)",
                "NetworkPolicy|networking.k8s.io/v1|'spec':{'podSelector':{},'egress':[{'to':[{'ipBlock':{'cidr':'fd00::0/8',"
                        + "'except':['fd01::/16']}}]}]}|spec.egress[0].to[0].ipBlock.cidr: IPv6 CIDR value \"fd00::0/8\""
                        + " should be in RFC 5952 canonical format (\"fd00::/8\")",
                "Endpoints|v1|'subsets':[{'notReadyAddresses':[{'ip':'::00'}]}]|subsets[0].notReadyAddresses[0].ip: IPv6"
                        + " address \"::00\" should be in RFC 5952 canonical format (\"::\")",
                "EndpointSlice|discovery.k8s.io/v1|'addressType':'IPv6','endpoints':[{'addresses':['1::00']}]|"
                        + "endpoints[0].addresses[0]: IPv6 address \"1::00\" should be in RFC 5952 canonical format (\"1::\")",
                "EndpointSlice|discovery.k8s.io/v1|'addressType':'FQDN','endpoints':[]|spec.addressType: FQDN endpoints are"
                        + " deprecated",
                "Job|batch/v1|'spec':{'completionMode':'Indexed','completions':100001,'parallelism':10001,'template':"
                        + "{'spec':{}}}|spec: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism"
                        + " higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of"
                        + " indexes fail",
                "PersistentVolume|v1|'spec':{'persistentVolumeReclaimPolicy':'Recycle'}|spec.persistentVolumeReclaimPolicy: The"
                        + " Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic"
                        + " provisioning.",
                "PersistentVolume|v1|'spec':{'cephfs':{'monitors':[]}}|spec.cephfs: deprecated in v1.28, non-functional in"
                        + " v1.31+",
                "PersistentVolumeClaim|v1|'spec':{'resources':{'requests':{'storage':'1500m'}}}|"
                        + "spec.resources.requests[storage]: fractional byte value \"1500m\" is invalid, must be an integer",
                "StatefulSet|apps/v1|'spec':{'revisionHistoryLimit':-1,'template':{'spec':{}}}|spec.revisionHistoryLimit: a"
                        + " negative value retains all historical revisions; a value >= 0 is recommended",
                "StatefulSet|apps/v1|'spec':{'template':{'spec':{}},'volumeClaimTemplates':[{'spec':{'resources':{'limits':"
                        + "{'storage':'500m'}}}}]}|spec.volumeClaimTemplates[0].resources.limits[storage]: fractional byte"
                        + " value \"500m\" is invalid, must be an integer",
                "StorageClass|storage.k8s.io/v1|'allowedTopologies':[{'matchLabelExpressions':[{'key':"
                        + "'beta.kubernetes.io/arch'}]}]|allowedTopologies[0].matchLabelExpressions[0].key: deprecated since"
                        + " v1.14; use \"kubernetes.io/arch\" instead",
                "CSIStorageCapacity|storage.k8s.io/v1|'nodeTopology':{'matchLabels':{'beta.kubernetes.io/os':'x'}}|"
                        + "nodeTopology.matchLabels.beta.kubernetes.io/os: deprecated since v1.14; use \"kubernetes.io/os\""
                        + " instead",
                "RuntimeClass|node.k8s.io/v1|'scheduling':{'nodeSelector':{'node-role.kubernetes.io/master':''}}|"
                        + "scheduling.nodeSelector: use \"node-role.kubernetes.io/control-plane\" instead",
                "Node|v1|'spec':{'externalID':'x'}|spec.externalID: this field is deprecated, and is unused by Kubernetes",
            })
    void otherKindsAreWarnedOf(String kind, String apiVersion, String fields, String warning) {
        assertThat(created(object(kind, apiVersion, fields))).containsExactly(warning);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Service|v1|service.kubernetes.io/topology-aware-hints|annotation service.kubernetes.io/topology-aware-hints is"
                        + " deprecated, please use service.kubernetes.io/topology-mode instead",
                "Ingress|networking.k8s.io/v1|kubernetes.io/ingress.class|annotation \"kubernetes.io/ingress.class\" is"
                        + " deprecated, please use 'spec.ingressClassName' instead",
                "PersistentVolumeClaim|v1|volume.beta.kubernetes.io/storage-class|"
                        + "metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use"
                        + " \"storageClassName\" attribute instead",
                "ServiceAccount|v1|kubernetes.io/enforce-mountable-secrets|"
                        + "metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate"
                        + " namespaces to isolate access to mounted secrets",
            })
    void annotationsOfOtherKindsAreNamed(String kind, String apiVersion, String annotation, String warning) {
        String object = object(kind, apiVersion, "'extra':0")
                .replace("'name':'x'", "'name':'x','annotations':{'" + annotation + "':'true'}");
        assertThat(created(object)).containsExactly(warning);
    }

    @Test
    void anOldAnnotationOfAServiceAccountIsNotNamedAgain() {
        String plain = object("ServiceAccount", "v1", "'extra':0");
        String annotated = plain.replace(
                "'name':'x'", "'name':'x','annotations':{'kubernetes.io/enforce-mountable-secrets':'true'}");
        assertThat(updated(plain, annotated)).hasSize(1);
        assertThat(updated(annotated, annotated)).isEmpty();
    }

    @Test
    void schedulesWithATimeZoneAreNamedWhenTheyChange() {
        String cron = object("CronJob", "batch/v1", "'spec':{'schedule':'TZ=UTC * * * * *','jobTemplate':{}}");
        assertThat(created(cron)).isEmpty();
        assertThat(updated(cron, cron))
                .containsExactly("cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see"
                        + " https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details");
    }

    @Test
    void controllersOfEndpointsMendAddressesThemselves() {
        String slice = object(
                        "EndpointSlice",
                        "discovery.k8s.io/v1",
                        "'addressType':'IPv6','endpoints':[{'addresses':['1::00']}]")
                .replace(
                        "'name':'x'",
                        "'name':'x','labels':{'endpointslice.kubernetes.io/managed-by':'endpointslice-controller.k8s.io'}");
        assertThat(created(slice)).isEmpty();
    }

    @Test
    void addressesInTheStatusOfPodsAreLookedAt() {
        ObjectNode pod = Golden.tree(pod(containers("'tty':false")));
        pod.set("status", Golden.tree("{'podIPs':[{'ip':'::00'}],'hostIPs':[{'ip':'::1'}]}"));
        assertThat(KindWarnings.statusUpdated(Golden.resource(pod), pod))
                .containsExactly(
                        "status.podIPs[0].ip: IPv6 address \"::00\" should be in RFC 5952 canonical format (\"::\")");
    }

    @Test
    void plainObjectsAreWarnedOfNothing() {
        assertThat(created(pod(containers("'ports':[{'containerPort':80}]")))).isEmpty();
        assertThat(created(object("ConfigMap", "v1", "'data':{}"))).isEmpty();
        assertThat(created(object("Service", "v1", "'spec':{'clusterIP':'10.0.0.1','clusterIPs':['10.0.0.1']}")))
                .isEmpty();
    }
}
