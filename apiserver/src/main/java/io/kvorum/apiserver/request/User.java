package io.kvorum.apiserver.request;

import java.util.List;
import java.util.Map;

/**
 * Who asks.
 *
 * @param uid empty where the credential names none
 * @param groups {@code system:authenticated} is among the groups of everyone but the anonymous user
 * @param extra what else the credential says, by its name; names the pod of a service account's token, for example
 */
public record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
    public static final String MASTERS = "system:masters";
    public static final String AUTHENTICATED = "system:authenticated";
    public static final String UNAUTHENTICATED = "system:unauthenticated";

    /** The API server itself. */
    public static final User APISERVER = new User("system:apiserver", List.of(MASTERS, AUTHENTICATED));

    public static final User ANONYMOUS = new User("system:anonymous", List.of(UNAUTHENTICATED));

    private static final String NODE_PREFIX = "system:node:";
    private static final String NODES = "system:nodes";
    private static final String SERVICE_ACCOUNT_PREFIX = "system:serviceaccount:";
    private static final String SERVICE_ACCOUNTS = "system:serviceaccounts";

    public User(String name, List<String> groups) {
        this(name, "", groups, Map.of());
    }

    /** The kubelet of {@code node}. */
    public static User node(String node) {
        return new User(NODE_PREFIX + node, List.of(NODES, AUTHENTICATED));
    }

    /** The service account with the groups that all of its kind have. */
    public static User serviceAccount(String namespace, String name, String uid, Map<String, List<String>> extra) {
        return new User(serviceAccountName(namespace, name), uid, serviceAccountGroups(namespace), extra);
    }

    /** As above, when nothing more is known of it. */
    public static User serviceAccount(String namespace, String name) {
        return serviceAccount(namespace, name, "", Map.of());
    }

    public static String serviceAccountName(String namespace, String name) {
        return SERVICE_ACCOUNT_PREFIX + namespace + ":" + name;
    }

    /** The groups of every service account of {@code namespace}. */
    public static List<String> serviceAccountGroups(String namespace) {
        return List.of(SERVICE_ACCOUNTS, SERVICE_ACCOUNTS + ":" + namespace, AUTHENTICATED);
    }

    /** The name of the node whose kubelet this is; empty for everyone else. */
    public String nodeName() {
        return name.startsWith(NODE_PREFIX) && groups.contains(NODES) ? name.substring(NODE_PREFIX.length()) : "";
    }

    /** {@code {namespace, name}} of the service account a user name stands for; empty array for other names. */
    public static String[] serviceAccountOf(String userName) {
        if (!userName.startsWith(SERVICE_ACCOUNT_PREFIX)) {
            return new String[0];
        }
        String[] parts = userName.substring(SERVICE_ACCOUNT_PREFIX.length()).split(":", -1);
        return parts.length == 2 && !parts[0].isEmpty() && !parts[1].isEmpty() ? parts : new String[0];
    }
}
