package io.kvorum.controllers.daemonset;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.controllers.pods.PodStates;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to do about the pods of a DaemonSet.
 *
 * @param create names of the nodes that are to get a pod
 * @param delete pods that are to go
 * @param ended pods that finished though a daemon never should; they are to go too, failed ones not too often
 */
record DaemonPlan(List<String> create, List<Pod> delete, List<Pod> ended) {
    boolean empty() {
        return create.isEmpty() && delete.isEmpty() && ended.isEmpty();
    }

    /** One pod on every node that is meant, none on the others. */
    static DaemonPlan placement(DaemonView view) {
        DaemonPlan plan = new DaemonPlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Set<String> known = new HashSet<>();
        for (Node node : view.nodes()) {
            known.add(node.getMetadata().getName());
            plan.place(view, node);
        }
        // A pod that waits for a node that is gone will never start; one that runs is the pod collector's affair.
        view.byNode().forEach((node, pods) -> {
            if (!known.contains(node)) {
                pods.stream()
                        .filter(pod -> !PodStates.terminating(pod) && unbound(pod))
                        .forEach(plan.delete::add);
            }
        });
        return plan;
    }

    private static boolean unbound(Pod pod) {
        @Nullable String bound = pod.getSpec().getNodeName();
        return bound == null || bound.isEmpty();
    }

    private void place(DaemonView view, Node node) {
        DaemonPods.Placement placement = DaemonPods.Placement.of(view.daemonSet(), node);
        List<Pod> pods = view.on(node);
        if (placement.run() && pods.isEmpty()) {
            create.add(node.getMetadata().getName());
        } else if (placement.stay()) {
            thin(view, pods);
        } else {
            pods.stream().filter(pod -> !PodStates.terminating(pod)).forEach(delete::add);
        }
    }

    private void thin(DaemonView view, List<Pod> pods) {
        List<Pod> present =
                pods.stream().filter(pod -> !PodStates.terminating(pod)).toList();
        present.stream().filter(PodStates::terminal).forEach(ended::add);
        List<Pod> running = present.stream()
                .filter(pod -> !PodStates.terminal(pod))
                .sorted(DaemonPods.KEPT_FIRST)
                .toList();
        if (running.size() <= 1) {
            return;
        }
        if (view.maxSurge() == 0) {
            delete.addAll(running.subList(1, running.size()));
            return;
        }
        @Nullable Pod fresh = null;
        @Nullable Pod old = null;
        for (Pod pod : running) {
            boolean updated = DaemonPods.updated(pod, view.hash());
            if (updated && fresh == null) {
                fresh = pod;
            } else if (!updated && old == null) {
                old = pod;
            } else {
                delete.add(pod);
            }
        }
        if (fresh != null && old != null && (!PodStates.ready(old) || view.available(fresh))) {
            delete.add(old);
        }
    }

    /** The next step of a rolling update, within what may be unavailable or surge. */
    static DaemonPlan rollout(DaemonView view) {
        return view.maxSurge() == 0 ? replacing(view) : surging(view);
    }

    /** The pods on one node; {@code settled} is false while one is leaving or there are two of the same age. */
    private record OnNode(@Nullable Pod fresh, @Nullable Pod old, boolean settled) {
        static OnNode of(DaemonView view, Node node) {
            @Nullable Pod fresh = null;
            @Nullable Pod old = null;
            for (Pod pod : view.on(node)) {
                boolean updated = DaemonPods.updated(pod, view.hash());
                if (PodStates.terminating(pod) || (updated ? fresh != null : old != null)) {
                    return new OnNode(null, null, false);
                }
                if (updated) {
                    fresh = pod;
                } else {
                    old = pod;
                }
            }
            return new OnNode(fresh, old, true);
        }
    }

    private static List<Node> meant(DaemonView view) {
        return view.nodes().stream()
                .filter(node -> DaemonPods.Placement.of(view.daemonSet(), node).run()
                        || !view.on(node).isEmpty())
                .toList();
    }

    private static DaemonPlan replacing(DaemonView view) {
        List<Pod> leaving = new ArrayList<>();
        List<Pod> candidates = new ArrayList<>();
        int unavailable = 0;
        for (Node node : meant(view)) {
            OnNode pods = OnNode.of(view, node);
            if (pods.fresh == null && pods.old == null) {
                unavailable++;
            } else if (pods.fresh != null) {
                unavailable += view.available(pods.fresh) ? 0 : 1;
            } else if (pods.old != null && !view.available(pods.old)) {
                // It is not of use as it is, so its replacement takes nothing away.
                leaving.add(pods.old);
                unavailable++;
            } else if (pods.old != null) {
                candidates.add(pods.old);
            }
        }
        int more = Math.max(0, Math.min(view.maxUnavailable() - unavailable, candidates.size()));
        leaving.addAll(candidates.subList(0, more));
        return new DaemonPlan(List.of(), leaving, List.of());
    }

    private static DaemonPlan surging(DaemonView view) {
        List<Pod> replaced = new ArrayList<>();
        List<String> allowed = new ArrayList<>();
        List<String> candidates = new ArrayList<>();
        int surging = 0;
        for (Node node : meant(view)) {
            OnNode pods = OnNode.of(view, node);
            if (!pods.settled) {
                surging++;
            } else if (pods.old != null && pods.fresh == null) {
                (view.available(pods.old) ? candidates : allowed)
                        .add(node.getMetadata().getName());
            } else if (pods.old != null && pods.fresh != null) {
                if (view.available(pods.fresh)) {
                    replaced.add(pods.old);
                } else {
                    surging++;
                }
            }
        }
        int more = Math.max(0, Math.min(view.maxSurge() - surging, candidates.size()));
        allowed.addAll(candidates.subList(0, more));
        return new DaemonPlan(allowed, replaced, List.of());
    }
}
