package io.kvorum.scheduler.framework;

import io.fabric8.kubernetes.api.model.ContainerImage;
import io.fabric8.kubernetes.api.model.Node;
import io.kvorum.client.ObjectKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node and the pods on it, with what plugins need of them summed up. Every sum is kept up to date as pods come and go,
 * so that a question costs the same however many pods there are. Owned by the cache; plugins only read it.
 */
public final class NodeInfo {
    /** How many different matchers' counts are remembered; beyond, all are forgotten and begun anew. */
    private static final int MAX_COUNTS = 64;

    private final String name;
    private @Nullable Node node;
    private Resources allocatable = Resources.NONE;
    private Resources requested = Resources.NONE;
    private Resources scoringRequested = Resources.NONE;
    private Map<String, Long> images = Map.of();
    private final Map<ObjectKey, PodInfo> pods = new LinkedHashMap<>();
    private final Map<AffinityTerms, Integer> affinities = new LinkedHashMap<>();
    private int repelling;
    private final Map<PodMatcher, Integer> counts = new HashMap<>();

    public NodeInfo(String name) {
        this.name = name;
    }

    /** One that can be changed without changing this. */
    public NodeInfo copy() {
        NodeInfo copy = new NodeInfo(name);
        copy.node = node;
        copy.allocatable = allocatable;
        copy.requested = requested;
        copy.scoringRequested = scoringRequested;
        copy.images = images;
        copy.pods.putAll(pods);
        copy.affinities.putAll(affinities);
        copy.repelling = repelling;
        copy.counts.putAll(counts);
        return copy;
    }

    public String name() {
        return name;
    }

    /** @throws IllegalStateException when only pods of this node are known; such a node is no candidate */
    public Node node() {
        if (node == null) {
            throw new IllegalStateException("node " + name + " is not known");
        }
        return node;
    }

    public boolean known() {
        return node != null;
    }

    public Map<String, String> labels() {
        @Nullable Map<String, String> labels = node().getMetadata().getLabels();
        return labels == null ? Map.of() : labels;
    }

    public Resources allocatable() {
        return allocatable;
    }

    /** What the pods on it need together. */
    public Resources requested() {
        return requested;
    }

    /** What they count for in scores; see {@link PodInfo#scoringRequests}. */
    public Resources scoringRequested() {
        return scoringRequested;
    }

    /** Bytes of each image that is on the node, by all its names. */
    public Map<String, Long> images() {
        return images;
    }

    public Collection<PodInfo> pods() {
        return pods.values();
    }

    /** The pod affinities and anti-affinities of its pods, each with the number of pods that have it. */
    public Map<AffinityTerms, Integer> affinities() {
        return affinities;
    }

    /** Whether any of its pods has a required anti-affinity. */
    public boolean repels() {
        return repelling > 0;
    }

    /** How many of the pods {@code matcher} selects. */
    public int count(PodMatcher matcher) {
        if (pods.isEmpty()) {
            return 0;
        }
        @Nullable Integer known = counts.get(matcher);
        if (known != null) {
            return known;
        }
        int count = 0;
        for (PodInfo pod : pods.values()) {
            if (matcher.matches(pod)) {
                count++;
            }
        }
        if (counts.size() >= MAX_COUNTS) {
            counts.clear();
        }
        counts.put(matcher, count);
        return count;
    }

    public void setNode(@Nullable Node node) {
        this.node = node;
        boolean reported = node != null && node.getStatus() != null;
        this.allocatable =
                reported && node != null ? Resources.of(node.getStatus().getAllocatable()) : Resources.NONE;
        Map<String, Long> sizes = new HashMap<>();
        if (reported && node != null) {
            for (ContainerImage image : node.getStatus().getImages()) {
                long size = image.getSizeBytes() == null ? 0 : image.getSizeBytes();
                image.getNames().forEach(called -> sizes.put(called, size));
            }
        }
        this.images = sizes;
    }

    public void add(PodInfo pod) {
        remove(pod.key());
        pods.put(pod.key(), pod);
        requested = requested.plus(pod.requests());
        scoringRequested = scoringRequested.plus(pod.scoringRequests());
        recount(pod, 1);
    }

    public void remove(ObjectKey key) {
        @Nullable PodInfo gone = pods.remove(key);
        if (gone != null) {
            requested = requested.minus(gone.requests());
            scoringRequested = scoringRequested.minus(gone.scoringRequests());
            recount(gone, -1);
        }
    }

    private void recount(PodInfo pod, int delta) {
        if (!pod.affinity().isEmpty()) {
            affinities.compute(pod.affinity(), (terms, count) -> {
                int sum = (count == null ? 0 : count) + delta;
                return sum == 0 ? null : sum;
            });
            repelling += pod.affinity().requiredAnti().isEmpty() ? 0 : delta;
        }
        counts.replaceAll((matcher, count) -> matcher.matches(pod) ? count + delta : count);
    }
}
