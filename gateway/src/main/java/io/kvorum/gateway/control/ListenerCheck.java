package io.kvorum.gateway.control;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Listener;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.RouteGroupKind;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.RouteNamespaces;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.SecretObjectReference;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.ObjectKey;
import io.kvorum.gateway.proxy.Certificate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether listeners can be served, and which routes they take. Remembers who has which port and host name already. */
final class ListenerCheck {
    private static final RouteGroupKind HTTP_ROUTE = new RouteGroupKind(Names.GROUP, "HTTPRoute");

    /** Reads PEM; fails with {@link IllegalArgumentException} and a line for the user. */
    interface CertificateReader {
        Certificate read(String chain, String key);
    }

    private record Place(int port, String hostname) {}

    private final Cluster cluster;
    private final References references;
    private final CertificateReader certificates;
    private final Map<Integer, String> protocols = new HashMap<>();
    private final Map<Place, String> taken = new HashMap<>();

    ListenerCheck(Cluster cluster, References references, CertificateReader certificates) {
        this.cluster = cluster;
        this.references = references;
        this.certificates = certificates;
    }

    /** The listeners of a gateway, in order. Older gateways have to be asked about first. */
    List<ServedListener> listeners(Gateway gateway) {
        List<ServedListener> all = new ArrayList<>();
        for (Listener listener : gateway.getSpec().getListeners()) {
            all.add(check(gateway, listener));
        }
        return all;
    }

    private ServedListener check(Gateway gateway, Listener listener) {
        ObjectKey key = ObjectKey.of(gateway);
        @Nullable Long generation = gateway.getMetadata().getGeneration();
        Findings findings = new Findings(generation);
        boolean known = "HTTP".equals(listener.getProtocol()) || "HTTPS".equals(listener.getProtocol());
        List<RouteGroupKind> kinds = known ? kinds(listener, findings) : List.of();
        List<Certificate> chain = new ArrayList<>();
        if (!known) {
            findings.notAccepted(
                    "UnsupportedProtocol", "protocol " + listener.getProtocol() + " is not known; use HTTP or HTTPS");
        } else if ("HTTPS".equals(listener.getProtocol())) {
            readCertificates(gateway, listener, chain, findings);
        }
        if (findings.fine()) {
            claim(key + "/" + listener.getName(), listener, findings);
        }
        return new ServedListener(key, listener, findings.fine(), findings.conditions(), chain, kinds);
    }

    /** The findings about one listener; the first reason of each sort counts. */
    private static final class Findings {
        private final @Nullable Long generation;
        private @Nullable Condition notAccepted;
        private @Nullable Condition unresolved;
        private @Nullable Condition conflicted;

        Findings(@Nullable Long generation) {
            this.generation = generation;
        }

        void notAccepted(String reason, String message) {
            notAccepted = Conditions.condition("Accepted", false, reason, message, generation);
        }

        void unresolved(String reason, String message) {
            unresolved = Conditions.condition("ResolvedRefs", false, reason, message, generation);
        }

        void conflicted(String reason, String message) {
            conflicted = Conditions.condition("Conflicted", true, reason, message, generation);
            notAccepted(reason, message);
        }

        /** Whether the listener can be served; one with some wrong route kinds can, one without a certificate cannot. */
        boolean fine() {
            return notAccepted == null
                    && conflicted == null
                    && (unresolved == null || "InvalidRouteKinds".equals(unresolved.getReason()));
        }

        /** Without Programmed, which depends on the port as well. */
        List<Condition> conditions() {
            return List.of(
                    notAccepted == null
                            ? Conditions.condition("Accepted", true, "Accepted", "", generation)
                            : notAccepted,
                    conflicted == null
                            ? Conditions.condition("Conflicted", false, "NoConflicts", "", generation)
                            : conflicted,
                    unresolved == null
                            ? Conditions.condition("ResolvedRefs", true, "ResolvedRefs", "", generation)
                            : unresolved);
        }
    }

    private static List<RouteGroupKind> kinds(Listener listener, Findings findings) {
        List<RouteGroupKind> asked = listener.getAllowedRoutes() == null
                ? List.of()
                : listener.getAllowedRoutes().getKinds();
        if (asked == null || asked.isEmpty()) {
            return List.of(HTTP_ROUTE);
        }
        boolean served = asked.stream().anyMatch(ListenerCheck::isHttpRoute);
        if (!asked.stream().allMatch(ListenerCheck::isHttpRoute)) {
            findings.unresolved("InvalidRouteKinds", "only HTTPRoute can be attached");
        }
        return served ? List.of(HTTP_ROUTE) : List.of();
    }

    private static boolean isHttpRoute(RouteGroupKind kind) {
        return Names.orElse(kind.getGroup(), Names.GROUP).equals(Names.GROUP) && "HTTPRoute".equals(kind.getKind());
    }

    private void readCertificates(Gateway gateway, Listener listener, List<Certificate> into, Findings findings) {
        List<SecretObjectReference> refs =
                listener.getTls() == null ? List.of() : listener.getTls().getCertificateRefs();
        if (refs.isEmpty()) {
            findings.unresolved("InvalidCertificateRef", "HTTPS needs tls.certificateRefs");
        }
        for (SecretObjectReference ref : refs) {
            String own = gateway.getMetadata().getNamespace();
            ObjectKey key = new ObjectKey(Names.orElse(ref.getNamespace(), own), ref.getName());
            if (!Names.orElse(ref.getGroup(), "").isEmpty()
                    || !Names.orElse(ref.getKind(), "Secret").equals("Secret")) {
                findings.unresolved(
                        "InvalidCertificateRef", "certificates of kind " + ref.getKind() + " are not known");
            } else if (!references.permitted("Gateway", own, "Secret", key.namespace(), key.name())) {
                findings.unresolved(
                        "RefNotPermitted",
                        "no ReferenceGrant in " + key.namespace() + " permits the reference to secret " + key);
            } else {
                read(key, into, findings);
            }
        }
    }

    private void read(ObjectKey key, List<Certificate> into, Findings findings) {
        @Nullable Secret secret = cluster.secret(key);
        if (secret == null) {
            findings.unresolved("InvalidCertificateRef", "secret " + key + " was not found");
            return;
        }
        try {
            into.add(certificates.read(data(secret, "tls.crt"), data(secret, "tls.key")));
        } catch (IllegalArgumentException e) {
            findings.unresolved("InvalidCertificateRef", "secret " + key + ": " + e.getMessage());
        }
    }

    private static String data(Secret secret, String name) {
        @Nullable
        String value = secret.getData() == null ? null : secret.getData().get(name);
        if (value == null) {
            throw new IllegalArgumentException("it has no " + name);
        }
        return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
    }

    /** Takes the port and host name for the listener, unless another has them. */
    private void claim(String id, Listener listener, Findings findings) {
        String protocol = protocols.computeIfAbsent(listener.getPort(), port -> listener.getProtocol());
        if (!protocol.equals(listener.getProtocol())) {
            findings.conflicted("ProtocolConflict", "port " + listener.getPort() + " is served as " + protocol);
            return;
        }
        @Nullable
        String other = taken.putIfAbsent(new Place(listener.getPort(), Names.orElse(listener.getHostname(), "")), id);
        if (other != null) {
            findings.conflicted("HostnameConflict", "listener " + other + " has this port and host name");
        }
    }

    /** Whether a listener takes a route, by its kind and namespace. */
    boolean allows(ServedListener listener, HTTPRoute route) {
        if (listener.supportedKinds().isEmpty()) {
            return false;
        }
        String namespace = route.getMetadata().getNamespace();
        @Nullable
        RouteNamespaces namespaces = listener.allowedRoutes() == null
                ? null
                : listener.allowedRoutes().getNamespaces();
        String from = namespaces == null ? "Same" : Names.orElse(namespaces.getFrom(), "Same");
        return switch (from) {
            case "All" -> true;
            case "Selector" -> namespaces != null && selected(namespaces.getSelector(), namespace);
            default -> namespace.equals(listener.gateway().namespace());
        };
    }

    private boolean selected(@Nullable LabelSelector selector, String name) {
        @Nullable Namespace namespace = cluster.namespace(name);
        if (selector == null || namespace == null) {
            return false;
        }
        @Nullable Map<String, String> labels = namespace.getMetadata().getLabels();
        return LabelSelectors.matches(selector, labels == null ? Map.of() : labels);
    }
}
