package io.kvorum.cli.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a component is in a cluster, and how the launcher treats its processes. In the order in which they are listed. */
public enum Role {
    STORE("store", "io.kvorum.store.StoreMain", Place.CONTROL_PLANE, 10, 3, 768, 0, 2),
    APISERVER("apiserver", "io.kvorum.apiserver.ApiServerMain", Place.CONTROL_PLANE, 40, 1, 768, 0, 1),
    /** In front of the API servers, as soon as there are several. */
    BALANCER("balancer", "io.kvorum.balancer.BalancerMain", Place.IN_FRONT, 5, 0, 128, 0, 1),
    CONTROLLER_MANAGER(
            "controller-manager",
            "io.kvorum.controllers.ControllerManagerMain",
            Place.CONTROL_PLANE,
            100,
            1,
            256,
            1,
            0),
    SCHEDULER("scheduler", "io.kvorum.scheduler.SchedulerMain", Place.CONTROL_PLANE, 70, 1, 256, 1, 0),
    GATEWAY("gateway", "io.kvorum.gateway.GatewayMain", Place.CONTROL_PLANE, 200, 0, 256, 2, 0),
    KUBELET("kubelet", "io.kvorum.kubelet.KubeletMain", Place.NODE, 4, 0, 256, 1, 0),
    KUBE_PROXY("kube-proxy", "io.kvorum.proxy.KubeProxyMain", Place.NODE, 8, 0, 256, 2, 0);

    /** Where its instances are: counted on their own, one in front of others, or one on each node. */
    public enum Place {
        CONTROL_PLANE,
        IN_FRONT,
        NODE
    }

    private final String id;
    private final String mainClass;
    private final Place place;
    private final int firstAddress;
    private final int defaultCount;
    private final int heapMegabytes;
    private final int startStage;
    private final int stopStage;

    Role(
            String id,
            String mainClass,
            Place place,
            int firstAddress,
            int defaultCount,
            int heapMegabytes,
            int startStage,
            int stopStage) {
        this.id = id;
        this.mainClass = mainClass;
        this.place = place;
        this.firstAddress = firstAddress;
        this.defaultCount = defaultCount;
        this.heapMegabytes = heapMegabytes;
        this.startStage = startStage;
        this.stopStage = stopStage;
    }

    /** The name users know, for example {@code controller-manager}. */
    public String id() {
        return id;
    }

    public String mainClass() {
        return mainClass;
    }

    public boolean onNode() {
        return place == Place.NODE;
    }

    /**
     * The place in a cluster's address range: last octet of instance 0 (in 127.c.0.0/24) for the control plane, third
     * octet of all instances for what is on nodes.
     */
    int firstAddress() {
        return firstAddress;
    }

    /** How many instances a new cluster has; means nothing for what is on nodes. */
    public int defaultCount() {
        return defaultCount;
    }

    public int heapMegabytes() {
        return heapMegabytes;
    }

    /**
     * Stages are started one after the other, the roles in a stage together. Nothing depends on it: what others wait for
     * just gets the processors first.
     */
    public int startStage() {
        return startStage;
    }

    /** Stages are stopped one after the other, the roles in a stage together. */
    public int stopStage() {
        return stopStage;
    }

    /** The roles whose instances are counted on their own. */
    public static List<Role> controlPlane() {
        return Arrays.stream(values())
                .filter(role -> role.place == Place.CONTROL_PLANE)
                .toList();
    }

    public static Optional<Role> find(String id) {
        return Arrays.stream(values()).filter(role -> role.id.equals(id)).findFirst();
    }

    /** The names of all roles, for messages. */
    public static String names() {
        return Arrays.stream(values()).map(Role::id).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return id;
    }
}
