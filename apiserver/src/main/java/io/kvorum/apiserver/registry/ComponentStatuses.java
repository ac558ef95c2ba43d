package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** ComponentStatuses, which are stored nowhere: a component is healthy while somebody renews the Lease it leads by. */
final class ComponentStatuses {
    private static final String RESOURCE = "componentstatuses";

    private final WatchCache cache;
    private final Clock clock;

    ComponentStatuses(WatchCache cache, Clock clock) {
        this.cache = cache;
        this.clock = clock;
    }

    static boolean serves(Served served) {
        return served.is("", RESOURCE);
    }

    List<ObjectVersion> all() {
        List<ObjectVersion> all = new ArrayList<>();
        all.add(led("controller-manager", "kube-controller-manager"));
        all.add(status("etcd-0", cache.synced() ? "" : "the watch cache is not synced"));
        all.add(led("scheduler", "kube-scheduler"));
        return all;
    }

    ObjectVersion get(String name) {
        Optional<ObjectVersion> found =
                all().stream().filter(each -> each.path().equals(name)).findFirst();
        return found.orElseThrow(() -> ApiException.notFound("", RESOURCE, name));
    }

    private ObjectVersion led(String name, String lease) {
        ObjectVersion known = cache.of("coordination.k8s.io/leases").get("kube-system/" + lease);
        if (known == null) {
            return status(name, "nobody leads: the Lease kube-system/" + lease + " does not exist");
        }
        JsonNode spec = known.selectable().path("spec");
        Instant end;
        try {
            end = Instant.parse(Tree.text(spec, "renewTime")).plusSeconds(Tree.number(spec, "leaseDurationSeconds"));
        } catch (DateTimeException malformed) {
            return status(name, "the Lease kube-system/" + lease + " has no time of renewal");
        }
        return status(
                name,
                end.isAfter(clock.instant())
                        ? ""
                        : "nobody leads: the Lease kube-system/" + lease + " ran out at " + end);
    }

    private static ObjectVersion status(String name, String error) {
        ObjectNode status = ObjectJson.object();
        status.put("kind", "ComponentStatus").put("apiVersion", "v1");
        status.putObject("metadata").put("name", name).putNull("creationTimestamp");
        ObjectNode condition = status.putArray("conditions").addObject().put("type", "Healthy");
        condition.put("status", error.isEmpty() ? "True" : "False");
        condition.put("message", error.isEmpty() ? "ok" : error);
        if (!error.isEmpty()) {
            condition.put("error", error);
        }
        return new ObjectVersion(name, 0, ObjectJson.encode(status));
    }
}
