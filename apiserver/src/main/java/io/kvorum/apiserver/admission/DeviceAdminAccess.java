package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.vertx.core.Future;
import java.util.List;

/** Lets devices be asked for with administrative access only in namespaces whose label allows it (KEP-5018). */
public final class DeviceAdminAccess implements Admission {
    private static final String LABEL = "resource.kubernetes.io/admin-access";

    private final WatchCache cache;

    public DeviceAdminAccess(WatchCache cache) {
        this.cache = cache;
    }

    @Override
    public Future<Void> validate(Attempt attempt) {
        ObjectNode object = attempt.object();
        if (object == null || !attempt.info().group().equals("resource.k8s.io")) {
            return Future.succeededFuture();
        }
        String path = asked(attempt, object);
        if (path.isEmpty() || allowed(attempt.namespace())) {
            return Future.succeededFuture();
        }
        ApiException.Cause cause = new ApiException.Cause(
                "FieldValueForbidden",
                "Forbidden: admin access to devices requires the `" + LABEL
                        + ": true` label on the containing namespace",
                path);
        return Future.failedFuture(
                ApiException.invalid(attempt.info().group(), attempt.info().kind(), attempt.name(), List.of(cause)));
    }

    private boolean allowed(String namespace) {
        ObjectVersion found = cache.of("core/namespaces").get(namespace);
        return found != null
                && Tree.text(found.selectable(), "metadata", "labels", LABEL).equals("true");
    }

    /** The field that asks for it first; empty when none does. Specs never change, and allocations do not either. */
    private static String asked(Attempt attempt, ObjectNode object) {
        boolean created = attempt.old() == null && attempt.subresource().isEmpty();
        switch (attempt.info().resource()) {
            case "resourceclaims" -> {
                if (created) {
                    return first(Tree.items(object, "spec", "devices", "requests"), "spec.devices.requests");
                }
                List<JsonNode> before = Tree.items(attempt.old(), "status", "allocation", "devices", "results");
                boolean granted = before.stream().anyMatch(result -> Tree.flag(result, "adminAccess"));
                return granted || !attempt.subresource().equals("status")
                        ? ""
                        : first(
                                Tree.items(object, "status", "allocation", "devices", "results"),
                                "status.allocation.devices.results");
            }
            case "resourceclaimtemplates" -> {
                return created
                        ? first(Tree.items(object, "spec", "spec", "devices", "requests"), "spec.devices.requests")
                        : "";
            }
            default -> {
                return "";
            }
        }
    }

    private static String first(List<JsonNode> items, String path) {
        for (int i = 0; i < items.size(); i++) {
            if (Tree.flag(items.get(i), "adminAccess") || Tree.flag(items.get(i), "exactly", "adminAccess")) {
                return path + "[" + i + "].adminAccess";
            }
        }
        return "";
    }
}
