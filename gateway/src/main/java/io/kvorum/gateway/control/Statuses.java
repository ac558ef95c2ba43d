package io.kvorum.gateway.control;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClassBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClassStatusBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewaySpecAddress;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayStatusAddress;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayStatusBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteStatusBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ListenerStatus;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ListenerStatusBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ParentReference;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.RouteParentStatus;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.RouteParentStatusBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.SupportedFeature;
import io.kvorum.gateway.control.Translation.GatewayVerdict;
import io.kvorum.gateway.control.Translation.ListenerVerdict;
import io.kvorum.gateway.control.Translation.ParentVerdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The status objects are meant to have. Each method gives the object with its new status, or the same one when nothing is to be written. */
final class Statuses {
    /** In alphabetical order, as the Gateway API asks for. */
    private static final List<String> FEATURES = Stream.of(
                    "Gateway",
                    "GatewayHTTPListenerIsolation",
                    "GatewayPort8080",
                    "HTTPRoute",
                    "HTTPRouteBackendProtocolH2C",
                    "HTTPRouteBackendProtocolWebSocket",
                    "HTTPRouteBackendRequestHeaderModification",
                    "HTTPRouteBackendTimeout",
                    "HTTPRouteHostRewrite",
                    "HTTPRouteMethodMatching",
                    "HTTPRouteNamedRouteRule",
                    "HTTPRouteParentRefPort",
                    "HTTPRoutePathRedirect",
                    "HTTPRoutePathRewrite",
                    "HTTPRoutePortRedirect",
                    "HTTPRouteQueryParamMatching",
                    "HTTPRouteRequestMirror",
                    "HTTPRouteRequestMultipleMirrors",
                    "HTTPRouteRequestPercentageMirror",
                    "HTTPRouteRequestTimeout",
                    "HTTPRouteResponseHeaderModification",
                    "HTTPRouteSchemeRedirect",
                    "ReferenceGrant")
            .sorted()
            .toList();

    private Statuses() {}

    static GatewayClass gatewayClass(GatewayClass type, String now) {
        List<Condition> before =
                type.getStatus() == null ? List.of() : type.getStatus().getConditions();
        List<Condition> wanted = Conditions.timed(
                List.of(Conditions.condition(
                        "Accepted",
                        true,
                        "Accepted",
                        "served by " + Names.CONTROLLER,
                        type.getMetadata().getGeneration())),
                before,
                now);
        var status = new GatewayClassStatusBuilder()
                .withConditions(wanted)
                .withSupportedFeatures(
                        FEATURES.stream().map(SupportedFeature::new).toList())
                .build();
        return status.equals(type.getStatus())
                ? type
                : new GatewayClassBuilder(type).withStatus(status).build();
    }

    /**
     * @param addresses where gateways are reached
     * @param open ports that are served
     * @param failures ports that cannot be, with the reason
     */
    static Gateway gateway(
            Gateway gateway,
            GatewayVerdict verdict,
            List<String> addresses,
            Set<Integer> open,
            Map<Integer, String> failures,
            String now) {
        @Nullable Long generation = gateway.getMetadata().getGeneration();
        List<Condition> before =
                gateway.getStatus() == null ? List.of() : gateway.getStatus().getConditions();
        List<ListenerStatus> listeners = new ArrayList<>();
        @Nullable Condition notProgrammed = unusable(gateway, addresses);
        for (ListenerVerdict listener : verdict.listeners()) {
            Condition programmed = programmed(listener, open, failures, generation);
            if (listener.valid() && programmed.getStatus().equals(Names.FALSE)) {
                notProgrammed =
                        Conditions.condition("Programmed", false, "Pending", programmed.getMessage(), generation);
            }
            List<Condition> conditions = new ArrayList<>(listener.conditions());
            conditions.add(programmed);
            listeners.add(new ListenerStatusBuilder()
                    .withName(listener.name())
                    .withAttachedRoutes(listener.attachedRoutes())
                    .withSupportedKinds(listener.supportedKinds())
                    .withConditions(Conditions.timed(conditions, conditionsOf(gateway, listener.name()), now))
                    .build());
        }
        if (verdict.listeners().stream().noneMatch(ListenerVerdict::valid)) {
            notProgrammed = Conditions.condition("Programmed", false, "Invalid", "no listener is valid", generation);
        }
        Condition programmed = notProgrammed == null
                ? Conditions.condition("Programmed", true, "Programmed", "", generation)
                : notProgrammed;
        var status = new GatewayStatusBuilder()
                .withAddresses(addresses.stream()
                        .map(address -> new GatewayStatusAddress("IPAddress", address))
                        .toList())
                .withConditions(Conditions.timed(List.of(verdict.accepted(), programmed), before, now))
                .withListeners(listeners)
                .build();
        return status.equals(gateway.getStatus())
                ? gateway
                : new GatewayBuilder(gateway).withStatus(status).build();
    }

    /** Addresses are the cluster's to choose here; one that was asked for has to be one of them. */
    private static @Nullable Condition unusable(Gateway gateway, List<String> addresses) {
        for (GatewaySpecAddress asked : gateway.getSpec().getAddresses()) {
            if (asked.getValue() != null && !addresses.contains(asked.getValue())) {
                return Conditions.condition(
                        "Programmed",
                        false,
                        "AddressNotUsable",
                        asked.getValue() + " is no address of a gateway; there are " + addresses,
                        gateway.getMetadata().getGeneration());
            }
        }
        return null;
    }

    private static Condition programmed(
            ListenerVerdict listener, Set<Integer> open, Map<Integer, String> failures, @Nullable Long generation) {
        if (!listener.valid()) {
            return Conditions.condition("Programmed", false, "Invalid", "the listener is not valid", generation);
        } else if (open.contains(listener.port())) {
            return Conditions.condition("Programmed", true, "Programmed", "", generation);
        }
        @Nullable String why = failures.get(listener.port());
        return why == null
                ? Conditions.condition("Programmed", false, "Pending", "the port is being opened", generation)
                : Conditions.condition(
                        "Programmed",
                        false,
                        "PortUnavailable",
                        "port " + listener.port() + " cannot be opened: " + why,
                        generation);
    }

    private static @Nullable List<Condition> conditionsOf(Gateway gateway, String listener) {
        if (gateway.getStatus() == null || gateway.getStatus().getListeners() == null) {
            return null;
        }
        return gateway.getStatus().getListeners().stream()
                .filter(status -> listener.equals(status.getName()))
                .map(ListenerStatus::getConditions)
                .findFirst()
                .orElse(null);
    }

    /** What other controllers say of the route stays. */
    static HTTPRoute route(HTTPRoute route, List<ParentVerdict> verdicts, String now) {
        List<RouteParentStatus> before =
                route.getStatus() == null || route.getStatus().getParents() == null
                        ? List.of()
                        : route.getStatus().getParents();
        List<RouteParentStatus> parents = new ArrayList<>(before.stream()
                .filter(parent -> !Names.CONTROLLER.equals(parent.getControllerName()))
                .toList());
        for (ParentVerdict verdict : verdicts) {
            @Nullable
            List<Condition> old = before.stream()
                    .filter(parent -> Names.CONTROLLER.equals(parent.getControllerName())
                            && same(parent.getParentRef(), verdict.parent()))
                    .map(RouteParentStatus::getConditions)
                    .findFirst()
                    .orElse(null);
            parents.add(new RouteParentStatusBuilder()
                    .withControllerName(Names.CONTROLLER)
                    .withParentRef(verdict.parent())
                    .withConditions(Conditions.timed(verdict.conditions(), old, now))
                    .build());
        }
        if (parents.equals(before)) {
            return route;
        }
        return new HTTPRouteBuilder(route)
                .withStatus(new HTTPRouteStatusBuilder().withParents(parents).build())
                .build();
    }

    private static boolean same(ParentReference a, ParentReference b) {
        return Objects.equals(a.getName(), b.getName())
                && Objects.equals(a.getNamespace(), b.getNamespace())
                && Objects.equals(a.getSectionName(), b.getSectionName())
                && Objects.equals(a.getPort(), b.getPort());
    }
}
