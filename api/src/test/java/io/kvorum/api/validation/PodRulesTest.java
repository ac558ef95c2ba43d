package io.kvorum.api.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Golden;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules of pods that few pods run into: security contexts, devices, claims, name resolution, annotations, status. */
class PodRulesTest {
    private static final String PROFILES = ": supported values: \"Localhost\", \"RuntimeDefault\", \"Unconfined\"";
    private static final String ID = "must be between 0 and 2147483647, inclusive";

    private static String pod(String container, String spec) {
        return "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'a'"
                + container + "}]" + spec + "}}";
    }

    static Stream<Arguments> containers() {
        String at = "spec.containers[0].";
        String context = at + "securityContext.";
        return Stream.of(
                arguments(
                        "'securityContext':{'runAsUser':2147483648}",
                        context + "runAsUser: Invalid value: 2147483648: " + ID),
                arguments(
                        "'securityContext':{'procMount':'Odd'}",
                        context + "procMount: Unsupported value: \"Odd\": supported values: \"Default\", \"Unmasked\""),
                arguments(
                        "'securityContext':{'procMount':'Unmasked'}",
                        context
                                + "procMount: Invalid value: \"Unmasked\": `hostUsers` must be false to use `Unmasked`"),
                arguments(
                        "'securityContext':{'seccompProfile':{}}",
                        context + "seccompProfile.type: Required value: type is required when seccompProfile is set"),
                arguments(
                        "'securityContext':{'seccompProfile':{'type':'Odd'}}",
                        context + "seccompProfile.type: Unsupported value: \"Odd\"" + PROFILES),
                arguments(
                        "'securityContext':{'seccompProfile':{'type':'Localhost'}}",
                        context
                                + "seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost"),
                arguments(
                        "'securityContext':{'seccompProfile':{'type':'Localhost','localhostProfile':'../a'}}",
                        context + "seccompProfile.localhostProfile: Invalid value: \"../a\": must not contain '..'"),
                arguments(
                        "'securityContext':{'appArmorProfile':{'type':'Localhost','localhostProfile':' a'}}",
                        context
                                + "appArmorProfile.localhostProfile: Invalid value: \" a\": must not be padded with whitespace"),
                arguments(
                        "'securityContext':{'appArmorProfile':{'type':'Unconfined','localhostProfile':'a'}}",
                        context
                                + "appArmorProfile.localhostProfile: Invalid value: \"a\": can only be set when AppArmor type is"
                                + " Localhost"),
                arguments(
                        "'securityContext':{'allowPrivilegeEscalation':false,'capabilities':{'add':['CAP_SYS_ADMIN']}}",
                        at + "securityContext: Invalid value: {\"allowPrivilegeEscalation\":false,\"capabilities\":"
                                + "{\"add\":[\"CAP_SYS_ADMIN\"]}}: cannot set `allowPrivilegeEscalation` to false and"
                                + " `capabilities.Add` CAP_SYS_ADMIN"),
                arguments(
                        "'volumeMounts':[{'name':'v','mountPath':'/v','mountPropagation':'Bidirectional'}]",
                        at
                                + "volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to"
                                + " privileged containers"),
                arguments(
                        "'volumeMounts':[{'name':'v','mountPath':'/v','recursiveReadOnly':'Enabled'}]",
                        at + "volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true"),
                arguments(
                        "'volumeMounts':[{'name':'i','mountPath':'/v','subPath':'a'}]",
                        at + "volumeMounts[0].subPath: Invalid value: \"a\": not allowed in image volume sources"),
                arguments(
                        "'volumeDevices':[{'name':'v','devicePath':'/d'}]",
                        at + "volumeDevices[0].name: Invalid value: \"v\": can only use volume source type of"
                                + " PersistentVolumeClaim or Ephemeral for block mode"),
                arguments(
                        "'volumeDevices':[{'name':'b','devicePath':'/d'},{'name':'b','devicePath':'/e'}]",
                        at + "volumeDevices[1].name: Invalid value: \"b\": must be unique"),
                arguments(
                        "'volumeDevices':[{'name':'b','devicePath':'/../d'}]",
                        at + "volumeDevices[0].devicePath: Invalid value: \"/../d\": can not contain backsteps ('..')"),
                arguments(
                        "'volumeDevices':[{'name':'b','devicePath':'/d'}],'volumeMounts':[{'name':'b','mountPath':'/d'}]",
                        at
                                + "volumeMounts[0].mountPath: Invalid value: \"/d\": must not already exist as a path in volumeDevices"),
                arguments(
                        "'resizePolicy':[{'resourceName':'gpu','restartPolicy':'NotRequired'}]",
                        at + "resizePolicy: Unsupported value: \"gpu\": supported values: \"cpu\", \"memory\""),
                arguments(
                        "'resizePolicy':[{'resourceName':'cpu','restartPolicy':'NotRequired'},"
                                + "{'resourceName':'cpu','restartPolicy':'NotRequired'}]",
                        at + "resizePolicy[1]: Duplicate value: \"cpu\""),
                arguments(
                        "'lifecycle':{'preStop':{'sleep':{'seconds':31}}}",
                        at + "lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than"
                                + " terminationGracePeriodSeconds (30)"),
                arguments(
                        "'resources':{'limits':{'example.com/gpu':'1500m'}}",
                        at + "resources.limits[example.com/gpu]: Invalid value: \"1500m\": must be an integer"),
                arguments(
                        "'resources':{'limits':{'hugepages-2Mi':'3Mi','cpu':'1'}}",
                        at
                                + "resources.limits[hugepages-2Mi]: Invalid value: \"3Mi\": 3Mi is not positive integer multiple of"
                                + " hugepages-2Mi"),
                arguments(
                        "'resources':{'limits':{'hugepages-2Mi':'4Mi'}}",
                        at + "resources: Forbidden: HugePages require cpu or memory"),
                arguments(
                        "'resources':{'claims':[{'name':'x'}]}",
                        at
                                + "resources.claims[0]: Not found: \"x\": must be one of the names in pod.spec.resourceClaims which"
                                + " is empty"));
    }

    @ParameterizedTest
    @MethodSource
    void containers(String container, String finding) {
        assertThat(Findings.of(pod(
                        "," + container,
                        ",'volumes':[{'name':'v','emptyDir':{}},{'name':'i','image':{'reference':'r'}},"
                                + "{'name':'b','persistentVolumeClaim':{'claimName':'b'}}]")))
                .contains(finding);
    }

    static Stream<Arguments> specs() {
        String context = "spec.securityContext.";
        return Stream.of(
                arguments("'securityContext':{'fsGroup':-1}", context + "fsGroup: Invalid value: -1: " + ID),
                arguments(
                        "'securityContext':{'supplementalGroups':[1,-2]}",
                        context + "supplementalGroups[1]: Invalid value: -2: " + ID),
                arguments(
                        "'securityContext':{'fsGroupChangePolicy':'Odd'}",
                        context
                                + "fsGroupChangePolicy: Unsupported value: \"Odd\": supported values: \"Always\", \"OnRootMismatch\""),
                arguments(
                        "'securityContext':{'supplementalGroupsPolicy':'Odd'}",
                        context
                                + "supplementalGroupsPolicy: Unsupported value: \"Odd\": supported values: \"Merge\", \"Strict\""),
                arguments(
                        "'securityContext':{'sysctls':[{'name':'net.ipv4.ip_forward','value':'1'}]},'hostNetwork':true",
                        context
                                + "sysctls[0].name: Invalid value: \"net.ipv4.ip_forward\": may not be specified when 'hostNetwork'"
                                + " is true"),
                arguments(
                        "'shareProcessNamespace':true,'hostPID':true",
                        context
                                + "shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be"
                                + " enabled"),
                arguments(
                        "'hostUsers':false,'hostPID':true",
                        "spec.HostPID: Forbidden: when `pod.Spec.HostUsers` is false"),
                arguments(
                        "'resources':{'requests':{'ephemeral-storage':'1Gi'}}",
                        "spec.resources.requests[ephemeral-storage]: Unsupported value: \"ephemeral-storage\": supported values:"
                                + " \"cpu\", \"memory\""),
                arguments(
                        "'resources':{'requests':{'cpu':'1'}},'initContainers':[{'name':'i','image':'a','resources':"
                                + "{'requests':{'cpu':'1500m'}}}]",
                        "spec.resources.requests[cpu]: Invalid value: \"1\": must be greater than or equal to aggregate container"
                                + " requests of 1500m"),
                arguments(
                        "'tolerations':[{'key':'k','operator':'Exists','value':'v'}]",
                        "spec.tolerations[0].operator: Invalid value: \"v\": value must be empty when `operator` is 'Exists'"),
                arguments(
                        "'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':"
                                + "[{'matchFields':[{'key':'metadata.name','operator':'In','values':['a/b']}]}]}}}",
                        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]"
                                + ".matchFields[0].values[0]: Invalid value: \"a/b\": a lowercase RFC 1123 subdomain must consist"
                                + " of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric"
                                + " character (e.g. 'example.com', regex used for validation is"
                                + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"),
                arguments(
                        "'volumes':[{'name':'t','gitRepo':{}}]", "spec.volumes[0].gitRepo.repository: Required value"),
                arguments(
                        "'volumes':[{'name':'t','iscsi':{'targetPortal':'p','iqn':'x','lun':0}}]",
                        "spec.volumes[0].iscsi.iqn: Invalid value: \"x\": must be valid format"),
                arguments(
                        "'volumes':[{'name':'t','csi':{'driver':'d','nodePublishSecretRef':{}}}]",
                        "spec.volumes[0].csi.nodePublishSecretRef.name: Required value"),
                arguments(
                        "'volumes':[{'name':'t','nfs':{'server':'s','path':''}}]",
                        "spec.volumes[0].nfs.path: Invalid value: \"\": must be an absolute path"),
                arguments("'os':{}", "spec.os.name: Required value: cannot be empty"),
                arguments(
                        "'os':{'name':'plan9'}",
                        "spec.os: Unsupported value: \"plan9\": supported values: \"linux\", \"windows\""),
                arguments(
                        "'os':{'name':'linux'},'securityContext':{'windowsOptions':{}}",
                        context + "windowsOptions: Forbidden: windows options cannot be set for a linux pod"),
                arguments(
                        "'securityContext':{'windowsOptions':{'gmsaCredentialSpec':''}}",
                        context
                                + "windowsOptions.gmsaCredentialSpec: Invalid value: \"\": gmsaCredentialSpec cannot be an"
                                + " empty string"),
                arguments(
                        "'securityContext':{'windowsOptions':{'runAsUserName':''}}",
                        context + "windowsOptions.runAsUserName: Invalid value: \"\": runAsUserName cannot be an empty"
                                + " string"),
                arguments(
                        "'securityContext':{'windowsOptions':{'runAsUserName':'a\\\\b\\\\c'}}",
                        context + "windowsOptions.runAsUserName: Invalid value: \"a\\\\b\\\\c\": runAsUserName cannot"
                                + " contain more than one backslash"),
                arguments(
                        "'securityContext':{'windowsOptions':{'runAsUserName':'.a\\\\b'}}",
                        context + "windowsOptions.runAsUserName: Invalid value: \".a\\\\b\": runAsUserName's Domain"
                                + " doesn't match the NetBios nor the DNS format"),
                arguments(
                        "'securityContext':{'windowsOptions':{'runAsUserName':'D\\\\'}}",
                        context
                                + "windowsOptions.runAsUserName: Invalid value: \"D\\\\\": runAsUserName's User cannot be"
                                + " empty"),
                arguments(
                        "'securityContext':{'windowsOptions':{'runAsUserName':'. .'}}",
                        context
                                + "windowsOptions.runAsUserName: Invalid value: \". .\": runAsUserName's User cannot contain"
                                + " only periods or spaces"),
                arguments(
                        "'securityContext':{'windowsOptions':{'runAsUserName':'a@b'}}",
                        context
                                + "windowsOptions.runAsUserName: Invalid value: \"a@b\": runAsUserName's User cannot contain"
                                + " the following characters: \"/\\:;|=,+*?<>@[]"),
                arguments(
                        "'securityContext':{'windowsOptions':{'hostProcess':true}}",
                        "spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess"
                                + " containers"),
                arguments(
                        "'hostNetwork':true,'initContainers':[{'name':'i','image':'a','securityContext':"
                                + "{'windowsOptions':{'hostProcess':true}}}]",
                        "spec: Invalid value: \"\": If pod contains any hostProcess containers then all containers must be"
                                + " HostProcess containers"),
                arguments(
                        "'securityContext':{'windowsOptions':{'hostProcess':true}},'hostNetwork':true,'initContainers':"
                                + "[{'name':'i','image':'a','securityContext':{'windowsOptions':{'hostProcess':false}}}]",
                        "spec.initContainers[0].securityContext.windowsOptions.hostProcess: Invalid value: false: pod"
                                + " hostProcess value must be identical if both are specified, was true"),
                arguments(
                        "'os':{'name':'windows'},'securityContext':{'runAsUser':1}",
                        context + "runAsUser: Forbidden: cannot be set for a windows pod"),
                arguments(
                        "'dnsPolicy':'None','dnsConfig':{}",
                        "spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is"
                                + " None"),
                arguments(
                        "'dnsConfig':{'options':[{}]}", "spec.dnsConfig.options[0]: Required value: must not be empty"),
                arguments(
                        "'dnsConfig':{'searches':['.','_tcp.a.','UP']}",
                        "spec.dnsConfig.searches[2]: Invalid value: \"UP\": a lowercase RFC 1123 subdomain must consist of lower case"
                                + " alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character"
                                + " (e.g. 'example.com', regex used for validation is"
                                + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"),
                arguments(
                        "'readinessGates':[{'conditionType':''}]",
                        "spec.readinessGates[0].conditionType: Invalid value: \"\": name part must be non-empty"),
                arguments(
                        "'resourceClaims':[{'name':'c'}]",
                        "spec.resourceClaims[0]: Invalid value: {\"name\":\"c\"}: must specify one of: `resourceClaimName`,"
                                + " `resourceClaimTemplateName`"),
                arguments(
                        "'restartPolicy':'Never','initContainers':[{'name':'i','image':'a','resizePolicy':"
                                + "[{'resourceName':'cpu','restartPolicy':'RestartContainer'}]}]",
                        "spec.initContainers[0].resizePolicy: Invalid value: \"RestartContainer\": must be 'NotRequired' when"
                                + " `restartPolicy` is 'Never'"),
                arguments(
                        "'volumes':[{'name':'t','projected':{'sources':[{'serviceAccountToken':{'path':'t'}}]}}]",
                        "spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when"
                                + " serviceAccountName is not set"));
    }

    @ParameterizedTest
    @MethodSource
    void specs(String spec, String finding) {
        assertThat(Findings.of(pod("", "," + spec))).contains(finding);
    }

    @Test
    void annotations() {
        String pod = pod("", "").replace("'name':'p'", "'name':'p','annotations':{%s}");
        String cost = "'controller.kubernetes.io/pod-deletion-cost':'%s'";
        String at = "metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: ";
        assertThat(Findings.of(String.format(pod, String.format(cost, "-7")))).isEmpty();
        for (String wrong : List.of("+1", "01", "2147483648", "a")) {
            assertThat(Findings.of(String.format(pod, String.format(cost, wrong))))
                    .containsExactly(at + "\"" + wrong + "\": must be a 32bit integer");
        }
        String mirror = String.format(pod, "'kubernetes.io/config.mirror':'m'");
        assertThat(Findings.of(mirror))
                .containsExactly("metadata.annotations[kubernetes.io/config.mirror]: Invalid value: \"m\": must set"
                        + " spec.nodeName if mirror pod annotation is set");
    }

    /** Templates may have images with blanks around them, of whatever use that may be. */
    @Test
    void imagesOfTemplates() {
        assertThat(Findings.of("{'apiVersion':'v1','kind':'PodTemplate','metadata':{'name':'t'},'template':{'spec':"
                        + "{'containers':[{'name':'c','image':' a'}]}}}"))
                .isEmpty();
    }

    static Stream<Arguments> statuses() {
        return Stream.of(
                arguments(
                        "'podIPs':[{'ip':'10.0.0.1'},{'ip':'::1'}],'hostIP':'10.0.0.1','hostIPs':[{'ip':'10.0.0.1'}]",
                        List.of()),
                arguments(
                        "'podIPs':[{'ip':'x'}]",
                        List.of("status.podIPs[0]: Invalid value: \"x\": must be a valid IP address, (e.g."
                                + " 10.9.8.7 or 2001:db8::ffff)")),
                arguments(
                        "'podIPs':[{'ip':'10.0.0.1'},{'ip':'10.0.0.2'}]",
                        List.of(
                                "status.podIPs: Invalid value: [{\"ip\":\"10.0.0.1\"},{\"ip\":\"10.0.0.2\"}]: may specify no more"
                                        + " than one IP for each IP family")),
                arguments(
                        "'hostIP':'10.0.0.2','hostIPs':[{'ip':'10.0.0.1'}]",
                        List.of("status.hostIPs[0].ip: Invalid value: \"10.0.0.1\": must be equal to `hostIP`")),
                arguments(
                        "'nominatedNodeName':'Node'",
                        List.of(
                                "status.nominatedNodeName: Invalid value: \"Node\": a lowercase RFC 1123 subdomain must consist of"
                                        + " lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric"
                                        + " character (e.g. 'example.com', regex used for validation is"
                                        + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')")),
                arguments("'conditions':[{'type':'Ready'},{'type':'a.b/c'}]", List.of()),
                arguments(
                        "'conditions':[{'type':''}]",
                        List.of(
                                "metadata.conditions[0].Type: Invalid value: \"\": name part must be non-empty",
                                "metadata.conditions[0].Type: Invalid value: \"\": name part must consist of alphanumeric"
                                        + " characters, '-', '_' or '.', and must start and end with an alphanumeric character"
                                        + " (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is"
                                        + " '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')")),
                arguments(
                        "'resourceClaimStatuses':[{'name':'r'},{'name':'r'},{'name':'s'}]",
                        List.of(
                                "status.resourceClaimStatuses[1].name: Duplicate value: \"r\"",
                                "status.resourceClaimStatuses[2].name: Invalid value: \"s\": must match the name of an entry in"
                                        + " `spec.resourceClaims`")),
                arguments(
                        "'containerStatuses':[{'name':'c','user':{'linux':{'uid':-1,'gid':0,'supplementalGroups':[-3]}}}]",
                        List.of(
                                "status.containerStatuses[0].linux.uid: Invalid value: -1: " + ID,
                                "status.containerStatuses[0].linux.supplementalGroups[0]: Invalid value: -3: " + ID)),
                arguments(
                        "'containerStatuses':[{'name':'c','allocatedResourcesStatus':[{'name':'e.x/gpu','resources':["
                                + "{'resourceID':'1','health':'Healthy'}]},{'name':'claim:r/one'}]}]",
                        List.of()),
                arguments(
                        "'containerStatuses':[{'name':'c','allocatedResourcesStatus':[{'name':'claim:r','resources':["
                                + "{'resourceID':'1','health':'Fine'},{'resourceID':'1','health':'Unknown'}]}]}]",
                        List.of(
                                "status.containerStatuses[0].allocatedResourcesStatus[0].name: Invalid value: \"claim:r\":"
                                        + " must match one of the container's resource claims in a format"
                                        + " 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty",
                                "status.containerStatuses[0].allocatedResourcesStatus[0].resources[0].health: Unsupported"
                                        + " value: \"Fine\": supported values: \"Healthy\", \"Unhealthy\", \"Unknown\"",
                                "status.containerStatuses[0].allocatedResourcesStatus[0].resources[1].resourceID: Duplicate"
                                        + " value: \"1\"")),
                arguments(
                        "'containerStatuses':[{'name':'c','allocatedResourcesStatus':[{'name':'cpu'}]},"
                                + "{'name':'other','allocatedResourcesStatus':[{'name':'cpu'}]}]",
                        List.of(
                                "status.containerStatuses[0].allocatedResourcesStatus[0].name: Invalid value: \"cpu\": must"
                                        + " match one of the container's resource requests")),
                arguments(
                        "'ephemeralContainerStatuses':[{'name':'f','allocatedResourcesStatus':[{'name':'cpu'}]}]",
                        List.of("status.ephemeralContainerStatuses[0].allocatedResourcesStatus: Forbidden: must not be"
                                + " specified in container status")),
                arguments(
                        "'ephemeralContainerStatuses':[{'name':'e','state':{'running':{}}}]",
                        List.of(
                                "status.ephemeralContainerStatuses[0].state: Forbidden: may not be transitioned to non-terminated"
                                        + " state")));
    }

    @ParameterizedTest
    @MethodSource
    void statuses(String status, List<String> findings) {
        String spec = "{'metadata':{'name':'p'},'spec':{'restartPolicy':'Always','resourceClaims':[{'name':'r'}],"
                + "'containers':[{'name':'c','resources':{'requests':{'e.x/gpu':'1'},'claims':[{'name':'r',"
                + "'request':'one'}]}}]},'status':{%s}}";
        ObjectNode old = Golden.tree(String.format(
                spec, "'ephemeralContainerStatuses':[{'name':'e','state':{'terminated':{'exitCode':1}}}]"));
        ObjectNode next = Golden.tree(String.format(spec, status));
        assertThat(Validation.updateStatus(Golden.resource("v1", "Pod"), old, next, ValidationOptions.DEFAULT))
                .extracting(cause -> cause.field() + ": " + cause.message())
                .containsExactlyElementsOf(findings);
    }
}
