package io.kvorum.apiserver.auth;

import io.kvorum.api.ApiException;
import io.kvorum.apiserver.request.Credentials;
import io.kvorum.apiserver.request.User;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Names the user of a request: common name and organisations of a verified client certificate, or the system user that
 * belongs to the role of a bus sender.
 */
public final class Authenticator {
    private final boolean anonymous;
    // A connection shows the same certificate object with every request; its subject is parsed once.
    private final Map<X509Certificate, User> users = new WeakHashMap<>();

    /** @param anonymous whether requests without credentials are let through as {@code system:anonymous} */
    public Authenticator(boolean anonymous) {
        this.anonymous = anonymous;
    }

    /** Fails with 401 when the sender cannot be named. */
    public User authenticate(Credentials credentials) {
        if (credentials.busSender() != null) {
            return ofSender(credentials.busSender());
        }
        X509Certificate certificate = credentials.certificate();
        if (certificate != null) {
            return users.computeIfAbsent(certificate, Authenticator::ofCertificate);
        }
        if (anonymous) {
            return User.ANONYMOUS;
        }
        throw unauthorized();
    }

    private static User ofCertificate(X509Certificate certificate) {
        String name = "";
        List<String> groups = new ArrayList<>();
        try {
            for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (rdn.getType().equalsIgnoreCase("CN")) {
                    name = rdn.getValue().toString();
                } else if (rdn.getType().equalsIgnoreCase("O")) {
                    groups.add(rdn.getValue().toString());
                }
            }
        } catch (InvalidNameException e) {
            throw unauthorized();
        }
        if (name.isEmpty()) {
            throw unauthorized();
        }
        groups.add(User.AUTHENTICATED);
        return new User(name, List.copyOf(groups));
    }

    private static User ofSender(String sender) {
        int slash = sender.indexOf('/');
        int at = sender.indexOf('@');
        String role = slash < 0 ? sender : sender.substring(0, slash);
        String name = slash < 0 ? "" : sender.substring(slash + 1, at < 0 ? sender.length() : at);
        return switch (role) {
            case "apiserver" -> User.APISERVER;
            case "scheduler" -> system("system:kube-scheduler");
            case "controller-manager" -> system("system:kube-controller-manager");
            case "kube-proxy" -> new User("system:kube-proxy", List.of("system:node-proxier", User.AUTHENTICATED));
            case "gateway" -> new User("system:kvorum:gateway", List.of(User.AUTHENTICATED));
            case "kubelet" ->
                new User(
                        "system:node:" + (name.startsWith("kubelet-") ? name.substring("kubelet-".length()) : name),
                        List.of("system:nodes", User.AUTHENTICATED));
            default -> throw unauthorized();
        };
    }

    private static User system(String name) {
        return new User(name, List.of(User.AUTHENTICATED));
    }

    private static ApiException unauthorized() {
        return new ApiException(401, "Unauthorized", "Unauthorized", null);
    }
}
