package io.kvorum.bus;

/** The addresses of the bus; all follow from a component's role and instance name. */
public final class BusAddress {
    private BusAddress() {}

    /** The address that any live instance of {@code role} answers, for example {@code apiserver}. */
    public static String role(String role) {
        return role;
    }

    /** The address of one instance, for example {@code kubelet/kubelet-node-1} or {@code store/store-0}. */
    public static String instance(String role, String name) {
        return role + "/" + name;
    }
}
