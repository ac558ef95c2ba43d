package io.kvorum.controllers.quota;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.ResourceQuotaStatus;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.quota.Evaluator;
import io.kvorum.api.quota.Usage;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.client.Timers;
import io.kvorum.controllers.discovery.Discovery;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps {@code status.hard} and {@code status.used} of every ResourceQuota. The API server adds what new objects count for
 * when they are written; this counts anew when something was taken away or changed, when a quota changes, and from time to
 * time. A resource is watched from the first quota on that names it.
 */
public final class ResourceQuotaController extends ReconcileLoop<ObjectKey> {
    /** A resource that a quota names may be served later, a custom one for example. */
    private static final Duration UNKNOWN_RETRY = Duration.ofSeconds(30);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ControllerContext context;
    private final Duration resync;
    private final ResourceClient<ResourceQuota> quotas;
    private final Lister<ResourceQuota> lister;
    private final Discovery discovery;
    private final Timers timers;
    private final Map<String, UsageMonitor> monitors = new HashMap<>();
    private boolean stopped;

    /** @param resync how often everything is counted anew */
    public ResourceQuotaController(ControllerContext context, int concurrency, Duration resync) {
        super(context, "resourcequota-controller", concurrency);
        this.context = context;
        this.resync = resync;
        quotas = context.client().resources(ResourceQuota.class);
        discovery = new Discovery(context.client());
        timers = Timers.on(context.vertx());
        Informer<ResourceQuota> informer = context.informers().of(ResourceQuota.class);
        lister = informer.lister();
        informer.handler(new Informer.Handler<ResourceQuota>() {
            @Override
            public void added(ResourceQuota quota) {
                controller.enqueue(ObjectKey.of(quota));
            }

            @Override
            public void updated(ResourceQuota before, ResourceQuota after) {
                // What the API server charged is right until something is known that says otherwise.
                if (!Objects.equals(before.getSpec(), after.getSpec())) {
                    added(after);
                }
            }

            @Override
            public void deleted(ResourceQuota quota) {}
        });
    }

    @Override
    public Future<Result> reconcile(ObjectKey key) {
        @Nullable ResourceQuota quota = lister.get(key);
        if (quota == null) {
            return Future.succeededFuture(Result.done());
        }
        Map<String, Quantity> hard =
                orEmpty(quota.getSpec() == null ? null : quota.getSpec().getHard());
        Map<String, Set<String>> names = hard.keySet().stream()
                .collect(Collectors.groupingBy(
                        Evaluator::resourceOf, TreeMap::new, Collectors.toCollection(TreeSet::new)));
        return monitored(names.keySet()).compose(missing -> {
            // Read again: the monitors may have taken a while, and a charge meanwhile must not be undone.
            @Nullable ResourceQuota now = lister.get(key);
            return now == null || stopped
                    ? Future.succeededFuture(Result.done())
                    : write(now, hard, names).map(Result.after(missing ? UNKNOWN_RETRY : resync));
        });
    }

    private Future<Void> write(ResourceQuota quota, Map<String, Quantity> hard, Map<String, Set<String>> names) {
        JsonNode tree = JSON.valueToTree(quota);
        Usage used = new Usage();
        names.forEach((resource, wanted) -> {
            UsageMonitor monitor = monitors.get(resource);
            if (monitor != null) {
                used.add(monitor.used(tree, quota.getMetadata().getNamespace(), wanted));
            }
        });
        Map<String, Quantity> sums = new TreeMap<>();
        names.forEach((resource, wanted) -> {
            // Of what is not served nothing can be said; a quota without a sum lets nothing pass.
            if (monitors.containsKey(resource)) {
                wanted.forEach(name -> sums.put(name, new Quantity(used.of(name).toString())));
            }
        });
        @Nullable ResourceQuotaStatus before = quota.getStatus();
        boolean same =
                before != null && equal(orEmpty(before.getHard()), hard) && equal(orEmpty(before.getUsed()), sums);
        if (same) {
            return Future.succeededFuture();
        }
        return quotas.updateStatus(new ResourceQuotaBuilder(quota)
                        .withNewStatus()
                        .withHard(hard)
                        .withUsed(sums)
                        .endStatus()
                        .build())
                .mapEmpty();
    }

    private static boolean equal(Map<String, Quantity> a, Map<String, Quantity> b) {
        return a.keySet().equals(b.keySet())
                && a.entrySet().stream()
                        .allMatch(each ->
                                amount(each.getValue()).equals(amount(Objects.requireNonNull(b.get(each.getKey())))));
    }

    private static io.kvorum.api.Quantity amount(Quantity quantity) {
        return io.kvorum.api.Quantity.parse(quantity.toString());
    }

    private static Map<String, Quantity> orEmpty(@Nullable Map<String, Quantity> map) {
        return map == null ? Map.of() : map;
    }

    /** Completes when the resources are counted; true when one of them is not served. */
    private Future<Boolean> monitored(Set<String> resources) {
        monitors.values().removeIf(monitor -> !monitor.running());
        if (monitors.keySet().containsAll(resources)) {
            return ready(resources).map(false);
        }
        return discovery.preferred().compose(found -> {
            for (ResourceInfo each : found.resources()) {
                boolean wanted = each.namespaced()
                        && resources.contains(each.groupResource())
                        && each.verbs().containsAll(List.of("list", "watch"));
                if (wanted && !stopped) {
                    monitors.computeIfAbsent(
                            each.groupResource(),
                            name -> new UsageMonitor(context.client(), each, context.clock(), timers, this::changed));
                }
            }
            return ready(resources).map(!monitors.keySet().containsAll(resources));
        });
    }

    private Future<?> ready(Set<String> resources) {
        List<Future<Void>> all = new ArrayList<>();
        for (String resource : resources) {
            UsageMonitor monitor = monitors.get(resource);
            if (monitor != null) {
                all.add(monitor.ready());
            }
        }
        return all.isEmpty() ? Future.succeededFuture() : Future.join(all);
    }

    private void changed(String namespace, String groupResource) {
        for (ResourceQuota quota : lister.inNamespace(namespace)) {
            boolean named = orEmpty(
                            quota.getSpec() == null ? null : quota.getSpec().getHard())
                    .keySet()
                    .stream()
                    .anyMatch(name -> Evaluator.resourceOf(name).equals(groupResource));
            if (named) {
                controller.enqueue(ObjectKey.of(quota));
            }
        }
    }

    /** Stops watching too. */
    @Override
    protected void stopped() {
        stopped = true;
        monitors.values().forEach(UsageMonitor::stop);
        monitors.clear();
    }
}
