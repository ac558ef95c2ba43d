package io.kvorum.apiserver.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The webhooks of one kind of configuration, in the order they are asked. Belongs to the event loop. */
final class Webhooks {
    private final WatchCache cache;
    private final String configurations;
    private final HookClient client;
    private final Map<String, Compiled> compiled = new HashMap<>();

    private record Compiled(long revision, List<Webhook> webhooks) {}

    /** @param configurations the cache's name of the kind */
    Webhooks(WatchCache cache, String configurations, HookClient client) {
        this.cache = cache;
        this.configurations = configurations;
        this.client = client;
    }

    /** By the names of the configurations, then as they are listed. */
    List<Webhook> all() {
        Collection<ObjectVersion> present = cache.of(configurations).list("");
        List<ObjectVersion> sorted = new ArrayList<>(present);
        sorted.sort(Comparator.comparing(ObjectVersion::name));
        List<Webhook> all = new ArrayList<>();
        sorted.forEach(configuration -> all.addAll(webhooks(configuration)));
        if (compiled.size() > sorted.size()) {
            forget(sorted.stream().map(ObjectVersion::name).collect(Collectors.toSet()));
        }
        return all;
    }

    private void forget(Set<String> present) {
        compiled.entrySet().removeIf(entry -> {
            boolean gone = !present.contains(entry.getKey());
            if (gone) {
                release(entry.getValue(), List.of());
            }
            return gone;
        });
    }

    /** Lets go of the connections to those that are no more. */
    private void release(@Nullable Compiled before, List<Webhook> now) {
        if (before == null) {
            return;
        }
        Set<String> kept = now.stream().map(Webhook::id).collect(Collectors.toSet());
        for (Webhook webhook : before.webhooks()) {
            if (!kept.contains(webhook.id())) {
                client.release(webhook.id());
            }
        }
    }

    private List<Webhook> webhooks(ObjectVersion configuration) {
        Compiled known = compiled.get(configuration.name());
        if (known == null || known.revision() != configuration.revision()) {
            List<JsonNode> items = Tree.items(configuration.selectable(), "webhooks");
            List<Webhook> made = new ArrayList<>();
            for (int i = 0; i < items.size(); i++) {
                made.add(Webhook.of(configurations, configuration.name(), i, items.get(i)));
            }
            release(known, made);
            known = new Compiled(configuration.revision(), List.copyOf(made));
            compiled.put(configuration.name(), known);
        }
        return known.webhooks();
    }
}
