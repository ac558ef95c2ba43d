package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Golden;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.custom.RuleSet;
import io.kvorum.api.defaults.Defaults;
import io.kvorum.api.strategy.Strategies;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules and defaults of the group {@code resource.k8s.io}, by one wrong object each. */
class DeviceValidationTest {
    private static final String REQUEST = "{'name':'r','exactly':{'deviceClassName':'c'}}";
    private static final String NO_REQUEST =
            "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";
    private static final String SLICE =
            "'driver':'d.example','nodeName':'n','pool':{'name':'p','generation':1," + "'resourceSliceCount':1}";

    private static String object(String kind, String spec) {
        return "{'apiVersion':'resource.k8s.io/v1','kind':'" + kind + "','metadata':{'name':'x'},'spec':{" + spec
                + "}}";
    }

    private static String claim(String devices) {
        return object("ResourceClaim", "'devices':{" + devices + "}");
    }

    private static String slice(String devices) {
        return object("ResourceSlice", SLICE + ",'devices':[" + devices + "]");
    }

    private static String times(int count, String item) {
        return IntStream.range(0, count)
                .mapToObj(i -> item.replace("#", Integer.toString(i)))
                .collect(Collectors.joining(","));
    }

    @Test
    void requestsAreDefaulted() {
        ObjectNode claim = Golden.tree(claim("'requests':[{'name':'r','exactly':{'deviceClassName':'c','tolerations':"
                + "[{'key':'k'}]}},{'name':'s','firstAvailable':[{'name':'a','deviceClassName':'c','allocationMode':"
                + "'All'}]}]"));
        Defaults.apply(Golden.resource(claim), claim);
        List<ObjectNode> requests = Tree.objects(claim, "spec", "devices", "requests");
        assertThat(requests.get(0).path("exactly"))
                .isEqualTo(Golden.tree("{'deviceClassName':'c','tolerations':[{'key':'k','operator':'Equal'}],"
                        + "'allocationMode':'ExactCount','count':1}"));
        assertThat(requests.get(1).at("/firstAvailable/0"))
                .isEqualTo(Golden.tree("{'name':'a','deviceClassName':'c','allocationMode':'All'}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'requests':[{'name':'r'}]|spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable`"
                        + " is required",
                "'requests':[{'name':'r','exactly':{'deviceClassName':'c'},'firstAvailable':[{'name':'a','deviceClassName':"
                        + "'c'}]}]|spec.devices.requests[0]: Invalid value: \"null\": exactly one of `exactly` or"
                        + " `firstAvailable` is required, but multiple fields are set",
                "'requests':[" + REQUEST + "," + REQUEST + "]|spec.devices.requests[1]: Duplicate value: \"r\"",
                "'requests':[{'name':'r','exactly':{'deviceClassName':''}}]|spec.devices.requests[0].exactly.deviceClassName:"
                        + " Required value",
                "'requests':[{'name':'r','exactly':{'deviceClassName':'c','count':-1}}]|spec.devices.requests[0].exactly.count:"
                        + " Invalid value: -1: must be greater than zero",
                "'requests':[{'name':'r','exactly':{'deviceClassName':'c','allocationMode':'All','count':2}}]|"
                        + "spec.devices.requests[0].exactly.count: Invalid value: 2: must not be specified when"
                        + " allocationMode is 'All'",
                "'requests':[{'name':'r','exactly':{'deviceClassName':'c','allocationMode':'Some'}}]|"
                        + "spec.devices.requests[0].exactly.allocationMode: Unsupported value: \"Some\": supported values:"
                        + " \"All\", \"ExactCount\"",
                "'requests':[{'name':'r','exactly':{'deviceClassName':'c','selectors':[{}]}}]|"
                        + "spec.devices.requests[0].exactly.selectors[0].cel: Required value",
                "'requests':[{'name':'r','exactly':{'deviceClassName':'c','tolerations':[{'operator':'Exists','value':'v'}]}}]|"
                        + "spec.devices.requests[0].exactly.tolerations[0].value: Invalid value: \"v\": must be empty for"
                        + " operator `Exists`",
                "'requests':[{'name':'r','exactly':{'deviceClassName':'c','tolerations':[{'operator':'Exists','effect':'x'}]}}]|"
                        + "spec.devices.requests[0].exactly.tolerations[0].effect: Unsupported value: \"x\": supported"
                        + " values: \"NoExecute\", \"NoSchedule\", \"None\"",
                "'requests':[" + REQUEST + "],'constraints':[{'requests':['q'],'matchAttribute':'d/a'}]|"
                        + "spec.devices.constraints[0].requests[0]: Invalid value: \"q\": " + NO_REQUEST,
                "'requests':[" + REQUEST
                        + "],'constraints':[{'matchAttribute':'a'}]|spec.devices.constraints[0].matchAttribute:"
                        + " Invalid value: \"a\": a fully qualified name must be a domain and a name separated by a slash",
                "'requests':[" + REQUEST
                        + "],'constraints':[{}]|spec.devices.constraints[0]: Required value: exactly one of"
                        + " \"matchAttribute\" or \"distinctAttribute\" is required, but multiple fields are set",
                "'requests':[" + REQUEST
                        + "],'config':[{'requests':['r']}]|spec.devices.config[0].opaque: Required value",
                "'requests':[" + REQUEST
                        + "],'config':[{'opaque':{'driver':'d'}}]|spec.devices.config[0].opaque.parameters:"
                        + " Required value",
                "'requests':[" + REQUEST + "],'config':[{'opaque':{'driver':'d','parameters':[]}}]|"
                        + "spec.devices.config[0].opaque.parameters: Invalid value: \"<value omitted>\": must be a valid JSON"
                        + " object",
            })
    void aClaim(String devices, String finding) {
        assertThat(Findings.of(claim(devices))).containsExactly(finding);
    }

    @Test
    void aGoodClaim() {
        assertThat(Findings.of(claim("'requests':[" + REQUEST
                        + ",{'name':'s','firstAvailable':[{'name':'a','deviceClassName':'c'},{'name':'b',"
                        + "'deviceClassName':'c'}]}],'constraints':[{'requests':['r','s/b'],'matchAttribute':'d/a'}],"
                        + "'config':[{'requests':['s'],'opaque':{'driver':'d','parameters':{'a':1}}}]")))
                .isEmpty();
        assertThat(Findings.of(claim("'requests':[" + times(33, REQUEST.replace("'r'", "'r#'")) + "]")))
                .containsExactly("spec.devices.requests: Too many: 33: must have at most 32 items");
    }

    @Test
    void expressionsAreChecked() {
        ValidationOptions options = new ValidationOptions(List.of(), RuleSet.Compiler.NONE, text -> switch (text) {
            case "bad" -> new SelectorCheck.Problem("compilation failed: no", false);
            case "dear" -> new SelectorCheck.Problem("too complex, exceeds cost limit", true);
            default -> null;
        });
        String selectors =
                "'selectors':[{'cel':{'expression':'bad'}},{'cel':{'expression':'dear'}},{'cel':{'expression':"
                        + "'good'}},{'cel':{'expression':'" + "x".repeat(10241) + "'}}]";
        List<String> wrong = Findings.of(object("DeviceClass", selectors), options);
        assertThat(wrong)
                .containsExactly(
                        "spec.selectors[0].cel.expression: Invalid value: \"bad\": compilation failed: no",
                        "spec.selectors[1].cel.expression: Forbidden: too complex, exceeds cost limit",
                        "spec.selectors[3].cel.expression: Too long: may not be more than 10240 bytes");
        // What is stored was good when it came.
        String stored = object("DeviceClass", "'selectors':[{'cel':{'expression':'bad'}}]");
        String changed = object(
                "DeviceClass", "'selectors':[{'cel':{'expression':'bad'}}],'extendedResourceName':'a.example/b'");
        assertThat(Findings.ofUpdate(stored, changed, options)).isEmpty();
        assertThat(Findings.ofUpdate(object("DeviceClass", ""), stored, options))
                .hasSize(1);
    }

    @Test
    void aClassMayNameAnExtendedResource() {
        assertThat(Findings.of(object("DeviceClass", "'extendedResourceName':'cpu'")))
                .containsExactly(
                        "spec.extendedResourceName: Invalid value: \"cpu\": must be a valid extended resource name");
        assertThat(Findings.of(object("DeviceClass", "'extendedResourceName':'a.example/b'")))
                .isEmpty();
    }

    @Test
    void whatIsAskedForStays() {
        String claim = claim("'requests':[" + REQUEST + "]");
        assertThat(Findings.ofUpdate(claim, claim)).isEmpty();
        String form =
                "{\"Devices\":{\"Requests\":[{\"Name\":\"q\",\"Exactly\":{\"DeviceClassName\":\"c\",\"Selectors\":null,"
                        + "\"AllocationMode\":\"ExactCount\",\"Count\":1,\"AdminAccess\":null,\"Tolerations\":null,"
                        + "\"Capacity\":null},\"FirstAvailable\":null}],\"Constraints\":null,\"Config\":null}}";
        assertThat(Findings.ofUpdate(claim, claim.replace("'r'", "'q'")))
                .containsExactly("spec: Invalid value: " + form + ": field is immutable");
        String template = object("ResourceClaimTemplate", "'spec':{'devices':{'requests':[" + REQUEST + "]}}");
        assertThat(Findings.ofUpdate(template, template.replace("'r'", "'q'")))
                .containsExactly("spec: Invalid value: {\"Spec\":" + form + "}: field is immutable");
    }

    @Test
    void templatesHaveLabelsAndAnnotationsOnly() {
        assertThat(Findings.of(object(
                        "ResourceClaimTemplate",
                        "'metadata':{'name':'n','labels':{'a':'b'}},'spec':{'devices':{'requests':[{'name':'r'}]}}")))
                .containsExactly(
                        "spec.metadata.Name: Forbidden: cannot be set",
                        "spec.spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is"
                                + " required");
    }

    // ---- slices

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'driver':'d','pool':{'name':'p','resourceSliceCount':1}|spec: Required value: exactly one of `nodeName`,"
                        + " `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required",
                "'driver':'d','nodeName':'n','allNodes':true,'pool':{'name':'p','resourceSliceCount':1}|spec: Invalid value:"
                        + " \"{`nodeName`, `allNodes`}\": exactly one of `nodeName`, `nodeSelector`, `allNodes`,"
                        + " `perDeviceNodeSelection` is required, but multiple fields are set",
                "'driver':'d','nodeName':'n','allNodes':false,'pool':{'name':'p','resourceSliceCount':1}|spec.allNodes: Invalid"
                        + " value: false: must be either unset or set to true",
                "'driver':'','nodeName':'n','pool':{'name':'p','resourceSliceCount':1}|spec.driver: Required value",
                "'driver':'d','nodeName':'n','pool':{'name':'','resourceSliceCount':1}|spec.pool.name: Required value",
                "'driver':'d','nodeName':'n','pool':{'name':'p','resourceSliceCount':0}|spec.pool.resourceSliceCount: Invalid"
                        + " value: 0: must be greater than zero",
                "'driver':'d','nodeName':'n','pool':{'name':'p','resourceSliceCount':1,'generation':-1}|spec.pool.generation:"
                        + " Invalid value: -1: must be greater than or equal to zero",
                "'driver':'d','nodeName':'n','pool':{'name':'p','resourceSliceCount':1},'sharedCounters':[{'name':'c'}]|"
                        + "spec.sharedCounters[0].counters: Required value",
                "'driver':'d','nodeName':'n','pool':{'name':'p','resourceSliceCount':1},'devices':[],'sharedCounters':"
                        + "[{'name':'c','counters':{'m':{'value':'1'}}}]|spec: Invalid value: \"\": only one of"
                        + " `sharedCounters` or `devices` is allowed",
            })
    void aSlice(String spec, String finding) {
        assertThat(Findings.of(object("ResourceSlice", spec))).containsExactly(finding);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'attributes':{'a/b/c':{'int':1}}|spec.devices[0].attributes: Invalid value: \"a/b/c\": must not contain more"
                        + " than one slash",
                "'attributes':{'a-b':{'int':1}}|spec.devices[0].attributes: Invalid value: \"a-b\": a valid C identifier must"
                        + " start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'"
                        + " (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is"
                        + " '[A-Za-z_][A-Za-z0-9_]*')",
                "'attributes':{'d/':{'int':1}}|spec.devices[0].attributes: Invalid value: \"\": the name must not be empty",
                "'attributes':{'a':{}}|spec.devices[0].attributes[a]: Invalid value: \"\": exactly one value must be specified",
                "'attributes':{'a':{'int':1,'bool':true}}|spec.devices[0].attributes[a]: Invalid value: {\"IntValue\":1,"
                        + "\"BoolValue\":true,\"StringValue\":null,\"VersionValue\":null}: exactly one value must be"
                        + " specified",
                "'attributes':{'a':{'version':'1.2'}}|spec.devices[0].attributes[a].version: Invalid value: \"1.2\": must be a"
                        + " string compatible with semver.org spec 2.0.0",
                "'capacity':{'a':{'value':'1','requestPolicy':{}}}|spec.devices[0].capacity[a].requestPolicy: Forbidden:"
                        + " allowMultipleAllocations must be true",
                "'taints':[{'key':'k','effect':'Odd'}]|spec.devices[0].taints[0].effect: Unsupported value: \"Odd\": supported"
                        + " values: \"NoExecute\", \"NoSchedule\", \"None\"",
                "'taints':[{'key':'k'}]|spec.devices[0].taints[0].effect: Required value",
                "'nodeName':'n'|spec.devices[0]: Invalid value: \"null\": `nodeName`, `nodeSelector` and `allNodes` can only be set"
                        + " if `perDeviceNodeSelection` is set to true in the ResourceSlice spec",
                "'bindingConditions':['a']|spec.devices[0].bindingFailureConditions: Invalid value: \"null\":"
                        + " bindingFailureConditions are required to use bindingConditions",
                "'bindingConditions':['a'],'bindingFailureConditions':['a']|spec.devices[0].bindingFailureConditions[0]:"
                        + " Invalid value: \"a\": bindingFailureConditions must not overlap with bindingConditions",
                "'consumesCounters':[{'counterSet':'c'}]|spec.devices[0].consumesCounters[0].counters: Required value",
                "'allowMultipleAllocations':true,'capacity':{'a':{'value':'10','requestPolicy':{'validValues':['1']}}}|"
                        + "spec.devices[0].capacity[a].requestPolicy.default: Required value: required when validValues is"
                        + " defined",
                "'allowMultipleAllocations':true,'capacity':{'a':{'value':'10','requestPolicy':{'default':'3','validRange':"
                        + "{'min':'2','step':'2'}}}}|spec.devices[0].capacity[a].requestPolicy.validRange.step: Invalid"
                        + " value: \"3\": value is not a multiple of a given step (2) from (2)",
                "'allowMultipleAllocations':true,'capacity':{'a':{'value':'10','requestPolicy':{'default':'1','validValues':"
                        + "['1','20']}}}|spec.devices[0].capacity[a].requestPolicy.validValues[1]: Invalid value: \"20\":"
                        + " option is larger than capacity value: 10",
            })
    void aDevice(String fields, String finding) {
        assertThat(Findings.of(slice("{'name':'x'," + fields + "}"))).containsExactly(finding);
    }

    @Test
    void aGoodSlice() {
        assertThat(Findings.of(slice("{'name':'x','attributes':{'a':{'int':1},'d.example/b':{'version':'1.2.3-a.1'}},"
                        + "'capacity':{'m':{'value':'1Gi'}},'taints':[{'key':'k','effect':'None'}]}")))
                .isEmpty();
    }

    @Test
    void aSliceHasOnlySoManyDevices() {
        assertThat(Findings.of(slice(times(128, "{'name':'x#'}")))).isEmpty();
        assertThat(Findings.of(slice(times(129, "{'name':'x#'}"))))
                .containsExactly("spec.devices: Too many: 129: must have at most 128 items");
        String tainted = "{'name':'x#','taints':[{'key':'k','effect':'NoSchedule'}]}";
        assertThat(Findings.of(slice(times(65, tainted))))
                .containsExactly("spec.devices: Too many: 65: must have at most 64 items");
        assertThat(Findings.of(slice("{'name':'x'},{'name':'x'}")))
                .containsExactly("spec.devices[1]: Duplicate value: \"x\"");
        String attributes = "'attributes':{" + times(33, "'a#':{'int':1}") + "}";
        assertThat(Findings.of(slice("{'name':'x'," + attributes + "}")))
                .containsExactly(
                        "spec.devices[0]: Invalid value: 33: the total number of attributes and capacities must not"
                                + " exceed 32");
    }

    @Test
    void aSliceStaysWithItsNodeAndPool() {
        String slice = slice("{'name':'x'}");
        assertThat(Findings.ofUpdate(slice, slice.replace("'nodeName':'n'", "'nodeName':'m'")))
                .containsExactly("spec.nodeName: Invalid value: \"m\": field is immutable");
        assertThat(Findings.ofUpdate(slice, slice.replace("'name':'p'", "'name':'q'")))
                .containsExactly("spec.pool.name: Invalid value: \"q\": field is immutable");
        assertThat(Findings.ofUpdate(slice, slice.replace("[{'name':'x'}]", "[{'name':'x'},{'name':'y'}]")))
                .isEmpty();
    }

    // ---- the status of claims

    private static List<String> status(String before, String after, String metadata) {
        ObjectNode old = stored(before, "");
        ObjectNode next = stored(after, metadata);
        ResourceInfo resource = Golden.resource(old);
        if (!metadata.isEmpty()) {
            old.set("metadata", next.path("metadata").deepCopy());
        }
        Strategies.of(resource).prepareStatusUpdate(old, next);
        return Validation.updateStatus(resource, old, next, ValidationOptions.DEFAULT).stream()
                .map(cause -> cause.field() + ": " + cause.message())
                .toList();
    }

    private static ObjectNode stored(String status, String metadata) {
        ObjectNode tree = Golden.tree(claim("'requests':[" + REQUEST + "]"));
        tree.set("status", Golden.tree(status));
        Defaults.apply(Golden.resource(tree), tree);
        ObjectNode meta = Tree.ensureObject(tree, "metadata");
        meta.put("namespace", "default").put("uid", "u");
        if (!metadata.isEmpty()) {
            meta.setAll(Golden.tree("{" + metadata + "}"));
        }
        return tree;
    }

    private static final String RESULT = "{'request':'r','driver':'d','pool':'p','device':'x'}";
    private static final String ALLOCATED = "'allocation':{'devices':{'results':[" + RESULT + "]}}";
    private static final String CONSUMER = "{'resource':'pods','name':'p','uid':'1'}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'reservedFor':[" + CONSUMER
                        + "]}|status.reservedFor: Forbidden: may not be specified when `allocated` is not" + " set",
                "{" + ALLOCATED + ",'reservedFor':[" + CONSUMER + "," + CONSUMER
                        + "]}|status.reservedFor[1]: Duplicate value:" + " \"1\"",
                "{" + ALLOCATED
                        + ",'reservedFor':[{'resource':'pods','uid':'1'}]}|status.reservedFor[0].name: Required value",
                "{'allocation':{'devices':{'results':[{'request':'q','driver':'d','pool':'p','device':'x'}]}}}|"
                        + "status.allocation.devices.results[0].request: Invalid value: \"q\": " + NO_REQUEST,
                "{'allocation':{'devices':{'results':[" + RESULT + "],'config':[{'source':'x','opaque':{'driver':'d',"
                        + "'parameters':{}}}]}}}|status.allocation.devices.config[0].source: Unsupported value: \"x\":"
                        + " supported values: \"FromClaim\", \"FromClass\"",
                "{" + ALLOCATED
                        + ",'devices':[{'driver':'d','pool':'p','device':'y'}]}|status.devices[0]: Invalid value:"
                        + " \"d/p/y\": must be an allocated device in the claim",
                "{" + ALLOCATED
                        + ",'devices':[{'driver':'d','pool':'p','device':'x','networkData':{'ips':['1.2.3.4']}}]}|"
                        + "status.devices[0].networkData.ips[0]: Invalid value: \"1.2.3.4\": must be a valid address in CIDR"
                        + " form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)",
                "{" + ALLOCATED
                        + ",'devices':[{'driver':'d','pool':'p','device':'x','networkData':{'ips':['1::0/64']}}]}|"
                        + "status.devices[0].networkData.ips[0]: Invalid value: \"1::0/64\": must be in canonical form"
                        + " (\"1::/64\")",
                "{'allocation':{'devices':{'results':[{'request':'r','driver':'d','pool':'p','device':'x','shareID':'s'}]}}}|"
                        + "status.allocation.devices.results[0].shareID: Invalid value: \"s\": error validating uid: invalid"
                        + " UUID length: 1",
            })
    void theStatusOfAClaim(String status, String finding) {
        assertThat(status("{}", status, "")).containsExactly(finding);
    }

    @Test
    void anAllocationStaysUntilItIsGivenBack() {
        String allocated = "{" + ALLOCATED + "}";
        assertThat(status("{}", allocated, "")).isEmpty();
        assertThat(status(allocated, "{}", "")).isEmpty();
        assertThat(status(allocated, allocated.replace("'x'", "'y'"), ""))
                .singleElement()
                .asString()
                .startsWith("status.allocation: Invalid value: ")
                .endsWith(": field is immutable");
    }

    @Test
    void aLeavingClaimIsReservedForNobodyNew() {
        String leaving = "'deletionTimestamp':'2026-01-01T00:00:00Z','finalizers':['a/b']";
        String reserved = "{" + ALLOCATED + ",'reservedFor':[" + CONSUMER + "]}";
        assertThat(status(reserved, reserved, leaving)).isEmpty();
        assertThat(status("{" + ALLOCATED + "}", reserved, leaving))
                .containsExactly(
                        "status.reservedFor: Forbidden: new entries may not be added while `deallocationRequested`"
                                + " or `deletionTimestamp` are set");
    }

    @Test
    void whatIsSaidOfADeviceGoesWithIt() {
        String reported = "'devices':[{'driver':'d','pool':'p','device':'x'}]";
        ObjectNode old = stored("{" + ALLOCATED + "," + reported + "}", "");
        ObjectNode next = stored("{" + reported + "}", "");
        Strategies.of(Golden.resource(old)).prepareStatusUpdate(old, next);
        assertThat(next.path("status")).isEmpty();
    }
}
