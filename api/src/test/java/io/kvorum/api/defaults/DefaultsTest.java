package io.kvorum.api.defaults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Golden;
import io.kvorum.api.Tree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Defaults that the golden objects do not reach. */
class DefaultsTest {
    private static ObjectNode defaulted(String apiVersion, String kind, String object) {
        ObjectNode tree = Golden.tree(object);
        Defaults.apply(Golden.resource(apiVersion, kind), tree);
        return tree;
    }

    private static JsonNode container(String spec) {
        return defaulted("v1", "Pod", "{'spec':{" + spec + "}}")
                .path("spec")
                .path("containers")
                .get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "nginx,Always",
        "nginx:latest,Always",
        "nginx:1.27,IfNotPresent",
        "host:5000/nginx,Always",
        "host:5000/nginx:1,IfNotPresent",
        "nginx@sha256:abc,IfNotPresent",
        "nginx:latest@sha256:abc,Always"
    })
    void pullPolicyFollowsTheTag(String image, String policy) {
        assertThat(Tree.text(container("'containers':[{'image':'" + image + "'}]"), "imagePullPolicy"))
                .isEqualTo(policy);
    }

    @Test
    void whatIsAskedForThePodAsAWhole() {
        String containers =
                "'containers':[{'resources':{'requests':{'cpu':'500m'},'limits':{'hugepages-2Mi':'2Mi','memory':'1Gi'}}},"
                        + "{'resources':{'requests':{'cpu':'250m'}}}]";
        ObjectNode pod = defaulted(
                "v1", "Pod", "{'spec':{" + containers + ",'resources':{'limits':{'cpu':'1','memory':'4Gi'}}}}");
        assertThat(Tree.at(pod, "spec", "resources"))
                .isEqualTo(Golden.tree("{'limits':{'cpu':'1','memory':'4Gi','hugepages-2Mi':'2Mi'},"
                        + "'requests':{'cpu':'750m','memory':'1Gi','hugepages-2Mi':'2Mi'}}"));
        assertThat(Tree.at(defaulted("v1", "Pod", "{'spec':{" + containers + "}}"), "spec", "resources")
                        .isMissingNode())
                .isTrue();
    }

    @Test
    void requestsFollowLimitsInPodsButNotInTemplates() {
        JsonNode inPod = container(
                "'containers':[{'resources':{'limits':{'cpu':'1000m','memory':'1Gi'},'requests':{'cpu':'0.5'}}}]");
        assertThat(inPod.path("resources"))
                .isEqualTo(
                        Golden.tree("{'limits':{'cpu':'1','memory':'1Gi'},'requests':{'cpu':'500m','memory':'1Gi'}}"));
        ObjectNode deployment = defaulted(
                "apps/v1",
                "Deployment",
                "{'spec':{'template':{'spec':{'containers':[{'resources':{'limits':{'cpu':'1'}}}]}}}}");
        assertThat(Tree.at(deployment, "spec", "template", "spec", "containers")
                        .get(0)
                        .path("resources")
                        .has("requests"))
                .isFalse();
    }

    @Test
    void hostPortsFollowContainerPortsOnTheHostsNetwork() {
        JsonNode port = container("'hostNetwork':true,'containers':[{'ports':[{'containerPort':80}]}]")
                .path("ports")
                .get(0);
        assertThat(Tree.number(port, "hostPort")).isEqualTo(80);
    }

    @Test
    void serviceAccountsHaveTwoNames() {
        assertThat(Tree.text(defaulted("v1", "Pod", "{'spec':{'serviceAccount':'a'}}"), "spec", "serviceAccountName"))
                .isEqualTo("a");
        assertThat(Tree.text(defaulted("v1", "Pod", "{'spec':{'serviceAccountName':'a'}}"), "spec", "serviceAccount"))
                .isEqualTo("a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'podIP':'10.0.0.1'                                       | 10.0.0.1 | [{'ip':'10.0.0.1'}]",
                "'podIPs':[{'ip':'10.0.0.1'},{'ip':'::1'}]                | 10.0.0.1 | [{'ip':'10.0.0.1'},{'ip':'::1'}]",
                "'podIP':'10.0.0.1','podIPs':[{'ip':'10.0.0.1'}]          | 10.0.0.1 | [{'ip':'10.0.0.1'}]",
                "'podIP':'10.0.0.2','podIPs':[{'ip':'10.0.0.1'},{'ip':'::1'}] | 10.0.0.2 | [{'ip':'10.0.0.2'}]"
            })
    void theAddressOfAPodIsTheFirstOfItsAddresses(String status, String address, String addresses) {
        ObjectNode pod = defaulted("v1", "Pod", "{'status':{" + status + "}}");
        assertThat(Tree.text(pod, "status", "podIP")).isEqualTo(address);
        assertThat(pod.path("status").path("podIPs"))
                .isEqualTo(Golden.tree("{'a':" + addresses + "}").path("a"));
    }

    @Test
    void theBlockOfANodeIsTheFirstOfItsBlocks() {
        assertThat(defaulted("v1", "Node", "{'spec':{'podCIDR':'10.1.0.0/24'}}").path("spec"))
                .isEqualTo(Golden.tree("{'podCIDR':'10.1.0.0/24','podCIDRs':['10.1.0.0/24']}"));
        assertThat(defaulted("v1", "Node", "{'spec':{'podCIDRs':['10.1.0.0/24','fd00::/64']}}")
                        .path("spec"))
                .isEqualTo(Golden.tree("{'podCIDR':'10.1.0.0/24','podCIDRs':['10.1.0.0/24','fd00::/64']}"));
        assertThat(defaulted("v1", "Node", "{'spec':{'podCIDR':'10.2.0.0/24','podCIDRs':['10.1.0.0/24']}}")
                        .path("spec"))
                .isEqualTo(Golden.tree("{'podCIDR':'10.2.0.0/24','podCIDRs':['10.2.0.0/24']}"));
        assertThat(defaulted("v1", "Node", "{}").path("spec")).isEqualTo(Golden.tree("{}"));
    }

    @Test
    void aVolumeWithoutSourceIsAnEmptyDirectory() {
        assertThat(defaulted("v1", "Pod", "{'spec':{'volumes':[{'name':'v'}]}}")
                        .path("spec")
                        .path("volumes")
                        .get(0))
                .isEqualTo(Golden.tree("{'name':'v','emptyDir':{}}"));
    }

    @Test
    void nullsReadAsAbsent() {
        assertThat(Tree.text(defaulted("v1", "Pod", "{'spec':{'restartPolicy':null}}"), "spec", "restartPolicy"))
                .isEqualTo("Always");
    }

    @Test
    void secretsTakePlainText() {
        assertThat(defaulted("v1", "Secret", "{'data':{'a':'AA==','b':'BB=='},'stringData':{'b':'é'}}")
                        .path("data"))
                .isEqualTo(Golden.tree("{'a':'AA==','b':'w6k='}"));
    }

    @Test
    void egressRulesMakeAnEgressPolicy() {
        assertThat(Tree.texts(
                        defaulted(
                                "networking.k8s.io/v1",
                                "NetworkPolicy",
                                "{'spec':{'egress':[{'ports':[{'port':53}]}]}}"),
                        "spec",
                        "policyTypes"))
                .containsExactly("Ingress", "Egress");
    }

    @Test
    void jobsWithoutCompletionsAreWorkQueues() {
        ObjectNode job = defaulted("batch/v1", "Job", "{'spec':{'parallelism':3}}");
        assertThat(job.path("spec").has("completions")).isFalse();
        assertThat(Tree.number(job, "spec", "parallelism")).isEqualTo(3);
    }

    @Test
    void autoscalersGetWholeBehaviours() {
        ObjectNode autoscaler = defaulted(
                "autoscaling/v2",
                "HorizontalPodAutoscaler",
                "{'spec':{'behavior':{'scaleDown':{'selectPolicy':'Min'}}}}");
        JsonNode behavior = autoscaler.path("spec").path("behavior");
        assertThat(behavior.path("scaleUp").path("policies")).hasSize(2);
        assertThat(Tree.text(behavior, "scaleDown", "selectPolicy")).isEqualTo("Min");
        assertThat(behavior.path("scaleDown").has("stabilizationWindowSeconds")).isFalse();
    }

    @Test
    void allocatableIsCapacityUntilToldOtherwise() {
        assertThat(Tree.text(
                        defaulted("v1", "Node", "{'status':{'capacity':{'cpu':'2000m'}}}"),
                        "status",
                        "allocatable",
                        "cpu"))
                .isEqualTo("2");
    }
}
