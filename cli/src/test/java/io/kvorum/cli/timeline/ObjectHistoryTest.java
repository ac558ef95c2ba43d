package io.kvorum.cli.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told of objects as they change. Each line: reason, lane, message; "!" for a warning. */
class ObjectHistoryTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final List<String> told = new ArrayList<>();

    private void tell(TimelineEvent event) {
        told.add((event.warning() ? "! " : "") + event.reason() + " " + event.lane() + " " + event.message()
                + (event.phase() == null ? "" : " [" + event.phase() + "]"));
    }

    private List<String> told() {
        List<String> now = List.copyOf(told);
        told.clear();
        return now;
    }

    private static JsonNode object(String json) {
        try {
            return JSON.readTree(json.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static JsonNode pod(String uid, String spec, String status, String more) {
        return object("{'metadata':{'uid':'" + uid + "','namespace':'default','name':'web-" + uid + "'" + more
                + "},'spec':{" + spec + "},'status':{" + status + "}}");
    }

    @Test
    void theLifeOfAPod() {
        PodHistory pods = new PodHistory();
        pods.list(List.of(pod("old", "'nodeName':'node-1'", "'phase':'Running'", "")), this::tell);
        assertThat(told()).as("what was there before").isEmpty();
        pods.seen(pod("a", "", "'phase':'Pending'", ""), this::tell);
        assertThat(told()).containsExactly("PodCreated pod/default/web-a created [begin]");
        pods.seen(pod("a", "'nodeName':'node-1'", "'phase':'Pending'", ""), this::tell);
        assertThat(told()).containsExactly("PodScheduled pod/default/web-a scheduled to node-1");
        String ready = "'phase':'Running','conditions':[{'type':'Ready','status':'True'}]";
        pods.seen(pod("a", "'nodeName':'node-1'", ready, ""), this::tell);
        assertThat(told())
                .containsExactly("PodStarted pod/default/web-a runs on node-1", "PodReady pod/default/web-a ready");
        pods.seen(pod("a", "'nodeName':'node-1'", ready, ""), this::tell);
        assertThat(told()).as("the same again").isEmpty();
        pods.seen(
                pod(
                        "a",
                        "'nodeName':'node-1'",
                        "'phase':'Running','containerStatuses':[{'restartCount':1}],'conditions':[{'type':'Ready','status':'False'}]",
                        ""),
                this::tell);
        assertThat(told())
                .containsExactly(
                        "! ContainerRestarted pod/default/web-a a container was restarted (1)",
                        "! PodNotReady pod/default/web-a no longer ready");
        JsonNode failed = pod(
                "a",
                "'nodeName':'node-1'",
                "'phase':'Failed','reason':'Evicted','containerStatuses':[{'restartCount':1}]",
                ",'deletionTimestamp':'x'");
        pods.seen(failed, this::tell);
        assertThat(told())
                .containsExactly(
                        "! PodFailed pod/default/web-a failed: Evicted",
                        "PodDeleting pod/default/web-a is being deleted");
        pods.deleted(failed, this::tell);
        assertThat(told()).containsExactly("PodDeleted pod/default/web-a deleted [end]");
    }

    @Test
    void whatAGapHidIsToldAfterIt() {
        PodHistory pods = new PodHistory();
        pods.list(List.of(pod("a", "", "", ""), pod("b", "", "", "")), this::tell);
        pods.list(List.of(pod("b", "", "", ""), pod("c", "", "", "")), this::tell);
        assertThat(told())
                .containsExactly(
                        "PodCreated pod/default/web-c created [begin]", "PodDeleted pod/default/web-a deleted [end]");
    }

    private static JsonNode deployment(int revision, int wanted, int updated, int available, int all) {
        return object("{'metadata':{'uid':'d','namespace':'default','name':'web','generation':" + revision
                + ",'annotations':{'deployment.kubernetes.io/revision':'" + revision + "'}},'spec':{'replicas':"
                + wanted
                + "},'status':{'observedGeneration':" + revision + ",'updatedReplicas':" + updated
                + ",'availableReplicas':" + available + ",'replicas':" + all + "}}");
    }

    @Test
    void aRolloutHasABeginProgressAndAnEnd() {
        DeploymentHistory deployments = new DeploymentHistory();
        deployments.list(List.of(deployment(1, 3, 3, 3, 3)), this::tell);
        deployments.seen(deployment(2, 3, 1, 3, 4), this::tell);
        deployments.seen(deployment(2, 3, 2, 2, 4), this::tell);
        deployments.seen(deployment(2, 3, 3, 3, 3), this::tell);
        deployments.seen(deployment(2, 5, 3, 3, 3), this::tell);
        assertThat(told())
                .containsExactly(
                        "RolloutStarted deployment/default/web revision 2 is rolled out [begin]",
                        "RolloutProgress deployment/default/web 1 of 3 updated, 3 available",
                        "! RolloutProgress deployment/default/web 2 of 3 updated, 2 available",
                        "RolloutComplete deployment/default/web revision 2 is complete: 3 available [end]",
                        "Scaled deployment/default/web scaled from 3 to 5 replicas");
    }

    @Test
    void aRevisionIsCompleteOnceAndMayLackReplicasLater() {
        DeploymentHistory deployments = new DeploymentHistory();
        deployments.list(List.of(), this::tell);
        deployments.seen(deployment(1, 2, 2, 1, 2), this::tell);
        deployments.seen(deployment(1, 2, 2, 2, 2), this::tell);
        deployments.seen(deployment(1, 2, 2, 1, 2), this::tell);
        deployments.seen(deployment(1, 2, 2, 2, 2), this::tell);
        deployments.seen(deployment(2, 2, 0, 2, 2), this::tell);
        deployments.seen(deployment(3, 2, 0, 2, 2), this::tell);
        deployments.deleted(deployment(3, 2, 0, 2, 2), this::tell);
        assertThat(told())
                .containsExactly(
                        "RolloutStarted deployment/default/web revision 1 is rolled out [begin]",
                        "RolloutComplete deployment/default/web revision 1 is complete: 2 available [end]",
                        "! RolloutProgress deployment/default/web 2 of 2 updated, 1 available",
                        "ReplicasAvailable deployment/default/web all 2 available",
                        "RolloutStarted deployment/default/web revision 2 is rolled out [begin]",
                        "RolloutProgress deployment/default/web 0 of 2 updated, 2 available",
                        "RolloutReplaced deployment/default/web revision 2 is left unfinished [end]",
                        "RolloutStarted deployment/default/web revision 3 is rolled out [begin]",
                        "DeploymentDeleted deployment/default/web deleted [end]");
    }

    private static JsonNode node(String ready, boolean cordoned) {
        return object("{'metadata':{'uid':'n','name':'node-1'},'spec':{'unschedulable':" + cordoned
                + "},'status':{'conditions':[{'type':'Ready','status':'" + ready + "','reason':'Why'}]}}");
    }

    @Test
    void nodesAreReadyOrNotCordonedOrNot() {
        NodeHistory nodes = new NodeHistory();
        nodes.list(List.of(), this::tell);
        nodes.seen(node("True", false), this::tell);
        nodes.seen(node("Unknown", false), this::tell);
        nodes.seen(node("True", true), this::tell);
        nodes.deleted(node("True", true), this::tell);
        assertThat(told())
                .containsExactly(
                        "NodeAdded node/node-1 added",
                        "NodeReady node/node-1 Ready",
                        "! NodeNotReady node/node-1 not Ready (Unknown): Why",
                        "NodeReady node/node-1 Ready",
                        "NodeCordoned node/node-1 cordoned",
                        "! NodeDeleted node/node-1 deleted");
    }

    @Test
    void anEventThatOnlyCountsUpIsToldOnce() {
        EventHistory events = new EventHistory();
        events.list(List.of(), this::tell);
        for (int count = 1; count < 4; count++) {
            events.seen(
                    object("{'metadata':{'uid':'e'},'type':'Warning','reason':'FailedScheduling','count':" + count
                            + ",'message':'0/1"
                            + " nodes','involvedObject':{'kind':'Pod','namespace':'default','name':'p'}}"),
                    this::tell);
        }
        events.seen(object("{'metadata':{'uid':'f'},'reason':'Pulled','message':'x'}"), this::tell);
        assertThat(told()).containsExactly("! FailedScheduling pod/default/p 0/1 nodes");
    }
}
