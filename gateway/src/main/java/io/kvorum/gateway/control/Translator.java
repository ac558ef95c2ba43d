package io.kvorum.gateway.control;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ParentReference;
import io.kvorum.client.ObjectKey;
import io.kvorum.gateway.control.Translation.GatewayVerdict;
import io.kvorum.gateway.control.Translation.ListenerVerdict;
import io.kvorum.gateway.control.Translation.ParentVerdict;
import io.kvorum.gateway.proxy.Certificate;
import io.kvorum.gateway.proxy.PortPlan;
import io.kvorum.gateway.routing.Hostnames;
import io.kvorum.gateway.routing.Listener;
import io.kvorum.gateway.routing.Route;
import io.kvorum.gateway.routing.RouteTable;
import io.kvorum.gateway.routing.ServicePortRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Computes a {@link Translation}. All gateways of this controller's classes are served from one address, so their
 * listeners are merged: of two that want the same port and host name the one of the older gateway gets it, and the other
 * is told so by its condition {@code Conflicted}.
 */
final class Translator {
    private final Cluster cluster;
    private final References references;
    private final ListenerCheck listenerCheck;
    private final Map<ObjectKey, List<ParentVerdict>> routeVerdicts = new LinkedHashMap<>();
    private final Set<ServicePortRef> services = new HashSet<>();

    private Translator(Cluster cluster, ListenerCheck.CertificateReader certificates) {
        this.cluster = cluster;
        this.references = new References(cluster.grants());
        this.listenerCheck = new ListenerCheck(cluster, references, certificates);
    }

    /** @param certificates reads the certificates in secrets */
    static Translation translate(Cluster cluster, ListenerCheck.CertificateReader certificates) {
        return new Translator(cluster, certificates).run();
    }

    private Translation run() {
        Set<String> classes = cluster.classes().stream()
                .filter(type -> Names.CONTROLLER.equals(type.getSpec().getControllerName()))
                .map(type -> type.getMetadata().getName())
                .collect(Collectors.toSet());
        List<Gateway> gateways = cluster.gateways().stream()
                .filter(gateway -> classes.contains(gateway.getSpec().getGatewayClassName()))
                .sorted(Comparator.comparing((Gateway gateway) ->
                                Names.orElse(gateway.getMetadata().getCreationTimestamp(), ""))
                        .thenComparing(gateway -> ObjectKey.of(gateway).toString()))
                .toList();
        Map<ObjectKey, List<ServedListener>> listeners = new LinkedHashMap<>();
        for (Gateway gateway : gateways) {
            listeners.put(ObjectKey.of(gateway), listenerCheck.listeners(gateway));
        }
        cluster.routes().stream()
                .sorted(Comparator.comparing(route -> ObjectKey.of(route).toString()))
                .forEach(route -> attach(route, listeners));
        Map<ObjectKey, GatewayVerdict> verdicts = new LinkedHashMap<>();
        gateways.forEach(gateway -> verdicts.put(
                ObjectKey.of(gateway), verdict(gateway, listeners.getOrDefault(ObjectKey.of(gateway), List.of()))));
        return new Translation(
                ports(listeners.values().stream().flatMap(List::stream).toList()), services, verdicts, routeVerdicts);
    }

    private static GatewayVerdict verdict(Gateway gateway, List<ServedListener> listeners) {
        @Nullable Long generation = gateway.getMetadata().getGeneration();
        long valid = listeners.stream().filter(ServedListener::valid).count();
        Condition accepted = valid == listeners.size()
                ? Conditions.condition("Accepted", true, "Accepted", "", generation)
                : Conditions.condition(
                        "Accepted",
                        valid > 0,
                        "ListenersNotValid",
                        (listeners.size() - valid) + " of " + listeners.size() + " listeners are not valid",
                        generation);
        List<ListenerVerdict> verdicts = listeners.stream()
                .map(listener -> new ListenerVerdict(
                        listener.name(),
                        listener.port(),
                        listener.valid(),
                        listener.conditions(),
                        listener.attachedRoutes(),
                        listener.supportedKinds()))
                .toList();
        return new GatewayVerdict(accepted, verdicts);
    }

    private void attach(HTTPRoute route, Map<ObjectKey, List<ServedListener>> listeners) {
        @Nullable
        List<ParentReference> parents =
                route.getSpec() == null ? null : route.getSpec().getParentRefs();
        if (parents == null) {
            return;
        }
        List<ParentVerdict> verdicts = new ArrayList<>();
        RouteCompiler.@Nullable Compiled compiled = null;
        for (ParentReference parent : parents) {
            ObjectKey gateway = new ObjectKey(
                    Names.orElse(parent.getNamespace(), route.getMetadata().getNamespace()), parent.getName());
            @Nullable List<ServedListener> candidates = isGateway(parent) ? listeners.get(gateway) : null;
            if (candidates == null) {
                continue;
            }
            if (compiled == null) {
                compiled = RouteCompiler.compile(cluster, references, route);
            }
            Condition accepted = compiled.notAccepted() == null
                    ? attach(route, compiled, parent, candidates)
                    : compiled.notAccepted();
            verdicts.add(new ParentVerdict(parent, List.of(accepted, compiled.resolvedRefs())));
        }
        if (!verdicts.isEmpty()) {
            routeVerdicts.put(ObjectKey.of(route), verdicts);
        }
    }

    private static boolean isGateway(ParentReference parent) {
        return Names.orElse(parent.getGroup(), Names.GROUP).equals(Names.GROUP)
                && Names.orElse(parent.getKind(), "Gateway").equals("Gateway");
    }

    /** Attaches the route to the listeners of one parent that take it; tells whether it found one, or why not. */
    private Condition attach(
            HTTPRoute route, RouteCompiler.Compiled compiled, ParentReference parent, List<ServedListener> candidates) {
        @Nullable Long generation = route.getMetadata().getGeneration();
        List<ServedListener> meant = candidates.stream()
                .filter(listener -> parent.getSectionName() == null
                        || parent.getSectionName().equals(listener.name()))
                .filter(listener -> parent.getPort() == null || parent.getPort() == listener.port())
                .toList();
        if (meant.isEmpty()) {
            return Conditions.condition(
                    "Accepted", false, "NoMatchingParent", "the gateway has no such listener", generation);
        }
        List<ServedListener> allowing = meant.stream()
                .filter(listener -> listenerCheck.allows(listener, route))
                .toList();
        if (allowing.isEmpty()) {
            return Conditions.condition(
                    "Accepted",
                    false,
                    "NotAllowedByListeners",
                    "no listener allows HTTPRoutes of namespace "
                            + route.getMetadata().getNamespace(),
                    generation);
        }
        boolean attached = false;
        for (ServedListener listener : allowing) {
            List<String> hostnames =
                    hostnames(listener.hostname(), route.getSpec().getHostnames());
            if (!hostnames.isEmpty()) {
                attached = true;
                listener.attach(new Route(
                        ObjectKey.of(route).toString(),
                        Names.orElse(route.getMetadata().getCreationTimestamp(), ""),
                        hostnames,
                        compiled.rules()));
            }
        }
        if (!attached) {
            return Conditions.condition(
                    "Accepted",
                    false,
                    "NoMatchingListenerHostname",
                    "no host name of the route is one of a listener's",
                    generation);
        }
        services.addAll(compiled.services());
        return Conditions.condition("Accepted", true, "Accepted", "", generation);
    }

    private static List<String> hostnames(String listener, @Nullable List<String> route) {
        if (route == null || route.isEmpty()) {
            return List.of(listener);
        }
        List<String> common = new ArrayList<>();
        for (String hostname : route) {
            @Nullable String both = Hostnames.intersection(listener, hostname);
            if (both != null) {
                common.add(both);
            }
        }
        return common;
    }

    private static Map<Integer, PortPlan> ports(List<ServedListener> listeners) {
        Map<Integer, List<ServedListener>> byPort = listeners.stream()
                .filter(ServedListener::valid)
                .collect(Collectors.groupingBy(ServedListener::port, TreeMap::new, Collectors.toList()));
        Map<Integer, PortPlan> ports = new TreeMap<>();
        byPort.forEach((port, some) -> {
            Map<String, List<Certificate>> certificates = new HashMap<>();
            some.forEach(listener -> {
                if (!listener.certificates().isEmpty()) {
                    certificates.put(listener.hostname(), listener.certificates());
                }
            });
            List<Listener> served = some.stream()
                    .map(listener -> new Listener(listener.id(), listener.hostname(), listener.routes()))
                    .toList();
            ports.put(port, new PortPlan(some.get(0).tls(), new RouteTable(served), certificates));
        });
        return ports;
    }
}
