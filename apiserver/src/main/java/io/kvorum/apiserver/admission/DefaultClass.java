package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.vertx.core.Future;
import java.util.Comparator;

/** Gives new objects that name no class the one that is marked as the default. */
public final class DefaultClass implements Admission {
    private final WatchCache cache;
    private final Rule rule;

    /**
     * @param objects what is given a class, as in {@code ingresses.networking.k8s.io}
     * @param field of their spec that names it
     * @param old annotation that named it once
     * @param classes the cache's name of the classes
     * @param mark annotation of the default
     */
    private record Rule(String objects, String field, String old, String classes, String mark) {}

    private DefaultClass(WatchCache cache, Rule rule) {
        this.cache = cache;
        this.rule = rule;
    }

    /** The plugin DefaultStorageClass. */
    public static DefaultClass storage(WatchCache cache) {
        return new DefaultClass(
                cache,
                new Rule(
                        "persistentvolumeclaims",
                        "storageClassName",
                        "volume.beta.kubernetes.io/storage-class",
                        "storage.k8s.io/storageclasses",
                        "storageclass.kubernetes.io/is-default-class"));
    }

    /** The plugin DefaultIngressClass. */
    public static DefaultClass ingress(WatchCache cache) {
        return new DefaultClass(
                cache,
                new Rule(
                        "ingresses.networking.k8s.io",
                        "ingressClassName",
                        "kubernetes.io/ingress.class",
                        "networking.k8s.io/ingressclasses",
                        "ingressclass.kubernetes.io/is-default-class"));
    }

    @Override
    public Future<Void> mutate(Attempt attempt) {
        ObjectNode object = attempt.object();
        boolean concerned = attempt.operation() == Operation.CREATE
                && attempt.subresource().isEmpty()
                && attempt.info().groupResource().equals(rule.objects());
        // An empty name is a choice too: none.
        if (object != null
                && concerned
                && !Tree.has(Tree.at(object, "spec"), rule.field())
                && !Tree.map(object, "metadata", "annotations").containsKey(rule.old())) {
            fill(Tree.ensureObject(object, "spec"));
        }
        return Future.succeededFuture();
    }

    /** Names the newest of the default classes, the first by name of those of the same second; none when there is none. */
    private void fill(ObjectNode spec) {
        cache.of(rule.classes()).list("").stream()
                .filter(version -> Tree.map(version.selectable(), "metadata", "annotations")
                        .getOrDefault(rule.mark(), "")
                        .equals("true"))
                .min(Comparator.comparing((ObjectVersion version) ->
                                Tree.text(version.selectable(), "metadata", "creationTimestamp"))
                        .reversed()
                        .thenComparing(ObjectVersion::name))
                .ifPresent(found -> spec.put(rule.field(), found.name()));
    }
}
