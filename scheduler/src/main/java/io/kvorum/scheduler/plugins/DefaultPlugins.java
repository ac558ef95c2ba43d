package io.kvorum.scheduler.plugins;

import io.kvorum.scheduler.framework.Plugin;
import java.util.List;
import java.util.random.RandomGenerator;

/** The plugins that are on by default, in upstream's order: of several that would reject a node the first is named. */
public final class DefaultPlugins {
    private DefaultPlugins() {}

    public static List<Plugin> create(RandomGenerator random) {
        return List.of(
                new NodeUnschedulable(),
                new NodeName(),
                new TaintToleration(),
                new NodeAffinity(),
                new NodePorts(),
                new NodeResourcesFit(),
                new PodTopologySpread(),
                new PodTopologySpreadScore(),
                new InterPodAffinity(),
                new InterPodAffinityScore(),
                new DefaultPreemption(random),
                new NodeResourcesBalancedAllocation(),
                new ImageLocality());
    }
}
