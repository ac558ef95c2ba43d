package io.kvorum.apiserver.auth;

import io.kvorum.apiserver.request.User;
import java.util.List;
import java.util.Map;

/**
 * Whom the roles on the bus stand for: the one list of them. A role that is not here is nobody and gets 401. To give a
 * new role an identity, add it here, and its ClusterRole with binding to {@code kvorum-objects.json}.
 */
final class BusIdentities {
    /** Names the controller of the controller manager on whose behalf a request is made. */
    static final String ACT_AS = "Kvorum-Controller";

    private static final String CONTROLLERS = "kube-system";

    /** Roles with one user for all instances. */
    private static final Map<String, User> ROLES = Map.of(
            "apiserver", User.APISERVER,
            "scheduler", system("system:kube-scheduler"),
            "controller-manager", system("system:kube-controller-manager"),
            "kube-proxy", new User("system:kube-proxy", List.of("system:node-proxier", User.AUTHENTICATED)),
            "gateway", system("system:kvorum:gateway"));

    private BusIdentities() {}

    /**
     * Fails with 401 for a role that stands for nobody.
     *
     * @param sender node id of a sender that proved itself, {@code role/name@host:port}
     * @param controller the header {@link #ACT_AS}; heard of the controller manager only, which upstream lets make a
     *     token of any service account and so become it
     */
    static User user(String sender, String controller) {
        int slash = sender.indexOf('/');
        int at = sender.indexOf('@');
        if (slash < 0) {
            throw Authenticator.unauthorized();
        }
        String role = sender.substring(0, slash);
        String name = sender.substring(slash + 1, at < 0 ? sender.length() : at);
        if (role.equals("kubelet")) {
            return User.node(name.startsWith("kubelet-") ? name.substring("kubelet-".length()) : name);
        }
        if (role.equals("controller-manager") && !controller.isEmpty()) {
            return User.serviceAccount(CONTROLLERS, controller, "", Map.of());
        }
        User user = ROLES.get(role);
        if (user == null) {
            throw Authenticator.unauthorized();
        }
        return user;
    }

    private static User system(String name) {
        return new User(name, List.of(User.AUTHENTICATED));
    }
}
