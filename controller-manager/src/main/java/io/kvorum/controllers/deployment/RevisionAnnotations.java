package io.kvorum.controllers.deployment;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The annotations by which a Deployment and its ReplicaSets remember revisions and sizes. {@code kubectl rollout history}
 * and {@code undo} read them.
 */
final class RevisionAnnotations {
    static final String REVISION = "deployment.kubernetes.io/revision";
    static final String REVISION_HISTORY = "deployment.kubernetes.io/revision-history";
    static final String DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas";
    static final String MAX_REPLICAS = "deployment.kubernetes.io/max-replicas";

    /** What is not copied from a Deployment to its ReplicaSets. */
    private static final Set<String> OWN = Set.of(
            "kubectl.kubernetes.io/last-applied-configuration",
            REVISION,
            REVISION_HISTORY,
            DESIRED_REPLICAS,
            MAX_REPLICAS,
            "deprecated.deployment.rollback.to");

    /** Most characters of {@link #REVISION_HISTORY}; the oldest entries are dropped. */
    private static final int HISTORY_CHARACTERS = 2000;

    private RevisionAnnotations() {}

    static Map<String, String> annotations(HasMetadata object) {
        @Nullable Map<String, String> annotations = object.getMetadata().getAnnotations();
        return annotations == null ? Map.of() : annotations;
    }

    /** The revision of a ReplicaSet or Deployment, 0 where it has none or an unreadable one. */
    static long revision(HasMetadata object) {
        return number(annotations(object).get(REVISION));
    }

    static long number(@Nullable String text) {
        return text != null && text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    static long maxRevision(List<? extends HasMetadata> replicaSets) {
        return replicaSets.stream()
                .mapToLong(RevisionAnnotations::revision)
                .max()
                .orElse(0);
    }

    /** The annotations of the newest ReplicaSet: those of the Deployment, and the revision when it rises. */
    static Map<String, String> ofNewest(
            Map<String, String> deployment, Map<String, String> replicaSet, long newRevision) {
        Map<String, String> next = new LinkedHashMap<>(replicaSet);
        deployment.forEach((key, value) -> {
            if (!OWN.contains(key)) {
                next.put(key, value);
            }
        });
        @Nullable String old = replicaSet.get(REVISION);
        if (number(old) < newRevision) {
            next.put(REVISION, Long.toString(newRevision));
            if (old != null) {
                next.put(REVISION_HISTORY, history(replicaSet.get(REVISION_HISTORY), old));
            }
        }
        return next;
    }

    private static String history(@Nullable String before, String revision) {
        if (before == null || before.isEmpty()) {
            return revision;
        }
        String all = before + "," + revision;
        while (all.length() > HISTORY_CHARACTERS) {
            all = all.substring(all.indexOf(',') + 1);
        }
        return all;
    }

    /** The annotations with the sizes that proportional scaling compares with. */
    static Map<String, String> withSizes(Map<String, String> before, int desired, int max) {
        Map<String, String> next = new LinkedHashMap<>(before);
        next.put(DESIRED_REPLICAS, Integer.toString(desired));
        next.put(MAX_REPLICAS, Integer.toString(max));
        return next;
    }

    /** The number of replicas the Deployment had when it last sized this ReplicaSet; null when unknown. */
    static @Nullable Integer desiredReplicas(HasMetadata replicaSet) {
        return size(annotations(replicaSet).get(DESIRED_REPLICAS));
    }

    static @Nullable Integer maxReplicas(HasMetadata replicaSet) {
        return size(annotations(replicaSet).get(MAX_REPLICAS));
    }

    private static @Nullable Integer size(@Nullable String text) {
        return text != null && text.matches("[0-9]{1,9}") ? Integer.valueOf(text) : null;
    }
}
