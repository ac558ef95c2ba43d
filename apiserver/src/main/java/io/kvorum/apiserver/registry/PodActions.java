package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.StatusJson;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/** {@code pods/binding}. */
final class PodActions {
    private final Transactions transactions;
    private final ObjectMetadata metadata;
    private final ActionAdmission admission;

    PodActions(Transactions transactions, ObjectMetadata metadata, ActionAdmission admission) {
        this.admission = admission;
        this.transactions = transactions;
        this.metadata = metadata;
    }

    /** Binds a pod to a node, once. */
    Future<ApiResponse> bind(Served pods, RequestInfo info, ApiRequest request, User user) {
        WriteOptions options = WriteOptions.of(request, "CreateOptions");
        ObjectNode binding =
                Bodies.decode("v1", "Binding", request, options.validation()).object();
        String name = info.name().isEmpty() ? Tree.text(binding, "metadata", "name") : info.name();
        Writer writer = new Writer(user, options, request);
        return admission
                .created(pods, "binding", info.namespace(), name, binding, writer)
                .compose(admitted -> {
                    String node = target(binding, name);
                    return transactions.update(
                            pods,
                            pods.path(info.namespace(), name),
                            options.dryRun(),
                            current -> Future.succeededFuture(bound(current, name, node, binding)));
                })
                .map(outcome -> writer.warned(created(), List.of()));
    }

    /** The node that a binding names; 422 when it names none. */
    private static String target(ObjectNode binding, String name) {
        String node = Tree.text(binding, "target", "name");
        String kind = Tree.text(binding, "target", "kind");
        if (!kind.isEmpty() && !kind.equals("Node")) {
            throw ApiException.invalid(
                    "",
                    "Binding",
                    name,
                    List.of(new ApiException.Cause(
                            "FieldValueNotSupported",
                            "Unsupported value: \"" + kind + "\": supported values: \"Node\", \"<empty>\"",
                            "target.kind")));
        }
        if (node.isEmpty()) {
            throw ApiException.invalid(
                    "",
                    "Binding",
                    name,
                    List.of(new ApiException.Cause("FieldValueRequired", "Required value", "target.name")));
        }
        return node;
    }

    private Change bound(ObjectVersion current, String name, String node, ObjectNode binding) {
        ObjectNode pod = current.tree();
        String uid = Tree.text(binding, "metadata", "uid");
        if (!uid.isEmpty() && !uid.equals(Tree.text(pod, "metadata", "uid"))) {
            throw ApiException.conflict(
                    "",
                    "pods/binding",
                    name,
                    "Precondition failed: UID in precondition: " + uid + ", UID in object meta: "
                            + Tree.text(pod, "metadata", "uid"));
        }
        String version = Tree.text(binding, "metadata", "resourceVersion");
        if (!version.isEmpty() && !version.equals(Long.toString(current.revision()))) {
            throw ApiException.conflict(
                    "",
                    "pods/binding",
                    name,
                    "Precondition failed: ResourceVersion in precondition: " + version
                            + ", ResourceVersion in object meta: " + current.revision());
        }
        if (Tree.has(pod.get("metadata"), "deletionTimestamp")) {
            throw ApiException.conflict(
                    "", "pods/binding", name, "pod " + name + " is being deleted, cannot be assigned to a host");
        }
        String assigned = Tree.text(pod, "spec", "nodeName");
        if (!assigned.isEmpty()) {
            throw ApiException.conflict(
                    "", "pods/binding", name, "pod " + name + " is already assigned to node \"" + assigned + "\"");
        }
        if (!Tree.items(pod, "spec", "schedulingGates").isEmpty()) {
            throw ApiException.conflict(
                    "", "pods/binding", name, "pod " + name + " has non-empty .spec.schedulingGates");
        }
        Tree.ensureObject(pod, "spec").put("nodeName", node);
        ObjectNode meta = Tree.ensureObject(pod, "metadata");
        if (Tree.number(meta, "generation") > 0) {
            meta.put("generation", Tree.number(meta, "generation") + 1);
        }
        for (Map.Entry<String, String> entry :
                Tree.map(binding, "metadata", "annotations").entrySet()) {
            Tree.ensureObject(meta, "annotations").put(entry.getKey(), entry.getValue());
        }
        Tree.map(binding, "metadata", "labels")
                .forEach((key, value) -> Tree.setDefault(Tree.ensureObject(meta, "labels"), key, value));
        setScheduled(pod);
        return new Change.Put(pod, Attachment.NONE);
    }

    private void setScheduled(ObjectNode pod) {
        ObjectNode status = Tree.ensureObject(pod, "status");
        // A promise that is kept, or that the pod no longer needs.
        status.remove("nominatedNodeName");
        ObjectNode condition = null;
        for (ObjectNode known : Tree.objects(status, "conditions")) {
            if (Tree.text(known, "type").equals("PodScheduled")) {
                condition = known;
            }
        }
        if (condition == null) {
            condition = Tree.ensureArray(status, "conditions").addObject();
        }
        condition.removeAll();
        condition.put("type", "PodScheduled");
        condition.put("status", "True");
        condition.putNull("lastProbeTime");
        condition.put("lastTransitionTime", metadata.now());
    }

    /** The Status of an action that made no object of its own. */
    static ApiResponse created() {
        ObjectNode status = StatusJson.success(new ApiException.Details("", "", "", "", List.of(), 0));
        status.remove("details");
        status.put("code", 201);
        return ApiResponse.json(201, ObjectJson.encode(status));
    }
}
