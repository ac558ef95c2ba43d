package io.kvorum.kubelet.pods;

/** In which list of a pod's spec a container stands. */
public enum ContainerKind {
    INIT("spec.initContainers"),
    MAIN("spec.containers"),
    /** Added to a running pod; never restarted, and nothing of the pod's state hangs on it. */
    EPHEMERAL("spec.ephemeralContainers");

    private final String list;

    ContainerKind(String list) {
        this.list = list;
    }

    /** The field path of the container of that name, as events have it. */
    String path(String name) {
        return list + "{" + name + "}";
    }
}
