package io.kvorum.controllers.quota;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.quota.Evaluator;
import io.kvorum.api.quota.QuotaScopes;
import io.kvorum.api.quota.Usage;
import io.kvorum.client.ApiClient;
import io.kvorum.client.Timers;
import io.kvorum.controllers.loop.ResourceWatch;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * What the objects of one resource count for, by namespace. Keeps whole only what a scope looks at. Belongs to one context.
 */
final class UsageMonitor implements ResourceWatch.Sink {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String groupResource;
    private final Evaluator evaluator;
    private final Clock clock;
    private final BiConsumer<String, String> changed;
    private final ResourceWatch watch;
    private final Future<Void> ready;
    private final Map<String, Counted> objects = new HashMap<>();
    private final Map<String, Map<String, Counted>> byNamespace = new HashMap<>();

    /** One object. Pods' time to be forgotten comes without an event, so they are counted when they are asked for. */
    private record Counted(String namespace, JsonNode object, Usage usage) {}

    /** @param changed told of namespace and resource when what is used there is no longer what it was */
    UsageMonitor(
            ApiClient client, ResourceInfo resource, Clock clock, Timers timers, BiConsumer<String, String> changed) {
        this.groupResource = resource.groupResource();
        this.evaluator = Evaluator.of(groupResource);
        this.clock = clock;
        this.changed = changed;
        watch = new ResourceWatch(client, resource, this, timers);
        ready = watch.start();
    }

    /** Completes when all is counted that was there at the beginning. */
    Future<Void> ready() {
        return ready;
    }

    boolean running() {
        return watch.running();
    }

    void stop() {
        watch.stop();
    }

    /** What is used of some names in a namespace by the objects that a quota is about. */
    Usage used(JsonNode quota, String namespace, Set<String> names) {
        Usage sum = new Usage();
        for (Counted each : byNamespace.getOrDefault(namespace, Map.of()).values()) {
            if (QuotaScopes.matches(quota, groupResource, each.object())) {
                Usage now =
                        groupResource.equals("pods") ? evaluator.usage(each.object(), clock.instant()) : each.usage();
                names.forEach(name -> sum.add(name, now.of(name)));
            }
        }
        return sum;
    }

    @Override
    public void observed(GenericKubernetesResource object) {
        String namespace = Objects.requireNonNullElse(object.getMetadata().getNamespace(), "");
        JsonNode tree = JSON.valueToTree(object);
        Usage usage = evaluator.usage(tree, clock.instant());
        boolean whole = groupResource.equals("pods") || groupResource.equals("persistentvolumeclaims");
        Counted now = new Counted(namespace, whole ? tree : JSON.createObjectNode(), usage);
        String uid = object.getMetadata().getUid();
        Counted before = objects.put(uid, now);
        byNamespace.computeIfAbsent(namespace, any -> new HashMap<>()).put(uid, now);
        if (before == null
                || !before.usage().equals(usage)
                || QuotaScopes.changes(groupResource, before.object(), now.object())) {
            changed.accept(namespace, groupResource);
        }
    }

    @Override
    public void gone(String uid) {
        Counted before = objects.remove(uid);
        if (before != null) {
            Map<String, Counted> there = byNamespace.getOrDefault(before.namespace(), Map.of());
            there.remove(uid);
            if (there.isEmpty()) {
                byNamespace.remove(before.namespace());
            }
            changed.accept(before.namespace(), groupResource);
        }
    }
}
