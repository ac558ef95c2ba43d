package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.PodAffinityTermBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.kvorum.scheduler.framework.NodeInfo;
import java.util.Map;

/** Pods and nodes with affinity, spread and priority, for tests. */
public final class Specs {
    private Specs() {}

    /** A node in a zone. */
    public static NodeBuilder zoned(String name, String zone) {
        return new NodeBuilder(Objects.node(name).build())
                .editMetadata()
                .addToLabels("zone", zone)
                .endMetadata();
    }

    public static NodeInfo info(NodeBuilder node, Pod... pods) {
        return Objects.info(node.build(), pods);
    }

    public static PodBuilder labelled(String name, String key, String value) {
        return new PodBuilder(Objects.pod(name).build())
                .editMetadata()
                .withLabels(Map.of(key, value))
                .endMetadata();
    }

    public static LabelSelector select(String key, String value) {
        return new LabelSelectorBuilder().withMatchLabels(Map.of(key, value)).build();
    }

    public static PodAffinityTerm term(String key, String value, String topologyKey) {
        return new PodAffinityTermBuilder()
                .withLabelSelector(select(key, value))
                .withTopologyKey(topologyKey)
                .build();
    }

    /** With required affinity. */
    public static PodBuilder near(PodBuilder pod, PodAffinityTerm... terms) {
        return pod.editSpec()
                .editOrNewAffinity()
                .withNewPodAffinity()
                .withRequiredDuringSchedulingIgnoredDuringExecution(terms)
                .endPodAffinity()
                .endAffinity()
                .endSpec();
    }

    /** With required anti-affinity. */
    public static PodBuilder far(PodBuilder pod, PodAffinityTerm... terms) {
        return pod.editSpec()
                .editOrNewAffinity()
                .withNewPodAntiAffinity()
                .withRequiredDuringSchedulingIgnoredDuringExecution(terms)
                .endPodAntiAffinity()
                .endAffinity()
                .endSpec();
    }

    /** With preferred affinity. */
    public static PodBuilder ratherNear(PodBuilder pod, int weight, PodAffinityTerm term) {
        return pod.editSpec()
                .editOrNewAffinity()
                .editOrNewPodAffinity()
                .addNewPreferredDuringSchedulingIgnoredDuringExecution()
                .withWeight(weight)
                .withPodAffinityTerm(term)
                .endPreferredDuringSchedulingIgnoredDuringExecution()
                .endPodAffinity()
                .endAffinity()
                .endSpec();
    }

    /** With preferred anti-affinity. */
    public static PodBuilder ratherFar(PodBuilder pod, int weight, PodAffinityTerm term) {
        return pod.editSpec()
                .editOrNewAffinity()
                .editOrNewPodAntiAffinity()
                .addNewPreferredDuringSchedulingIgnoredDuringExecution()
                .withWeight(weight)
                .withPodAffinityTerm(term)
                .endPreferredDuringSchedulingIgnoredDuringExecution()
                .endPodAntiAffinity()
                .endAffinity()
                .endSpec();
    }

    /** One that must hold, over pods with the label. */
    public static TopologySpreadConstraint spread(int maxSkew, String topologyKey, String key, String value) {
        return new TopologySpreadConstraintBuilder()
                .withMaxSkew(maxSkew)
                .withTopologyKey(topologyKey)
                .withWhenUnsatisfiable("DoNotSchedule")
                .withLabelSelector(select(key, value))
                .build();
    }

    /** The same constraint, but only wished. */
    public static TopologySpreadConstraint wished(TopologySpreadConstraint constraint) {
        return new TopologySpreadConstraintBuilder(constraint)
                .withWhenUnsatisfiable("ScheduleAnyway")
                .build();
    }

    public static PodBuilder spreading(PodBuilder pod, TopologySpreadConstraint... constraints) {
        return pod.editSpec().withTopologySpreadConstraints(constraints).endSpec();
    }

    public static PodBuilder priority(PodBuilder pod, int priority) {
        return pod.editSpec().withPriority(priority).endSpec();
    }

    public static PodBuilder on(PodBuilder pod, String node) {
        return pod.editSpec().withNodeName(node).endSpec();
    }
}
