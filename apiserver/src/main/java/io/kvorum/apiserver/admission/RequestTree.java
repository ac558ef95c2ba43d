package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.request.User;

/** A write as policies and webhooks are told of it: an {@code AdmissionRequest} without its objects. */
public final class RequestTree {
    private RequestTree() {}

    /** @param as the version the objects are shown in */
    public static ObjectNode of(Admission.Attempt attempt, ResourceInfo as) {
        ResourceInfo spoken = attempt.passage().spoken();
        ObjectNode request = Tree.newObject();
        kind(request.putObject("kind"), as, attempt.subresource());
        resource(request.putObject("resource"), as);
        put(request, "subResource", attempt.subresource());
        kind(request.putObject("requestKind"), spoken, attempt.subresource());
        resource(request.putObject("requestResource"), spoken);
        put(request, "requestSubResource", attempt.subresource());
        put(request, "name", attempt.name());
        put(request, "namespace", namespace(attempt));
        request.put("operation", attempt.operation().name());
        user(request.putObject("userInfo"), attempt.user());
        request.put("dryRun", attempt.dryRun());
        options(request, attempt);
        return request;
    }

    /** A namespace is in itself. */
    private static String namespace(Admission.Attempt attempt) {
        return attempt.info().groupResource().equals("namespaces") ? attempt.name() : attempt.namespace();
    }

    private static void put(ObjectNode tree, String field, String value) {
        if (!value.isEmpty()) {
            tree.put(field, value);
        }
    }

    /** Some subresources speak a kind of their own. */
    private static void kind(ObjectNode tree, ResourceInfo info, String subresource) {
        for (ResourceInfo.Subresource each : info.subresources()) {
            if (each.name().equals(subresource)) {
                boolean elsewhere = !each.version().isEmpty();
                tree.put("group", elsewhere ? each.group() : info.group())
                        .put("version", elsewhere ? each.version() : info.version())
                        .put("kind", each.kind());
                return;
            }
        }
        tree.put("group", info.group()).put("version", info.version()).put("kind", info.kind());
    }

    private static void resource(ObjectNode tree, ResourceInfo info) {
        tree.put("group", info.group()).put("version", info.version()).put("resource", info.resource());
    }

    private static void user(ObjectNode who, User user) {
        put(who, "username", user.name());
        put(who, "uid", user.uid());
        if (!user.groups().isEmpty()) {
            ArrayNode groups = who.putArray("groups");
            user.groups().forEach(groups::add);
        }
        if (!user.extra().isEmpty()) {
            ObjectNode extra = who.putObject("extra");
            user.extra().forEach((key, all) -> {
                ArrayNode list = extra.putArray(key);
                all.forEach(list::add);
            });
        }
    }

    private static void options(ObjectNode request, Admission.Attempt attempt) {
        String kind = switch (attempt.operation()) {
            case CREATE -> "CreateOptions";
            case UPDATE -> "UpdateOptions";
            case DELETE -> "DeleteOptions";
            case CONNECT -> "";
        };
        if (kind.isEmpty()) {
            return;
        }
        ObjectNode options = request.putObject("options");
        options.put("kind", kind).put("apiVersion", "meta.k8s.io/v1");
        attempt.passage().options().properties().forEach(each -> options.set(each.getKey(), each.getValue()));
    }
}
