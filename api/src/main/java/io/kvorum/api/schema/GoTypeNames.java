package io.kvorum.api.schema;

import java.util.Map;

/**
 * Fields whose Go type is a string with a name of its own, which upstream's type errors show. Fields that are not here
 * are shown as plain strings.
 */
final class GoTypeNames {
    private static final Map<String, String> BY_FIELD = Map.ofEntries(
            Map.entry("Container.imagePullPolicy", "v1.PullPolicy"),
            Map.entry("EphemeralContainer.imagePullPolicy", "v1.PullPolicy"),
            Map.entry("Container.terminationMessagePolicy", "v1.TerminationMessagePolicy"),
            Map.entry("Container.restartPolicy", "v1.ContainerRestartPolicy"),
            Map.entry("ContainerPort.protocol", "v1.Protocol"),
            Map.entry("PodSpec.restartPolicy", "v1.RestartPolicy"),
            Map.entry("PodSpec.dnsPolicy", "v1.DNSPolicy"),
            Map.entry("PodSpec.preemptionPolicy", "v1.PreemptionPolicy"),
            Map.entry("PodStatus.phase", "v1.PodPhase"),
            Map.entry("HTTPGetAction.scheme", "v1.URIScheme"),
            Map.entry("Toleration.operator", "v1.TolerationOperator"),
            Map.entry("Toleration.effect", "v1.TaintEffect"),
            Map.entry("Taint.effect", "v1.TaintEffect"),
            Map.entry("NodeSelectorRequirement.operator", "v1.NodeSelectorOperator"),
            Map.entry("LabelSelectorRequirement.operator", "v1.LabelSelectorOperator"),
            Map.entry("EmptyDirVolumeSource.medium", "v1.StorageMedium"),
            Map.entry("ServicePort.protocol", "v1.Protocol"),
            Map.entry("ServiceSpec.type", "v1.ServiceType"),
            Map.entry("ServiceSpec.sessionAffinity", "v1.ServiceAffinity"),
            Map.entry("Secret.type", "v1.SecretType"),
            Map.entry("PersistentVolumeSpec.persistentVolumeReclaimPolicy", "v1.PersistentVolumeReclaimPolicy"),
            Map.entry("DeploymentStrategy.type", "v1.DeploymentStrategyType"),
            Map.entry("DaemonSetUpdateStrategy.type", "v1.DaemonSetUpdateStrategyType"),
            Map.entry("StatefulSetUpdateStrategy.type", "v1.StatefulSetUpdateStrategyType"),
            Map.entry("StatefulSetSpec.podManagementPolicy", "v1.PodManagementPolicyType"),
            Map.entry("CronJobSpec.concurrencyPolicy", "v1.ConcurrencyPolicy"),
            Map.entry("JobSpec.completionMode", "v1.CompletionMode"),
            Map.entry("EndpointSlice.addressType", "v1.AddressType"),
            Map.entry("ObjectMeta.uid", "types.UID"),
            Map.entry("OwnerReference.uid", "types.UID"));

    private GoTypeNames() {}

    /** @param struct Go name of the type that has the field */
    static String ofString(String struct, String field) {
        return BY_FIELD.getOrDefault(struct + "." + field, "string");
    }
}
