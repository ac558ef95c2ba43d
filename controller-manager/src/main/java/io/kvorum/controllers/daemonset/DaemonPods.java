package io.kvorum.controllers.daemonset;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSelectorBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.kvorum.controllers.loop.Timestamps;
import io.kvorum.controllers.pods.NodeFit;
import io.kvorum.controllers.pods.PodControl;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The pods of DaemonSets: how they are made, where they belong. */
final class DaemonPods {
    /** The hash of the template a pod was made after. */
    static final String HASH = "controller-revision-hash";

    private static final String GENERATION = "pod-template-generation";
    private static final String GENERATION_ANNOTATION = "deprecated.daemonset.template.generation";
    private static final String NODE = "node.kubernetes.io/";

    /** The one to keep first: assigned before unassigned, then the oldest. */
    static final Comparator<Pod> KEPT_FIRST = Comparator.<Pod, Boolean>comparing(
                    pod -> pod.getSpec().getNodeName() == null
                            || pod.getSpec().getNodeName().isEmpty())
            .thenComparing(pod -> Timestamps.parse(pod.getMetadata().getCreationTimestamp()))
            .thenComparing(pod -> String.valueOf(pod.getMetadata().getName()));

    private DaemonPods() {}

    /**
     * Where a DaemonSet's pod may be.
     *
     * @param run whether one is to be there
     * @param stay whether one that is there may stay
     */
    record Placement(boolean run, boolean stay) {
        private static final Placement NO = new Placement(false, false);

        static Placement of(DaemonSet daemonSet, Node node) {
            PodSpec spec = daemonSet.getSpec().getTemplate().getSpec();
            @Nullable String name = spec.getNodeName();
            boolean named = name != null && !name.isEmpty();
            if ((named && !node.getMetadata().getName().equals(name)) || !NodeFit.selected(spec, node)) {
                return NO;
            }
            var taints = node.getSpec() == null
                    ? List.<io.fabric8.kubernetes.api.model.Taint>of()
                    : node.getSpec().getTaints();
            List<Toleration> tolerations = tolerations(spec);
            boolean stay = NodeFit.tolerated(taints, tolerations, Set.of("NoExecute"));
            return new Placement(stay && NodeFit.tolerated(taints, tolerations, Set.of("NoSchedule")), stay);
        }
    }

    /** The template's tolerations and those that every daemon has: a sick node needs its daemons all the more. */
    static List<Toleration> tolerations(PodSpec spec) {
        List<Toleration> all = new ArrayList<>(spec.getTolerations());
        addIfAbsent(all, "not-ready", "NoExecute");
        addIfAbsent(all, "unreachable", "NoExecute");
        addIfAbsent(all, "disk-pressure", "NoSchedule");
        addIfAbsent(all, "memory-pressure", "NoSchedule");
        addIfAbsent(all, "pid-pressure", "NoSchedule");
        addIfAbsent(all, "unschedulable", "NoSchedule");
        if (Boolean.TRUE.equals(spec.getHostNetwork())) {
            addIfAbsent(all, "network-unavailable", "NoSchedule");
        }
        return all;
    }

    private static void addIfAbsent(List<Toleration> all, String key, String effect) {
        Toleration added = new TolerationBuilder()
                .withKey(NODE + key)
                .withOperator("Exists")
                .withEffect(effect)
                .build();
        if (!all.contains(added)) {
            all.add(added);
        }
    }

    /** A pod for one node: the scheduler binds it, so its affinity leaves no other choice. */
    static Pod forNode(DaemonSet daemonSet, String hash, String node) {
        Pod pod = PodControl.fromTemplate(daemonSet.getSpec().getTemplate(), daemonSet);
        @Nullable Map<String, String> annotations = daemonSet.getMetadata().getAnnotations();
        @Nullable String generation = annotations == null ? null : annotations.get(GENERATION_ANNOTATION);
        PodBuilder builder = new PodBuilder(pod)
                .editMetadata()
                .addToLabels(HASH, hash)
                .endMetadata()
                .editSpec()
                .withTolerations(tolerations(pod.getSpec()))
                .editOrNewAffinity()
                .editOrNewNodeAffinity()
                .withRequiredDuringSchedulingIgnoredDuringExecution(new NodeSelectorBuilder()
                        .addNewNodeSelectorTerm()
                        .addNewMatchField()
                        .withKey("metadata.name")
                        .withOperator("In")
                        .withValues(node)
                        .endMatchField()
                        .endNodeSelectorTerm()
                        .build())
                .endNodeAffinity()
                .endAffinity()
                .endSpec();
        if (generation != null) {
            builder.editMetadata().addToLabels(GENERATION, generation).endMetadata();
        }
        return builder.build();
    }

    /** The node a pod is on or is meant for; null when it says neither. */
    static @Nullable String nodeOf(Pod pod) {
        @Nullable String bound = pod.getSpec().getNodeName();
        if (bound != null && !bound.isEmpty()) {
            return bound;
        }
        var affinity = pod.getSpec().getAffinity() == null
                ? null
                : pod.getSpec().getAffinity().getNodeAffinity();
        var required = affinity == null ? null : affinity.getRequiredDuringSchedulingIgnoredDuringExecution();
        if (required != null) {
            for (NodeSelectorTerm term : required.getNodeSelectorTerms()) {
                for (NodeSelectorRequirement field : term.getMatchFields()) {
                    if (field.getKey().equals("metadata.name")
                            && field.getValues().size() == 1) {
                        return field.getValues().get(0);
                    }
                }
            }
        }
        return null;
    }

    static boolean updated(Pod pod, String hash) {
        @Nullable Map<String, String> labels = pod.getMetadata().getLabels();
        return labels != null && hash.equals(labels.get(HASH));
    }
}
