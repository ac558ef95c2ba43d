package io.kvorum.apiserver.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A kubelet writes only to what belongs to its node: its Node without other labels than its own, the pods bound to it,
 * its Lease and CSINode, and tokens bound to a pod of the node.
 */
public final class NodeRestriction implements Admission {
    private static final String RESTRICTED_PREFIX = "node-restriction.kubernetes.io/";
    private static final Set<String> KUBELET_LABELS = Set.of(
            "kubernetes.io/hostname",
            "kubernetes.io/arch",
            "kubernetes.io/os",
            "topology.kubernetes.io/zone",
            "topology.kubernetes.io/region",
            "failure-domain.beta.kubernetes.io/zone",
            "failure-domain.beta.kubernetes.io/region",
            "node.kubernetes.io/instance-type",
            "beta.kubernetes.io/instance-type",
            "beta.kubernetes.io/os",
            "beta.kubernetes.io/arch",
            "node.kubernetes.io/windows-build");

    private final WatchCache cache;

    public NodeRestriction(WatchCache cache) {
        this.cache = cache;
    }

    @Override
    public boolean seesActions() {
        return true;
    }

    @Override
    public Future<Void> validate(Attempt attempt) {
        String node = attempt.user().nodeName();
        if (node.isEmpty()) {
            return Future.succeededFuture();
        }
        boolean unknownPod = attempt.operation() == Operation.DELETE
                && attempt.info().group().isEmpty()
                && attempt.info().resource().equals("pods")
                && cache.of("core/pods").get(attempt.namespace() + "/" + attempt.name()) == null;
        // One just made through another API server must not pass because it is not known here yet.
        return unknownPod ? cache.fresh().compose(fresh -> judged(attempt, node)) : judged(attempt, node);
    }

    private Future<Void> judged(Attempt attempt, String node) {
        String why = switch (attempt.info().group() + "/" + attempt.info().resource()) {
            case "/pods" -> pod(attempt, node);
            case "/nodes" -> node(attempt, node);
            case "/serviceaccounts" -> attempt.subresource().equals("token") ? token(attempt, node) : null;
            case "coordination.k8s.io/leases" -> lease(attempt, node);
            case "storage.k8s.io/csinodes" ->
                attempt.name().equals(node)
                        ? null
                        : "can only access CSINode with the same name as the requesting node";
            default -> null;
        };
        return why == null ? Future.succeededFuture() : Future.failedFuture(refused(attempt, why));
    }

    private static ApiException refused(Attempt attempt, String why) {
        return ApiException.forbidden(attempt.info().group(), attempt.info().resource(), attempt.name(), why);
    }

    // ---- pods

    private @Nullable String pod(Attempt attempt, String node) {
        return switch (attempt.subresource()) {
            case "" -> attempt.operation() == Operation.CREATE ? creation(attempt, node) : deletion(attempt, node);
            case "status" -> status(attempt, node);
            case "eviction" -> onNode(attempt, node, "evict");
            default ->
                "unexpected pod subresource \"" + attempt.subresource()
                        + "\", only 'status' and 'eviction' are allowed";
        };
    }

    private static @Nullable String creation(Attempt attempt, String node) {
        ObjectNode pod = attempt.object();
        if (pod == null) {
            return null;
        }
        if (!Tree.at(pod, "metadata", "annotations").has("kubernetes.io/config.mirror")) {
            return "pod does not have \"kubernetes.io/config.mirror\" annotation, node \"" + node
                    + "\" can only create mirror pods";
        }
        if (!Tree.text(pod, "spec", "nodeName").equals(node)) {
            return "node \"" + node + "\" can only create pods with spec.nodeName set to itself";
        }
        if (!Tree.text(pod, "spec", "serviceAccountName").isEmpty()) {
            return "node \"" + node + "\" can not create pods that reference a service account";
        }
        return PodReferences.of(pod).isEmpty()
                ? null
                : "node \"" + node + "\" can not create pods that reference secrets, configmaps or volume claims";
    }

    private @Nullable String deletion(Attempt attempt, String node) {
        return attempt.operation() == Operation.DELETE
                ? onNode(attempt, node, "delete")
                : "node \"" + node + "\" cannot update pods";
    }

    private @Nullable String onNode(Attempt attempt, String node, String verb) {
        ObjectVersion pod = cache.of("core/pods").get(attempt.namespace() + "/" + attempt.name());
        // One that is not there is answered with 404 further on.
        return pod == null || Tree.text(pod.selectable(), "spec", "nodeName").equals(node)
                ? null
                : "node \"" + node + "\" can only " + verb + " pods with spec.nodeName set to itself";
    }

    private static @Nullable String status(Attempt attempt, String node) {
        if (!Tree.text(attempt.old(), "spec", "nodeName").equals(node)) {
            return "node \"" + node + "\" can only update pod status for pods with spec.nodeName set to itself";
        }
        return Tree.map(attempt.old(), "metadata", "labels").equals(Tree.map(attempt.object(), "metadata", "labels"))
                ? null
                : "node \"" + node + "\" cannot update labels through pod status";
    }

    // ---- nodes

    private static @Nullable String node(Attempt attempt, String node) {
        if (!attempt.name().equals(node)) {
            return "node \"" + node + "\" is not allowed to modify node \"" + attempt.name() + "\"";
        }
        ObjectNode next = attempt.object();
        if (next == null) {
            return "node \"" + node + "\" is not allowed to delete itself";
        }
        ObjectNode old = attempt.old();
        if (Tree.has(next.path("spec"), "configSource")
                && !Tree.semanticallyEqual(
                        Tree.at(old, "spec", "configSource"), Tree.at(next, "spec", "configSource"))) {
            return "node \"" + node + "\" is not allowed to update configSource to a new non-nil configSource";
        }
        if (old != null && !Tree.semanticallyEqual(taints(old), taints(next))) {
            return "node \"" + node + "\" is not allowed to modify taints";
        }
        Set<String> foreign = foreignLabels(old, next);
        return foreign.isEmpty()
                ? null
                : "node \"" + node + "\" is not allowed to " + (old == null ? "set" : "modify")
                        + " the following labels on itself: " + String.join(", ", foreign);
    }

    private static JsonNode taints(JsonNode node) {
        return Tree.at(node, "spec", "taints");
    }

    /** Labels of Kubernetes' own that were changed and are not for kubelets to set. */
    private static Set<String> foreignLabels(@Nullable ObjectNode old, ObjectNode next) {
        Map<String, String> before = Tree.map(old, "metadata", "labels");
        Map<String, String> after = Tree.map(next, "metadata", "labels");
        TreeSet<String> changed = new TreeSet<>();
        for (String label : after.keySet()) {
            if (!after.get(label).equals(before.get(label))) {
                changed.add(label);
            }
        }
        before.keySet().stream().filter(label -> !after.containsKey(label)).forEach(changed::add);
        changed.removeIf(label -> !restricted(label));
        return changed;
    }

    private static boolean restricted(String label) {
        int slash = label.indexOf('/');
        String domain = slash < 0 ? "" : label.substring(0, slash);
        boolean kubernetes = domain.equals("kubernetes.io")
                || domain.endsWith(".kubernetes.io")
                || domain.equals("k8s.io")
                || domain.endsWith(".k8s.io");
        boolean own = KUBELET_LABELS.contains(label)
                || domain.equals("kubelet.kubernetes.io")
                || domain.endsWith(".kubelet.kubernetes.io")
                || domain.equals("node.kubernetes.io")
                || domain.endsWith(".node.kubernetes.io");
        return label.startsWith(RESTRICTED_PREFIX) || kubernetes && !own;
    }

    // ---- leases and tokens

    private static @Nullable String lease(Attempt attempt, String node) {
        if (!attempt.namespace().equals("kube-node-lease")) {
            return "can only access leases in the \"kube-node-lease\" system namespace";
        }
        return attempt.name().equals(node)
                ? null
                : "can only access node lease with the same name as the requesting node";
    }

    private @Nullable String token(Attempt attempt, String node) {
        JsonNode bound = Tree.at(attempt.object(), "spec", "boundObjectRef");
        boolean pod = Tree.text(bound, "kind").equals("Pod")
                && Tree.text(bound, "apiVersion").equals("v1");
        if (!pod || Tree.text(bound, "name").isEmpty()) {
            return "node requested token not bound to a pod";
        }
        String uid = Tree.text(bound, "uid");
        if (uid.isEmpty()) {
            return "node requested token with a pod binding without a uid";
        }
        ObjectVersion found = cache.of("core/pods").get(attempt.namespace() + "/" + Tree.text(bound, "name"));
        if (found == null) {
            return "pod not found";
        }
        JsonNode tree = found.selectable();
        if (!uid.equals(Tree.text(tree, "metadata", "uid"))) {
            return "the UID in the bound object reference (" + uid + ") does not match the UID in record";
        }
        if (!Tree.text(tree, "spec", "nodeName").equals(node)) {
            return "node requested token bound to a pod scheduled on a different node";
        }
        return Tree.text(tree, "spec", "serviceAccountName").equals(attempt.name())
                ? null
                : "node requested token for a service account its pod does not use";
    }
}
