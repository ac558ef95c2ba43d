package io.kvorum.api.strategy;

import io.kvorum.api.ResourceInfo;

/** The strategy of each resource. */
public final class Strategies {
    private Strategies() {}

    public static Strategy of(ResourceInfo resource) {
        return switch (resource.group() + "/" + resource.kind()) {
            case "/Pod" -> new PodStrategy(resource);
            case "/Service" -> new ServiceStrategy(resource);
            case "/Namespace" -> new NamespaceStrategy(resource);
            case "/Node" -> new NodeStrategy(resource);
            case "batch/Job" -> new JobStrategy(resource);
            case "apps/DaemonSet" -> new DaemonSetStrategy(resource);
            default -> new GenericStrategy(resource);
        };
    }
}
