package io.kvorum.scheduler;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.client.Informers;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.scheduler.framework.AlteredView;
import io.kvorum.scheduler.framework.ClusterView;
import io.kvorum.scheduler.framework.Code;
import io.kvorum.scheduler.framework.Explanation;
import io.kvorum.scheduler.framework.FitError;
import io.kvorum.scheduler.framework.Framework;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.Preemption;
import io.kvorum.scheduler.queue.SchedulingQueue;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers why a pod is where it is, or would go where: a dry run of the real plugins over what this instance knows of
 * the cluster, which changes nothing. A pod that is on a node is taken off it for the run.
 */
public final class Explainer {
    private final String scheduler;
    private final Framework framework;
    private final ClusterView view;
    private final SchedulingQueue queue;
    private final DecisionLog decisions;
    private final Lister<Pod> pods;

    Explainer(
            String scheduler,
            Framework framework,
            ClusterView view,
            SchedulingQueue queue,
            DecisionLog decisions,
            Informers informers) {
        this.scheduler = scheduler;
        this.framework = framework;
        this.view = view;
        this.queue = queue;
        this.decisions = decisions;
        this.pods = informers.of(Pod.class).lister();
    }

    /**
     * The answer of the control command {@code explain}: {@code pod}, {@code scheduler}, {@code nodes}, {@code result},
     * {@code preemption}, {@code queue}, {@code lastDecision}, {@code notes}.
     *
     * @throws IllegalArgumentException when there is no such pod
     */
    public ObjectNode explain(String namespace, String name) {
        @Nullable Pod pod = pods.get(new ObjectKey(namespace, name));
        if (pod == null) {
            throw new IllegalArgumentException("pods \"" + name + "\" not found in namespace \"" + namespace + "\"");
        }
        PodInfo info = PodInfo.of(pod);
        boolean bound = PodStates.assigned(pod);
        String node = bound ? pod.getSpec().getNodeName() : "";
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        describe(answer.putObject("pod"), pod, info, node);
        answer.putObject("scheduler").put("name", scheduler);
        notes(answer.putArray("notes"), pod, node);
        Explanation explanation = bound
                ? framework.explain(freed(pod), AlteredView.without(info.key(), node, view))
                : framework.explain(info, view);
        nodes(answer.putArray("nodes"), explanation, node);
        ArrayNode skipped = answer.putArray("filtersWithoutSay");
        explanation.skipped().stream().sorted().forEach(skipped::add);
        result(answer, explanation);
        queued(answer, info.key());
        last(answer, info);
        return answer;
    }

    /** The pod as it was before it had a node. */
    private static PodInfo freed(Pod pod) {
        return PodInfo.of(pod.edit().editSpec().withNodeName(null).endSpec().build());
    }

    private void describe(ObjectNode out, Pod pod, PodInfo info, String node) {
        out.put("namespace", info.key().namespace())
                .put("name", info.key().name())
                .put("uid", pod.getMetadata().getUid())
                .put("phase", pod.getStatus() == null ? "" : pod.getStatus().getPhase())
                .put("schedulerName", pod.getSpec().getSchedulerName())
                .put("priority", info.priority());
        if (!node.isEmpty()) {
            out.put("node", node);
        }
        String promised = view.nominatedNode(info);
        if (!promised.isEmpty()) {
            out.put("nominatedNode", promised);
        }
    }

    private void notes(ArrayNode notes, Pod pod, String node) {
        if (!node.isEmpty()) {
            notes.add("the pod is bound to " + node
                    + "; the answer is simulated as if it were not, in the cluster as it is now");
        }
        if (PodStates.finished(pod)) {
            notes.add("the pod has ended (" + pod.getStatus().getPhase() + ") and takes no part in scheduling");
        } else if (pod.getMetadata().getDeletionTimestamp() != null) {
            notes.add("the pod is being deleted and is not scheduled any more");
        }
        if (PodStates.gated(pod)) {
            List<String> gates = pod.getSpec().getSchedulingGates().stream()
                    .map(gate -> gate.getName())
                    .toList();
            notes.add("the pod is held back by scheduling gates: " + String.join(", ", gates)
                    + "; it is not tried before they are removed");
        }
        if (!scheduler.equals(pod.getSpec().getSchedulerName())) {
            notes.add("the pod asks for the scheduler \"" + pod.getSpec().getSchedulerName() + "\"; this is what \""
                    + scheduler + "\" would do with it");
        }
    }

    private static void nodes(ArrayNode out, Explanation explanation, String bound) {
        for (Explanation.NodeResult result : explanation.nodes()) {
            ObjectNode node = out.addObject().put("name", result.node());
            if (result.rejection() != null) {
                node.put("fits", false).put("plugin", result.rejection().plugin());
                ArrayNode reasons = node.putArray("reasons");
                result.rejection().status().reasons().forEach(reasons::add);
                node.put("preemptionMightHelp", result.rejection().status().code() == Code.UNSCHEDULABLE);
            } else {
                node.put("fits", true).put("total", result.total());
                ArrayNode scores = node.putArray("scores");
                for (Explanation.PluginScore score : result.scores()) {
                    scores.addObject()
                            .put("plugin", score.plugin())
                            .put("raw", score.raw())
                            .put("normalized", score.normalized())
                            .put("weight", score.weight())
                            .put("weighted", score.weighted());
                }
            }
            if (result.node().equals(bound)) {
                node.put("bound", true);
            }
        }
    }

    private static void result(ObjectNode answer, Explanation explanation) {
        ObjectNode result = answer.putObject("result");
        @Nullable FitError error = explanation.error();
        if (explanation.node() != null) {
            result.put("node", explanation.node());
            ArrayNode best = result.putArray("equallyGood");
            explanation.best().forEach(best::add);
        }
        if (error == null) {
            return;
        }
        result.put("message", error.message());
        Preemption preemption = error.preemption();
        ObjectNode room = answer.putObject("preemption");
        if (preemption.chosen() != null) {
            room.put("node", preemption.chosen().node());
        }
        ArrayNode candidates = room.putArray("candidates");
        for (Preemption.Candidate candidate : preemption.candidates()) {
            ObjectNode one = candidates
                    .addObject()
                    .put("node", candidate.node())
                    .put("budgetViolations", candidate.violations());
            ArrayNode victims = one.putArray("victims");
            for (PodInfo victim : candidate.victims()) {
                victims.addObject()
                        .put("namespace", victim.key().namespace())
                        .put("name", victim.key().name())
                        .put("priority", victim.priority());
            }
        }
        ArrayNode helpless = room.putArray("notHelpful");
        preemption
                .helpless()
                .forEach(
                        (node, reason) -> helpless.addObject().put("node", node).put("reason", reason));
        room.put("message", preemption.message());
    }

    private void queued(ObjectNode answer, ObjectKey key) {
        SchedulingQueue.@Nullable Entry entry = queue.find(key);
        if (entry != null) {
            ObjectNode queued =
                    answer.putObject("queue").put("place", entry.place()).put("attempts", entry.attempts());
            ArrayNode waiting = queued.putArray("waitsForEventsOf");
            entry.rejectedBy().stream().sorted().forEach(waiting::add);
        }
    }

    private void last(ObjectNode answer, PodInfo pod) {
        DecisionLog.@Nullable Decided last =
                decisions.get(pod.key(), pod.pod().getMetadata().getUid());
        if (last == null) {
            return;
        }
        ObjectNode out = answer.putObject("lastDecision")
                .put("time", last.time().truncatedTo(ChronoUnit.MILLIS).toString())
                .put("attempt", last.attempt());
        if (last.node().isEmpty()) {
            out.put("message", last.message());
        } else {
            out.put("node", last.node());
        }
        if (!last.nominated().isEmpty()) {
            out.put("nominatedNode", last.nominated());
        }
    }
}
