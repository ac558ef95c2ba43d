package io.kvorum.apiserver.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.apiserver.table.Tables.IncludeObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TablesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final String META = "'metadata':{'name':'x','creationTimestamp':'2026-11-23T11:55:00Z'}";

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (IOException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** The cells of an object's row, joined by bars. */
    private static String row(String group, String resource, String object) {
        ArrayNode cells = TablePrinter.of(group, resource).row(json("{" + META + "," + object + "}"), NOW);
        List<String> texts = new ArrayList<>();
        cells.forEach(cell -> texts.add(cell.asText()));
        return String.join("|", texts);
    }

    @ParameterizedTest
    @CsvSource({
        "-5, <invalid>",
        "-1, 0s",
        "0, 0s",
        "119, 119s",
        "120, 2m",
        "125, 2m5s",
        "599, 9m59s",
        "600, 10m",
        "10799, 179m",
        "10800, 3h",
        "11000, 3h3m",
        "28800, 8h",
        "172799, 47h",
        "172800, 2d",
        "190000, 2d4h",
        "691200, 8d",
        "63071999, 729d",
        "63072000, 2y",
        "65000000, 2y22d",
        "252288000, 8y"
    })
    void showsDurationsAsKubectlDoes(long seconds, String shown) {
        assertThat(Ages.human(Duration.ofSeconds(seconds))).isEqualTo(shown);
    }

    @Test
    void describesPods() {
        assertThat(row(
                        "",
                        "pods",
                        "'spec':{'containers':[{},{}],'nodeName':'node-1'},'status':{'phase':'Running',"
                                + "'podIPs':[{'ip':'127.7.64.2'}],'containerStatuses':["
                                + "{'ready':true,'restartCount':0,'state':{'running':{}}},"
                                + "{'ready':false,'restartCount':3,'state':{'waiting':{'reason':'CrashLoopBackOff'}},"
                                + "'lastState':{'terminated':{'exitCode':1,'finishedAt':'2026-11-23T11:59:55Z'}}}]}"))
                .isEqualTo("x|1/2|CrashLoopBackOff|3 (5s ago)|5m|127.7.64.2|node-1|<none>|<none>");
        assertThat(row("", "pods", "'spec':{'containers':[{}]},'status':{'phase':'Pending'}"))
                .isEqualTo("x|0/1|Pending|0|5m|<none>|<none>|<none>|<none>");
        assertThat(row(
                        "",
                        "pods",
                        "'spec':{'containers':[{}]},'status':{'phase':'Succeeded','containerStatuses':["
                                + "{'state':{'terminated':{'exitCode':0,'reason':'Completed'}}}]}"))
                .startsWith("x|0/1|Completed|0|");
        assertThat(row(
                        "",
                        "pods",
                        "'spec':{'containers':[{}]},'status':{'phase':'Failed','containerStatuses':["
                                + "{'state':{'terminated':{'exitCode':2,'reason':'Error'}}}]}"))
                .startsWith("x|0/1|Error|0|");
        assertThat(row("", "pods", "'spec':{'containers':[{}]},'status':{'phase':'Failed','reason':'Evicted'}"))
                .startsWith("x|0/1|Evicted|");
        assertThat(row(
                        "",
                        "pods",
                        "'spec':{'containers':[{}]},'status':{'phase':'Failed','containerStatuses':["
                                + "{'state':{'terminated':{'exitCode':137,'signal':9}}}]}"))
                .startsWith("x|0/1|Signal:9|");
    }

    @Test
    void describesInitContainersAndSidecars() {
        String spec = "'spec':{'initContainers':[{'name':'a'},{'name':'b'}],'containers':[{}]}";
        assertThat(
                        row(
                                "",
                                "pods",
                                spec + ",'status':{'phase':'Pending','initContainerStatuses':["
                                        + "{'name':'a','state':{'terminated':{'exitCode':0}}},{'name':'b','state':{'running':{}}}]}"))
                .startsWith("x|0/1|Init:1/2|0|");
        assertThat(
                        row(
                                "",
                                "pods",
                                spec + ",'status':{'phase':'Pending','initContainerStatuses':["
                                        + "{'name':'a','restartCount':2,'state':{'terminated':{'exitCode':1,'reason':'Error'}}}]}"))
                .startsWith("x|0/1|Init:Error|2|");
        assertThat(row(
                        "",
                        "pods",
                        "'spec':{'initContainers':[{'name':'s','restartPolicy':'Always'}],'containers':[{}]},"
                                + "'status':{'phase':'Running','initContainerStatuses':[{'name':'s','started':true,"
                                + "'ready':true,'restartCount':1,'state':{'running':{}}}],"
                                + "'containerStatuses':[{'ready':true,'state':{'running':{}}}]}"))
                .startsWith("x|2/2|Running|1|");
    }

    @Test
    void describesPodsThatGo() {
        String deleted =
                "'metadata':{'name':'x','deletionTimestamp':'2026-11-23T12:00:20Z'},'spec':{'containers':[{}]},";
        assertThat(row("", "pods", deleted + "'status':{'phase':'Running'}")).startsWith("x|0/1|Terminating|");
        assertThat(row("", "pods", deleted + "'status':{'phase':'Running','reason':'NodeLost'}"))
                .startsWith("x|0/1|Unknown|");
        assertThat(row("", "pods", deleted + "'status':{'phase':'Succeeded'}")).startsWith("x|0/1|Succeeded|");
        assertThat(row(
                        "",
                        "pods",
                        "'spec':{'containers':[{}]},'status':{'phase':'Pending','conditions':["
                                + "{'type':'PodScheduled','status':'False','reason':'SchedulingGated'}]}"))
                .startsWith("x|0/1|SchedulingGated|");
    }

    @Test
    void describesWorkloads() {
        String template =
                "'template':{'spec':{'containers':[{'name':'c','image':'nginx'},{'name':'d','image':'busybox'}]}}";
        String selector = "'selector':{'matchLabels':{'app':'web'},'matchExpressions':["
                + "{'key':'tier','operator':'In','values':['b','a']},{'key':'old','operator':'DoesNotExist'}]}";
        assertThat(row(
                        "apps",
                        "deployments",
                        "'spec':{'replicas':3," + selector + "," + template + "},"
                                + "'status':{'readyReplicas':2,'updatedReplicas':3,'availableReplicas':1}"))
                .isEqualTo("x|2/3|3|1|5m|c,d|nginx,busybox|app=web,!old,tier in (a,b)");
        assertThat(row(
                        "apps",
                        "replicasets",
                        "'spec':{'replicas':3,'selector':{}," + template + "},'status':{'replicas':2}"))
                .isEqualTo("x|3|2|0|5m|c,d|nginx,busybox|<none>");
        assertThat(row(
                        "batch",
                        "jobs",
                        "'spec':{'completions':2," + template + "},"
                                + "'status':{'succeeded':1,'startTime':'2026-11-23T11:58:00Z'}"))
                .isEqualTo("x|Running|1/2|2m|5m|c,d|nginx,busybox|<none>");
        assertThat(row(
                        "batch",
                        "jobs",
                        "'spec':{'parallelism':4},'status':{'succeeded':1,"
                                + "'startTime':'2026-11-23T11:58:00Z','completionTime':'2026-11-23T11:58:30Z',"
                                + "'conditions':[{'type':'Complete','status':'True'}]}"))
                .startsWith("x|Complete|1/1 of 4|30s|5m|");
        assertThat(row("batch", "cronjobs", "'spec':{'schedule':'* * * * *','suspend':false},'status':{'active':[{}]}"))
                .startsWith("x|* * * * *|<none>|False|1|<none>|5m|");
        assertThat(row("apps", "controllerrevisions", "'revision':4")).isEqualTo("x|<none>|4|5m");
    }

    @Test
    void describesNodes() {
        assertThat(
                        row(
                                "",
                                "nodes",
                                "'metadata':{'name':'n','creationTimestamp':'2026-11-23T11:00:00Z','labels':{"
                                        + "'node-role.kubernetes.io/worker':'','node-role.kubernetes.io/control-plane':''}},"
                                        + "'spec':{'unschedulable':true},'status':{'conditions':[{'type':'Ready','status':'True'}],"
                                        + "'nodeInfo':{'kubeletVersion':'v1.36.0'},'addresses':[{'type':'InternalIP','address':'127.7.4.1'}]}"))
                .isEqualTo("n|Ready,SchedulingDisabled|control-plane,worker|60m|v1.36.0|127.7.4.1|<none>|<unknown>"
                        + "|<unknown>|<unknown>");
        assertThat(row("", "nodes", "'status':{'conditions':[{'type':'Ready','status':'Unknown'}]}"))
                .startsWith("x|NotReady|<none>|");
    }

    @Test
    void describesServicesAndEndpoints() {
        assertThat(
                        row(
                                "",
                                "services",
                                "'spec':{'type':'NodePort','clusterIPs':['127.7.16.9'],'selector':{'a':'b'},"
                                        + "'ports':[{'port':80,'nodePort':30080,'protocol':'TCP'},{'port':53,'protocol':'UDP'}]}"))
                .isEqualTo("x|NodePort|127.7.16.9|<none>|80:30080/TCP,53/UDP|5m|a=b");
        assertThat(row("", "services", "'spec':{'type':'LoadBalancer'}"))
                .isEqualTo("x|LoadBalancer|<none>|<pending>|<none>|5m|<none>");
        assertThat(row("", "services", "'spec':{'type':'ExternalName','externalName':'example.org'}"))
                .contains("|example.org|");
        assertThat(row(
                        "",
                        "endpoints",
                        "'subsets':[{'addresses':[{'ip':'1.1.1.1'},{'ip':'1.1.1.2'},{'ip':'1.1.1.3'},"
                                + "{'ip':'1.1.1.4'}],'ports':[{'port':80}]}]"))
                .isEqualTo("x|1.1.1.1:80,1.1.1.2:80,1.1.1.3:80 + 1 more...|5m");
        assertThat(row(
                        "discovery.k8s.io",
                        "endpointslices",
                        "'addressType':'IPv4','ports':[{'port':80}]," + "'endpoints':[{'addresses':['1.1.1.1']}]"))
                .isEqualTo("x|IPv4|80|1.1.1.1|5m");
        assertThat(row("networking.k8s.io", "ingresses", "'spec':{'rules':[{'host':'a'}],'tls':[{}]}"))
                .isEqualTo("x|<none>|a||80, 443|5m");
    }

    @Test
    void describesEventsOfBothGroups() {
        assertThat(row(
                        "",
                        "events",
                        "'type':'Warning','reason':'BackOff','message':'why \\n','count':4,"
                                + "'involvedObject':{'kind':'Pod','name':'p'},'source':{'component':'kubelet','host':'node-1'},"
                                + "'firstTimestamp':'2026-11-23T11:50:00Z','lastTimestamp':'2026-11-23T11:59:50Z'"))
                .isEqualTo("10s|Warning|BackOff|pod/p||kubelet, node-1|why|10m|4|x");
        assertThat(row(
                        "events.k8s.io",
                        "events",
                        "'type':'Normal','reason':'Scheduled','note':'done',"
                                + "'regarding':{'kind':'Pod','name':'p'},'reportingController':'scheduler',"
                                + "'eventTime':'2026-11-23T11:59:00.000000Z'"))
                .isEqualTo("60s|Normal|Scheduled|pod/p||scheduler|done|60s|1|x");
    }

    @Test
    void describesAutoscalersVolumesAndBudgets() {
        assertThat(row(
                        "autoscaling",
                        "horizontalpodautoscalers",
                        "'spec':{'scaleTargetRef':{'kind':'Deployment',"
                                + "'name':'web'},'minReplicas':1,'maxReplicas':5,'metrics':[{'type':'Resource','resource':"
                                + "{'name':'cpu','target':{'type':'Utilization','averageUtilization':80}}}]},"
                                + "'status':{'currentReplicas':2}"))
                .isEqualTo("x|Deployment/web|cpu: <unknown>/80%|1|5|2|5m");
        assertThat(row(
                        "",
                        "persistentvolumeclaims",
                        "'spec':{'volumeName':'v','storageClassName':'fast',"
                                + "'volumeMode':'Filesystem'},'status':{'phase':'Bound','capacity':{'storage':'1Gi'},"
                                + "'accessModes':['ReadWriteOnce','ReadOnlyMany']}"))
                .isEqualTo("x|Bound|v|1Gi|RWO,ROX|fast|<unset>|5m|Filesystem");
        assertThat(row(
                        "policy",
                        "poddisruptionbudgets",
                        "'spec':{'minAvailable':'50%'},'status':{'disruptionsAllowed':1}"))
                .isEqualTo("x|50%|N/A|1|5m");
        assertThat(row(
                        "rbac.authorization.k8s.io",
                        "rolebindings",
                        "'roleRef':{'kind':'Role','name':'r'},'subjects':["
                                + "{'kind':'ServiceAccount','namespace':'n','name':'s'},{'kind':'User','name':'u'}]"))
                .isEqualTo("x|Role/r|5m|u||n/s");
        assertThat(row("foo.example", "bars", "'spec':{}")).isEqualTo("x|2026-11-23T11:55:00Z");
    }

    @Test
    void hasACellForEveryColumnOfEveryResource() {
        for (ResourceInfo info : BuiltinCatalog.load().all()) {
            TablePrinter printer = TablePrinter.of(info.group(), info.resource());
            assertThat(printer.row(json("{}"), NOW)).as(info.resource()).hasSameSizeAs(printer.columns());
            assertThat(printer.columns()).allSatisfy(column -> {
                assertThat(column.type()).isIn("string", "integer", "boolean", "date");
                assertThat(column.description()).isNotEmpty();
            });
        }
    }

    @Test
    void encodesListsAndObjects() throws IOException {
        ResourceInfo configMaps =
                BuiltinCatalog.load().byResource("", "v1", "configmaps").orElseThrow();
        JsonNode list = json("{'kind':'ConfigMapList','metadata':{'resourceVersion':'7','continue':'c',"
                + "'remainingItemCount':3},'items':[{" + META + ",'data':{'a':'1'}}]}");
        JsonNode table = JSON.readTree(Tables.encode(configMaps, list, IncludeObject.METADATA, "v1", NOW, true));
        assertThat(table.path("metadata").toString().replace('"', '\''))
                .isEqualTo("{'resourceVersion':'7','continue':'c','remainingItemCount':3}");
        assertThat(table.at("/columnDefinitions/0/name").asText()).isEqualTo("Name");
        assertThat(table.at("/columnDefinitions/0/format").asText()).isEqualTo("name");
        assertThat(table.at("/rows/0/cells").toString()).isEqualTo("[\"x\",1,\"5m\"]");
        assertThat(table.at("/rows/0/object/kind").asText()).isEqualTo("PartialObjectMetadata");
        JsonNode one = JSON.readTree(
                Tables.encode(configMaps, list.at("/items/0"), IncludeObject.NONE, "v1beta1", NOW, false));
        assertThat(one.path("apiVersion").asText()).isEqualTo("meta.k8s.io/v1beta1");
        assertThat(one.path("columnDefinitions")).isEmpty();
        assertThat(one.at("/rows/0/object").isNull()).isTrue();
        assertThat(IncludeObject.parse("Object")).isEqualTo(IncludeObject.OBJECT);
        assertThatThrownBy(() -> IncludeObject.parse("Some")).isInstanceOf(ApiException.class);
    }
}
