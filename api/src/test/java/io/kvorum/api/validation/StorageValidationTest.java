package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of the group {@code storage.k8s.io}, by one wrong object each. */
class StorageValidationTest {
    private static final String DRIVER = "'name':'d','nodeID':'n'";

    private static String object(String kind, String fields) {
        return "{'apiVersion':'storage.k8s.io/v1','kind':'" + kind + "','metadata':{'name':'x'}," + fields + "}";
    }

    private static String node(String drivers) {
        return object("CSINode", "'spec':{'drivers':[" + drivers + "]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "CSIDriver|'spec':{'fsGroupPolicy':'x'}|spec.fsGroupPolicy: Unsupported value: \"x\": supported values: \"File\","
                        + " \"None\", \"ReadWriteOnceWithFSType\"",
                "CSIDriver|'spec':{'volumeLifecycleModes':['x']}|spec.volumeLifecycleModes: Unsupported value: \"x\": supported"
                        + " values: \"Persistent\", \"Ephemeral\"",
                "CSIDriver|'spec':{'tokenRequests':[{'audience':'a'},{'audience':'a'}]}|spec.tokenRequests[1].audience: Duplicate"
                        + " value: \"a\"",
                "CSIDriver|'spec':{'tokenRequests':[{'audience':'a','expirationSeconds':599}]}|"
                        + "spec.tokenRequests[0].expirationSeconds: Invalid value: 599: may not specify a duration less than 10"
                        + " minutes",
                "CSIDriver|'spec':{'tokenRequests':[{'audience':'a','expirationSeconds':4294967297}]}|"
                        + "spec.tokenRequests[0].expirationSeconds: Invalid value: 4294967297: may not specify a duration larger"
                        + " than 2^32 seconds",
                "CSIDriver|'spec':{'nodeAllocatableUpdatePeriodSeconds':9}|spec.nodeAllocatableUpdatePeriodSeconds: Invalid"
                        + " value: 9: must be greater than or equal to 10 seconds",
                "CSINode|'spec':{'drivers':[{'name':'d','nodeID':''}]}|spec.drivers[0].nodeID: Required value",
                "CSINode|'spec':{'drivers':[{'name':'d','nodeID':'n'},{'name':'d','nodeID':'n'}]}|spec.drivers[1].name: Duplicate"
                        + " value: \"d\"",
                "CSINode|'spec':{'drivers':[{'name':'d','nodeID':'n','allocatable':{'count':-1}}]}|"
                        + "spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0",
                "CSINode|'spec':{'drivers':[{'name':'d','nodeID':'n','topologyKeys':['a','a']}]}|spec.drivers[0]: Duplicate"
                        + " value: \"a\"",
                "CSIStorageCapacity|'storageClassName':'s','capacity':'-1'|capacity: Invalid value: \"-1\": must be greater than"
                        + " or equal to 0",
                "VolumeAttributesClass|'driverName':'d'|parameters: Required value: must contain at least one key/value pair",
                "VolumeAttributesClass|'driverName':'','parameters':{'a':'b'}|driverName: Required value",
                "VolumeAttributesClass|'driverName':'d','parameters':{'':'b'}|parameters: Invalid value: \"\": field can not be"
                        + " empty.",
                "StorageClass|'provisioner':'p','volumeBindingMode':''|volumeBindingMode: Unsupported value: \"\": supported"
                        + " values: \"Immediate\", \"WaitForFirstConsumer\"",
                "VolumeAttachment|'spec':{'attacher':'a','nodeName':'n','source':{}}|spec.source: Required value: must specify"
                        + " exactly one of inlineVolumeSpec and persistentVolumeName",
                "StorageClass|'provisioner':'p','allowedTopologies':[{'matchLabelExpressions':[{'key':'k','values':[]}]}]|"
                        + "allowedTopologies[0].matchLabelExpressions[0].values: Required value",
                "StorageClass|'provisioner':'p','allowedTopologies':[{'matchLabelExpressions':[{'key':'k','values':['a']}]},"
                        + "{'matchLabelExpressions':[{'key':'k','values':['a']}]}]|allowedTopologies[1].matchLabelExpressions:"
                        + " Duplicate value: \"\"",
            })
    void whatIsWrongIsFound(String kind, String fields, String finding) {
        assertThat(Findings.of(object(kind, fields))).containsExactly(finding);
    }

    @Test
    void anAttachmentNamesItsAttacherAndNode() {
        String bare = object(
                "VolumeAttachment", "'spec':{'attacher':'','nodeName':'N','source':{'persistentVolumeName':''}}");
        assertThat(Findings.of(bare))
                .contains(
                        "spec.attacher: Required value",
                        "spec.source.persistentVolumeName: Required value: must specify non empty persistentVolumeName")
                .anyMatch(finding -> finding.startsWith("spec.nodeName: Invalid value: \"N\": a lowercase RFC 1123"));
    }

    @Test
    void anAttachmentOfAnInlineVolumeIsOneOfADriver() {
        String inline = object(
                "VolumeAttachment",
                "'spec':{'attacher':'a','nodeName':'n','source':{'inlineVolumeSpec':{'capacity':{'storage':'1'}}}}");
        assertThat(Findings.of(inline))
                .containsExactly(
                        "spec.source.inlineVolumeSpec.capacity: Forbidden: may not be specified in the context of inline"
                                + " volumes",
                        "spec.source.inlineVolumeSpec.csi: Required value: has to be specified in the context of inline"
                                + " volumes",
                        "spec.source.inlineVolumeSpec.accessModes: Required value",
                        "spec.source.inlineVolumeSpec: Required value: must specify a volume type");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'persistentVolumeReclaimPolicy':'Delete'|persistentVolumeReclaimPolicy: Forbidden: may only be Retain in the"
                        + " context of inline volumes",
                "'nodeAffinity':{}|nodeAffinity: Forbidden: may not be specified in the context of inline volumes",
                "'storageClassName':'c'|storageClassName: Forbidden: may not be specified in the context of inline volumes",
                "'volumeMode':'Block'|volumeMode: Forbidden: may not specify volumeMode other than Filesystem in the context of"
                        + " inline volumes",
                "'claimRef':{'name':'c'}|claimRef: Forbidden: may not be specified in the context of inline volumes",
            })
    void anInlineVolumeIsBoundToNothing(String fields, String finding) {
        String inline = "'accessModes':['ReadWriteOnce'],'csi':{'driver':'d','volumeHandle':'h'}," + fields;
        String spec = "'spec':{'attacher':'a','nodeName':'n','source':{'inlineVolumeSpec':{" + inline + "}}}";
        assertThat(Findings.of(object("VolumeAttachment", spec)))
                .containsExactly("spec.source.inlineVolumeSpec." + finding);
    }

    @Test
    void aDriverWithoutANameIsMalformedToo() {
        assertThat(Findings.of(node("{'name':'','nodeID':'n'}")))
                .hasSize(2)
                .contains("spec.drivers[0].name: Required value")
                .anyMatch(finding ->
                        finding.startsWith("spec.drivers[0].name: Invalid value: \"\": a lowercase RFC 1123"));
    }

    @Test
    void aDriverOfANodeStaysAsItIsButForItsVolumes() {
        assertThat(Findings.ofUpdate(node("{" + DRIVER + "}"), node("{" + DRIVER + ",'allocatable':{'count':3}}")))
                .isEmpty();
        assertThat(Findings.ofUpdate(node("{" + DRIVER + "}"), node("{" + DRIVER.replace("'n'", "'m'") + "}")))
                .containsExactly("spec.drivers: Invalid value: {\"Name\":\"d\",\"NodeID\":\"m\",\"TopologyKeys\":null,"
                        + "\"Allocatable\":null}: field is immutable");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "CSIDriver|'spec':{}|'spec':{'attachRequired':false}|spec.attachedRequired: Invalid value: false: field is"
                        + " immutable",
                "CSIDriver|'spec':{}|'spec':{'volumeLifecycleModes':['Ephemeral']}|spec.volumeLifecycleModes: Invalid value:"
                        + " [\"Ephemeral\"]: field is immutable",
                "CSIStorageCapacity|'storageClassName':'a'|'storageClassName':'b'|storageClassName: Invalid value: \"b\": field is"
                        + " immutable",
                "CSIStorageCapacity|'storageClassName':'a'|'storageClassName':'a','nodeTopology':{'matchLabels':{'a':'b'}}|"
                        + "nodeTopology: Invalid value: {\"matchLabels\":{\"a\":\"b\"}}: field is immutable",
                "VolumeAttributesClass|'driverName':'d','parameters':{'a':'b'}|'driverName':'e','parameters':{'a':'b'}|driverName:"
                        + " Forbidden: updates to driverName are forbidden.",
                "VolumeAttributesClass|'driverName':'d','parameters':{'a':'b'}|'driverName':'d','parameters':{'a':'c'}|parameters:"
                        + " Forbidden: updates to parameters are forbidden.",
                "VolumeAttachment|'spec':{'attacher':'a','nodeName':'n','source':{'persistentVolumeName':'v'}}|"
                        + "'spec':{'attacher':'a','nodeName':'m','source':{'persistentVolumeName':'v'}}|spec: Invalid value:"
                        + " {\"Attacher\":\"a\",\"Source\":{\"PersistentVolumeName\":\"v\",\"InlineVolumeSpec\":null},"
                        + "\"NodeName\":\"m\"}: field is immutable",
            })
    void someFieldsStay(String kind, String old, String next, String finding) {
        assertThat(Findings.ofUpdate(object(kind, old), object(kind, next))).containsExactly(finding);
    }
}
