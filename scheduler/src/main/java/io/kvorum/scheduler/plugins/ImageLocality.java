package io.kvorum.scheduler.plugins;

import io.fabric8.kubernetes.api.model.Container;
import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.ClusterView;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.ScorePlugin;
import io.kvorum.scheduler.framework.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Prefers nodes that have the pod's images already, by their size. An image that few nodes have counts for less, so that
 * pods do not all go where the first one went.
 */
public final class ImageLocality implements ScorePlugin {
    /** Below this an image is fetched in no time, above the other nothing changes any more, per container. */
    private static final long LEAST = 23L << 20;

    private static final long MOST = 1000L << 20;

    /** @param shares by image, the part of all nodes that has it */
    private record State(List<String> images, double[] shares, int containers) {}

    @Override
    public String name() {
        return "ImageLocality";
    }

    @Override
    public Set<ClusterEvent.Kind> eventsToRegister() {
        return Set.of();
    }

    @Override
    public int weight() {
        return 1;
    }

    @Override
    public Status preScore(CycleState state, PodInfo pod, ClusterView view, List<NodeInfo> feasible) {
        List<Container> containers = new ArrayList<>(pod.spec().getInitContainers());
        containers.addAll(pod.spec().getContainers());
        List<String> images = new ArrayList<>();
        for (Container container : containers) {
            if (container.getImage() != null && !container.getImage().isEmpty()) {
                images.add(normalized(container.getImage()));
            }
        }
        double[] shares = new double[images.size()];
        for (NodeInfo node : view.nodes()) {
            if (!node.images().isEmpty()) {
                for (int i = 0; i < shares.length; i++) {
                    if (node.images().containsKey(images.get(i))) {
                        shares[i] += 1.0 / view.nodes().size();
                    }
                }
            }
        }
        state.write(State.class, new State(images, shares, containers.size()));
        return Status.SUCCESS;
    }

    @Override
    public long score(CycleState state, PodInfo pod, NodeInfo node) {
        State known = Objects.requireNonNull(state.read(State.class), "preScore comes first");
        long sum = 0;
        for (int i = 0; i < known.shares.length; i++) {
            @Nullable Long size = node.images().get(known.images.get(i));
            if (size != null) {
                sum += (long) (size * known.shares[i]);
            }
        }
        long most = MOST * known.containers;
        long within = Math.max(LEAST, Math.min(most, sum));
        return most <= LEAST ? 0 : MAX_SCORE * (within - LEAST) / (most - LEAST);
    }

    /** An image without a tag means the latest. */
    private static String normalized(String image) {
        return image.lastIndexOf(':') <= image.lastIndexOf('/') ? image + ":latest" : image;
    }
}
