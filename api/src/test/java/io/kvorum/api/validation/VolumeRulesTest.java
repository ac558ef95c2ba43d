package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Golden;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.defaults.Defaults;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of PersistentVolumes and claims that are new, change, or report on themselves. */
class VolumeRulesTest {
    private static final String VOLUME =
            "'capacity':{'storage':'1Gi'},'accessModes':['ReadWriteOnce'],'csi':{'driver':'d','volumeHandle':'h'}";
    private static final String AFFINITY =
            "'nodeAffinity':{'required':{'nodeSelectorTerms':[{'matchExpressions':[{'key':"
                    + "'failure-domain.beta.kubernetes.io/zone','operator':'In','values':['a']}]}]}}";
    private static final String CLAIM = "'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'10Gi'}}";
    private static final String IMMUTABLE =
            "spec: Forbidden: spec is immutable after creation except resources.requests and"
                    + " volumeAttributesClassName for bound claims";

    private static String volume(String spec) {
        return "{'apiVersion':'v1','kind':'PersistentVolume','metadata':{'name':'x'},'spec':{" + spec + "}}";
    }

    private static String claim(String spec) {
        return "{'apiVersion':'v1','kind':'PersistentVolumeClaim','metadata':{'name':'x'},'spec':{" + spec + "}}";
    }

    private static ObjectNode stored(String claim, String status) {
        ObjectNode tree = Golden.tree(claim);
        ObjectNode metadata = Tree.ensureObject(tree, "metadata");
        metadata.put("namespace", "default").put("uid", "u");
        tree.set("status", Golden.tree(status));
        Defaults.apply(Golden.resource(tree), tree);
        return tree;
    }

    /** Findings about a change of a claim that has this status, first lines only. */
    private static List<String> changed(String claim, String status, UnaryOperator<String> change) {
        ObjectNode old = stored(claim, status);
        ObjectNode next = stored(change.apply(claim), status);
        return texts(Validation.update(Golden.resource(old), old, next));
    }

    private static List<String> status(String status) {
        ObjectNode old = stored(claim(CLAIM), "{'phase':'Bound'}");
        ResourceInfo resource = Golden.resource(old);
        return texts(Validation.updateStatus(resource, old, stored(claim(CLAIM), status), ValidationOptions.DEFAULT));
    }

    private static List<String> texts(List<ApiException.Cause> causes) {
        return causes.stream()
                .map(cause -> cause.field() + ": "
                        + cause.message().lines().findFirst().orElse(""))
                .toList();
    }

    private static List<String> firstLines(List<String> findings) {
        return findings.stream()
                .map(finding -> finding.lines().findFirst().orElse(""))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'nfs':{'server':'s','path':'p'}|spec.nfs.path: Invalid value: \"p\": must be an absolute path",
                "'nfs':{'server':'','path':'/p'}|spec.nfs.server: Required value",
                "'csi':{'driver':'d','volumeHandle':''}|spec.csi.volumeHandle: Required value",
                "'csi':{'driver':'d','volumeHandle':'h','controllerExpandSecretRef':{'name':'s'}}|"
                        + "spec.csi.controllerExpandSecretRef.namespace: Required value",
                "'csi':{'driver':'d','volumeHandle':'h'},'nodeAffinity':{}|spec.nodeAffinity.required: Required value: must"
                        + " specify required node constraints",
                "'local':{'path':'/a/../b'}," + AFFINITY
                        + "|spec.local.path: Invalid value: \"/a/../b\": must not contain" + " '..'",
                "'local':{'path':'/a'}|spec.nodeAffinity: Required value: Local volume requires node affinity",
                "'csi':{'driver':'d','volumeHandle':'h','nodeExpandSecretRef':{'name':'s'}}|"
                        + "spec.csi.nodeExpandSecretRef.namespace: Required value",
                "'iscsi':{'targetPortal':'p','iqn':'iqn.2015-02.example.com:test','lun':256}|spec.iscsi.lun: Invalid value: 256:"
                        + " must be between 0 and 255, inclusive",
                "'iscsi':{'targetPortal':'p','iqn':'iqn.x','lun':0}|spec.iscsi.iqn: Invalid value: \"iqn.x\": must be valid format",
                "'iscsi':{'targetPortal':'p','iqn':'eui.0123456789ABCDEF','lun':0,'initiatorName':'x'}|spec.iscsi.initiatorname:"
                        + " Invalid value: \"x\": must be valid format",
                "'iscsi':{'targetPortal':'p','iqn':'eui.0123456789ABCDEF','lun':0,'chapAuthSession':true}|spec.iscsi.secretRef:"
                        + " Required value",
                "'fc':{}|spec.fc.targetWWNs: Required value: must specify either targetWWNs or wwids, but not both",
                "'fc':{'targetWWNs':['a']}|spec.fc.lun: Required value: lun is required if targetWWNs is specified",
                "'fc':{'targetWWNs':['a'],'wwids':['b'],'lun':1}|spec.fc.targetWWNs: Invalid value: [\"a\"]: targetWWNs and wwids"
                        + " can not be specified simultaneously",
                "'cephfs':{'monitors':[]}|spec.cephfs.monitors: Required value",
                "'rbd':{'monitors':['m'],'image':''}|spec.rbd.image: Required value",
                "'flexVolume':{'driver':'d','options':{'a.k8s.io/b':'c'}}|spec.flexVolume.options[a.k8s.io/b]: Invalid value:"
                        + " \"a.k8s.io/b\": kubernetes.io and k8s.io namespaces are reserved",
                "'gcePersistentDisk':{'pdName':''}|spec.persistentDisk.pdName: Required value",
                "'awsElasticBlockStore':{'volumeID':'v','partition':256}|spec.awsElasticBlockStore.partition: Invalid value: 256:"
                        + " must be between 1 and 255, inclusive",
                "'cinder':{'volumeID':'v','secretRef':{'name':'s'}}|spec.cinder.secretRef.namespace: Required value",
                "'glusterfs':{'endpoints':'e','path':''}|spec.glusterfs.path: Required value",
                "'quobyte':{'registry':'r','volume':'v'}|spec.quobyte.registry: Invalid value: \"r\": must be a host:port pair or"
                        + " multiple pairs separated by commas",
                "'flocker':{'datasetName':'a/b'}|spec.flocker.datasetName: Invalid value: \"a/b\": must not contain '/'",
                "'flocker':{}|spec.flocker: Required value: one of datasetName and datasetUUID is required",
                "'azureFile':{'secretName':'s','shareName':''}|spec.azureFile.shareName: Required value",
                "'azureDisk':{'diskName':'d','diskURI':'u','kind':'Managed'}|spec.azureDisk.diskURI: Unsupported value: \"u\":"
                        + " supported values: \"/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/"
                        + "disks/{disk-id}\"",
                "'vsphereVolume':{'volumePath':''}|spec.vsphereVolume.volumePath: Required value",
                "'portworxVolume':{'volumeID':''}|spec.portworxVolume.volumeID: Required value",
                "'scaleIO':{'gateway':'g','system':'s','secretRef':{'name':'n'}}|spec.scaleIO.volumeName: Required value",
                "'storageos':{'volumeName':'v','secretRef':{'name':'s'}}|spec.storageos.secretRef.namespace: Required value",
                "'hostPath':{'path':'/./'},'persistentVolumeReclaimPolicy':'Recycle'|spec.persistentVolumeReclaimPolicy: Forbidden:"
                        + " may not be 'recycle' for a hostPath mount of '/'",
                "'nfs':{'server':'s','path':'/p'},'volumeAttributesClassName':'c'|spec.csi: Required value: has to be specified"
                        + " when using volumeAttributesClassName",
            })
    void aNewVolume(String fields, String finding) {
        assertThat(Findings.of(volume("'capacity':{'storage':'1Gi'},'accessModes':['ReadWriteOnce']," + fields)))
                .containsExactly(finding);
    }

    @Test
    void aVolumeHasTheCapacityOfStorageAlone() {
        assertThat(Findings.of(volume(VOLUME.replace("'capacity':{'storage':'1Gi'},", ""))))
                .containsExactly(
                        "spec.capacity: Required value",
                        "spec.capacity: Unsupported value: \"null\": supported values: \"storage\"");
        assertThat(Findings.of(volume(VOLUME.replace("1Gi", "-1"))))
                .containsExactly(
                        "spec.capacity[storage]: Invalid value: -1: must be a valid resource quantity",
                        "spec.capacity[storage]: Invalid value: \"-1\": must be greater than zero");
    }

    @Test
    void theSourceOfAVolumeStays() {
        String volume = volume(VOLUME);
        assertThat(firstLines(Findings.ofUpdate(volume, volume.replace("'h'", "'i'"))))
                .containsExactly(
                        "spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after"
                                + " creation");
        assertThat(Findings.ofUpdate(volume, volume.replace("1Gi", "2Gi"))).isEmpty();
        String secret = "'volumeHandle':'h','controllerExpandSecretRef':{'name':'s','namespace':'n'}";
        assertThat(Findings.ofUpdate(volume, volume.replace("'volumeHandle':'h'", secret)))
                .isEmpty();
        assertThat(firstLines(Findings.ofUpdate(volume.replace("'volumeHandle':'h'", secret), volume)))
                .hasSize(1);
        assertThat(Findings.ofUpdate(volume, volume.replace("'csi'", "'volumeMode':'Block','csi'")))
                .containsExactly("volumeMode: Invalid value: \"Block\": field is immutable");
        String classed = volume.replace("'csi'", "'volumeAttributesClassName':'c','csi'");
        assertThat(Findings.ofUpdate(volume, classed)).isEmpty();
        assertThat(Findings.ofUpdate(classed, volume))
                .containsExactly(
                        "spec.volumeAttributesClassName: Forbidden: update from non-nil value to nil is forbidden");
    }

    @Test
    void theNodesOfAVolumeStayButForLabelsThatWereReplaced() {
        String free = volume(VOLUME);
        String bound = volume(VOLUME + "," + AFFINITY);
        assertThat(Findings.ofUpdate(free, bound)).isEmpty();
        assertThat(Findings.ofUpdate(bound, bound.replace("failure-domain.beta", "topology")))
                .isEmpty();
        assertThat(Findings.ofUpdate(bound, bound.replace("['a']", "['b']")))
                .containsExactly(
                        "nodeAffinity: Invalid value: {\"Required\":{\"NodeSelectorTerms\":[{\"MatchExpressions\":"
                                + "[{\"Key\":\"failure-domain.beta.kubernetes.io/zone\",\"Operator\":\"In\",\"Values\":[\"b\"]}],"
                                + "\"MatchFields\":null}]}}: field is immutable, except for updating from beta label to GA");
        assertThat(Findings.ofUpdate(bound, free))
                .containsExactly(
                        "nodeAffinity: Invalid value: \"null\": field is immutable, except for updating from beta"
                                + " label to GA");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'dataSource':{'kind':'Pod','name':'p'}|spec.dataSource: Invalid value: \"Pod\": must be"
                        + " 'PersistentVolumeClaim' when referencing the default apiGroup|spec.dataSourceRef: Invalid value:"
                        + " \"Pod\": must be 'PersistentVolumeClaim' when referencing the default apiGroup",
                "'dataSource':{'kind':'PersistentVolumeClaim','name':'p'},'dataSourceRef':{'kind':'PersistentVolumeClaim',"
                        + "'name':'q'}|spec: Invalid value: {}: must match dataSourceRef|",
            })
    void sourcesOfData(String fields, String first, String second) {
        List<String> wanted = second == null ? List.of(first) : List.of(first, second);
        assertThat(Findings.of(claim(CLAIM + "," + fields))).containsExactlyElementsOf(wanted);
    }

    @Test
    void aBoundClaimGrows() {
        String claim = claim(CLAIM);
        String bound = "{'phase':'Bound','capacity':{'storage':'5Gi'}}";
        assertThat(changed(claim, "{'phase':'Pending'}", text -> text.replace("10Gi", "20Gi")))
                .containsExactly(IMMUTABLE);
        assertThat(changed(claim, bound, text -> text.replace("10Gi", "20Gi"))).isEmpty();
        assertThat(changed(claim, bound, text -> text.replace("10Gi", "6Gi"))).isEmpty();
        assertThat(changed(claim, bound, text -> text.replace("10Gi", "5Gi")))
                .containsExactly(
                        "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity");
        assertThat(changed(claim, bound, text -> text.replace("ReadWriteOnce", "ReadOnlyMany")))
                .containsExactly(IMMUTABLE);
    }

    @Test
    void aClaimIsBoundOnceAndKeepsItsClass() {
        String claim = claim(CLAIM);
        String pending = "{'phase':'Pending'}";
        assertThat(changed(claim, pending, text -> text.replace("'accessModes'", "'volumeName':'v','accessModes'")))
                .isEmpty();
        assertThat(changed(
                        claim, pending, text -> text.replace("'accessModes'", "'storageClassName':'c','accessModes'")))
                .isEmpty();
        String unclassed = claim(CLAIM + ",'storageClassName':''");
        assertThat(changed(unclassed, pending, text -> text.replace("'storageClassName':''", "'storageClassName':'c'")))
                .containsExactly(IMMUTABLE);
        assertThat(changed(claim, pending, text -> text.replace("'accessModes'", "'volumeMode':'Block','accessModes'")))
                .containsExactly(IMMUTABLE, "volumeMode: Invalid value: \"Block\": field is immutable");
        assertThat(changed(
                        claim,
                        pending,
                        text -> text.replace(
                                "'name':'x'",
                                "'name':'x','annotations':{'volume.beta.kubernetes.io/storage-class':'c'}")))
                .containsExactly(
                        "metadata.annotations.volume.beta.kubernetes.io/storage-class: Invalid value: \"c\": field"
                                + " is immutable");
    }

    @Test
    void aClassOfAttributesChangesWhileTheClaimIsBound() {
        String classed = claim(CLAIM + ",'volumeAttributesClassName':'a'");
        String bound = "{'phase':'Bound'}";
        assertThat(changed(classed, bound, text -> text.replace("Name':'a'", "Name':'b'")))
                .isEmpty();
        assertThat(changed(classed, bound, text -> text.replace("Name':'a'", "Name':''")))
                .containsExactly(
                        "spec.volumeAttributesClassName: Forbidden: update from non-nil value to an empty string is"
                                + " forbidden");
        assertThat(changed(classed, bound, text -> text.replace(",'volumeAttributesClassName':'a'", "")))
                .containsExactly(
                        IMMUTABLE,
                        "spec.volumeAttributesClassName: Forbidden: update from non-nil value to nil is forbidden");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'capacity':{'storage':'-1'}}|status.capacity[storage]: Invalid value: -1: must be a valid resource quantity",
                "{'allocatedResources':{'cpu':'1'}}|status.allocatedResources: Unsupported value: \"cpu\": supported values:"
                        + " \"storage\"",
                "{'allocatedResources':{'storage':'-1'}}|status.allocatedResources[storage]: Invalid value: -1: must be a valid"
                        + " resource quantity",
                "{'allocatedResourceStatuses':{'storage':'x'}}|status.allocatedResourceStatus: Unsupported value:"
                        + " \"storage\": supported values: \"ControllerResizeInProgress\", \"ControllerResizeInfeasible\","
                        + " \"NodeResizeInProgress\", \"NodeResizeInfeasible\", \"NodeResizePending\"",
            })
    void theStatusOfAClaim(String status, String finding) {
        assertThat(status(status)).containsExactly(finding);
    }

    @Test
    void theStatusOfAClaimWithoutAccessModes() {
        String claim = claim("'resources':{'requests':{'storage':'1'}}");
        assertThat(Findings.ofStatus(claim, claim)).containsExactly("Spec.accessModes: Required value");
    }

    @Test
    void aSecretOfADriverHasAName() {
        String csi = "'csi':{'driver':'d','volumeHandle':'h','nodePublishSecretRef':{'name':'A','namespace':'B'}}";
        assertThat(Findings.of(volume("'capacity':{'storage':'1Gi'},'accessModes':['ReadWriteOnce']," + csi)))
                .hasSize(2)
                .anyMatch(finding -> finding.startsWith("spec.csi.nodePublishSecretRef.name: Invalid value: \"A\""))
                .anyMatch(
                        finding -> finding.startsWith("spec.csi.nodePublishSecretRef.namespace: Invalid value: \"B\""));
    }

    @Test
    void anotherDriversResourcesAreItsOwnBusiness() {
        assertThat(status("{'allocatedResources':{'a.example/x':'1','storage':'2Gi'},'allocatedResourceStatuses':"
                        + "{'a.example/x':'NodeResizePending'}}"))
                .isEmpty();
    }
}
