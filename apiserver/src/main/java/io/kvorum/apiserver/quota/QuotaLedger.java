package io.kvorum.apiserver.quota;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Quantity;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.quota.Evaluator;
import io.kvorum.api.quota.PodResources;
import io.kvorum.api.quota.QuotaScopes;
import io.kvorum.api.quota.Usage;
import io.kvorum.apiserver.cache.LiveLook;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.StoreKeys;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.registry.Attachment;
import io.kvorum.apiserver.registry.Reservations;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Compare;
import io.kvorum.store.client.Op;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The admission plugin ResourceQuota. What an object counts for is added to {@code status.used} of each quota that is
 * about it, in the object's own transaction, under the condition that the quota is as it was looked at. So the sum is
 * right however many API servers write at a time. What is given back is counted by the quota controller.
 */
public final class QuotaLedger {
    private static final String QUOTAS = "core/resourcequotas";

    /** Of these an update can ask for more. */
    private static final Set<String> GROW = Set.of("services", "persistentvolumeclaims");

    private final WatchCache cache;
    private final Clock clock;
    private final LiveLook quotas;

    public QuotaLedger(WatchCache cache, Clock clock) {
        this.cache = cache;
        this.clock = clock;
        this.quotas = new LiveLook(cache, QUOTAS, clock);
    }

    /**
     * What an object of a resource reserves anyway, and in quotas.
     *
     * @param resized whether an update is one by which a pod may ask for more
     */
    public Future<Reservations> over(ResourceInfo info, String namespace, Reservations owner, boolean resized) {
        return namespace.isEmpty()
                ? Future.succeededFuture(owner)
                : quotas.in(namespace)
                        .map(found -> found.isEmpty() ? owner : charging(info, namespace, owner, resized));
    }

    private Reservations charging(ResourceInfo info, String namespace, Reservations owner, boolean resized) {
        return new Reservations() {
            @Override
            public Attachment create(ObjectNode object) {
                return owner.create(object).and(charge(info, namespace, object, null));
            }

            @Override
            public Attachment update(ObjectNode object, ObjectNode old) {
                Attachment own = owner.update(object, old);
                return resized
                                || GROW.contains(info.groupResource())
                                || QuotaScopes.changes(info.groupResource(), old, object)
                        ? own.and(charge(info, namespace, object, old))
                        : own;
            }

            @Override
            public Attachment delete(ObjectNode old) {
                return owner.delete(old);
            }
        };
    }

    private Attachment charge(ResourceInfo info, String namespace, ObjectNode object, @Nullable ObjectNode old) {
        Evaluator evaluator = Evaluator.of(info.groupResource());
        Usage after = evaluator.usage(object, clock.instant());
        Usage before = old == null ? new Usage() : evaluator.usage(old, clock.instant());
        List<Compare> compares = new ArrayList<>();
        List<Op> ops = new ArrayList<>();
        for (ObjectVersion version : cache.of(QUOTAS).list(namespace)) {
            ObjectNode quota = version.tree();
            Map<String, Quantity> hard = PodResources.quantities(Tree.at(quota, "status", "hard"));
            Set<String> limited = hard.keySet().stream()
                    .filter(name -> Evaluator.resourceOf(name).equals(info.groupResource()))
                    .collect(Collectors.toCollection(TreeSet::new));
            if (limited.isEmpty() || !QuotaScopes.matches(quota, info.groupResource(), object)) {
                continue;
            }
            Refusal refusal = new Refusal(info, Tree.text(object, "metadata", "name"), version.name());
            List<String> missing = evaluator.missing(object, limited);
            if (!missing.isEmpty()) {
                throw refusal.because(
                        "failed quota: " + version.name() + ": must specify " + String.join("; ", missing));
            }
            Map<String, Quantity> used = PodResources.quantities(Tree.at(quota, "status", "used"));
            if (!used.keySet().containsAll(limited)) {
                throw refusal.because(
                        "status unknown for quota: " + version.name() + ", resources: " + String.join(",", limited));
            }
            boolean charged = old != null && QuotaScopes.matches(quota, info.groupResource(), old);
            Map<String, Quantity> requested = requested(limited, after, charged ? before : new Usage());
            if (requested.isEmpty()) {
                continue;
            }
            refusal.unlessFits(requested, used, hard);
            ByteSequence key = StoreKeys.key(QUOTAS, version.path());
            compares.add(Compare.modRevision(key, Compare.Relation.EQUAL, version.revision()));
            ops.add(new Op.Put(key, ByteSequence.wrap(ObjectJson.stored(charged(quota, used, requested))), 0, false));
        }
        return new Attachment(compares, ops, 0);
    }

    private static Map<String, Quantity> requested(Set<String> limited, Usage after, Usage before) {
        Map<String, Quantity> requested = new TreeMap<>();
        for (String name : limited) {
            Quantity more = after.of(name).subtract(before.of(name));
            if (more.signum() > 0) {
                requested.put(name, more);
            }
        }
        return requested;
    }

    private static ObjectNode charged(ObjectNode quota, Map<String, Quantity> used, Map<String, Quantity> requested) {
        ObjectNode sums = Tree.ensureObject(Tree.ensureObject(quota, "status"), "used");
        requested.forEach((name, amount) -> sums.put(
                name, used.getOrDefault(name, Quantity.ZERO).add(amount).toString()));
        return quota;
    }

    private record Refusal(ResourceInfo info, String name, String quota) {
        ApiException because(String why) {
            return ApiException.forbidden(info.group(), info.resource(), name, why);
        }

        void unlessFits(Map<String, Quantity> requested, Map<String, Quantity> used, Map<String, Quantity> hard) {
            Map<String, Quantity> exceeded = new TreeMap<>();
            requested.forEach((name, amount) -> {
                Quantity sum = used.getOrDefault(name, Quantity.ZERO).add(amount);
                if (sum.compareTo(hard.getOrDefault(name, Quantity.ZERO)) > 0) {
                    exceeded.put(name, amount);
                }
            });
            if (!exceeded.isEmpty()) {
                throw because("exceeded quota: " + quota + ", requested: " + listed(exceeded.keySet(), requested)
                        + ", used: " + listed(exceeded.keySet(), used) + ", limited: "
                        + listed(exceeded.keySet(), hard));
            }
        }

        private static String listed(Set<String> names, Map<String, Quantity> amounts) {
            return names.stream()
                    .map(name -> name + "=" + amounts.getOrDefault(name, Quantity.ZERO))
                    .collect(Collectors.joining(","));
        }
    }
}
