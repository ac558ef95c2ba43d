package io.kvorum.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClassBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Listener;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ListenerBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1beta1.ReferenceGrant;
import io.fabric8.kubernetes.api.model.gatewayapi.v1beta1.ReferenceGrantBuilder;
import io.kvorum.client.ObjectKey;
import io.kvorum.gateway.proxy.Address;
import io.kvorum.gateway.routing.RequestView;
import io.kvorum.gateway.routing.ServicePortRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** From objects to what is served and to what is said of them. */
class TranslatorTest {
    private static final String NOW = "2026-01-01T00:00:00Z";

    private final Lists cluster = new Lists();

    private static final class Lists implements Cluster {
        private final List<GatewayClass> classes = new ArrayList<>();
        private final List<Gateway> gateways = new ArrayList<>();
        private final List<HTTPRoute> routes = new ArrayList<>();
        private final List<ReferenceGrant> grants = new ArrayList<>();
        private final Map<ObjectKey, Service> services = new HashMap<>();
        private final Map<String, Namespace> namespaces = new HashMap<>();
        private final List<EndpointSlice> slices = new ArrayList<>();

        @Override
        public List<GatewayClass> classes() {
            return classes;
        }

        @Override
        public List<Gateway> gateways() {
            return gateways;
        }

        @Override
        public List<HTTPRoute> routes() {
            return routes;
        }

        @Override
        public List<ReferenceGrant> grants() {
            return grants;
        }

        @Override
        public @Nullable Service service(ObjectKey key) {
            return services.get(key);
        }

        @Override
        public @Nullable Secret secret(ObjectKey key) {
            return null;
        }

        @Override
        public @Nullable Namespace namespace(String name) {
            return namespaces.get(name);
        }

        @Override
        public List<EndpointSlice> slices(ObjectKey service) {
            return slices;
        }
    }

    private void gatewayClass(String name, String controller) {
        cluster.classes.add(new GatewayClassBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withControllerName(controller)
                .endSpec()
                .build());
    }

    private static Listener listener(String name, int port, String protocol, @Nullable String hostname) {
        return new ListenerBuilder()
                .withName(name)
                .withPort(port)
                .withProtocol(protocol)
                .withHostname(hostname)
                .build();
    }

    private Gateway gateway(String name, String created, Listener... listeners) {
        Gateway gateway = new GatewayBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("infra")
                .withCreationTimestamp(created)
                .withGeneration(3L)
                .endMetadata()
                .withNewSpec()
                .withGatewayClassName("kvorum")
                .withListeners(listeners)
                .endSpec()
                .build();
        cluster.gateways.add(gateway);
        return gateway;
    }

    private void service(String namespace, String name) {
        cluster.services.put(
                new ObjectKey(namespace, name),
                new ServiceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewSpec()
                        .addNewPort()
                        .withName("http")
                        .withPort(80)
                        .endPort()
                        .endSpec()
                        .build());
    }

    private HTTPRoute route(String namespace, String gateway, String backendNamespace, String... hostnames) {
        HTTPRoute route = new HTTPRouteBuilder()
                .withNewMetadata()
                .withName("r")
                .withNamespace(namespace)
                .withGeneration(1L)
                .endMetadata()
                .withNewSpec()
                .addNewParentRef()
                .withName(gateway)
                .withNamespace("infra")
                .endParentRef()
                .withHostnames(hostnames)
                .addNewRule()
                .addNewBackendRef()
                .withName("web")
                .withNamespace(backendNamespace)
                .withPort(80)
                .endBackendRef()
                .endRule()
                .endSpec()
                .build();
        cluster.routes.add(route);
        return route;
    }

    private Translation translate() {
        return Translator.translate(cluster, (chain, key) -> {
            throw new IllegalArgumentException("no certificate");
        });
    }

    private static Condition condition(List<Condition> conditions, String type) {
        return conditions.stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private static List<Condition> ofRoute(Translation translation, HTTPRoute route) {
        return Objects.requireNonNull(translation.routes().get(ObjectKey.of(route)))
                .get(0)
                .conditions();
    }

    private static List<Condition> ofListener(Translation translation, Gateway gateway, int index) {
        return Objects.requireNonNull(translation.gateways().get(ObjectKey.of(gateway)))
                .listeners()
                .get(index)
                .conditions();
    }

    @Test
    void aRouteIsAttachedAndServed() {
        gatewayClass("kvorum", Names.CONTROLLER);
        Gateway gateway = gateway("g", "1", listener("http", 8080, "HTTP", null));
        service("infra", "web");
        HTTPRoute route = route("infra", "g", "infra");
        Translation translation = translate();
        assertThat(condition(ofRoute(translation, route), "Accepted").getStatus())
                .isEqualTo("True");
        assertThat(condition(ofRoute(translation, route), "ResolvedRefs").getStatus())
                .isEqualTo("True");
        assertThat(translation.services()).containsExactly(new ServicePortRef("infra", "web", 80));
        assertThat(Objects.requireNonNull(translation.ports().get(8080))
                        .routes()
                        .find(new RequestView("GET", "any", "/", name -> null)))
                .isNotNull();
        Gateway said = Statuses.gateway(
                gateway,
                Objects.requireNonNull(translation.gateways().get(ObjectKey.of(gateway))),
                List.of("127.1.0.200"),
                Set.of(8080),
                Map.of(),
                NOW);
        assertThat(said.getStatus().getListeners().get(0).getAttachedRoutes()).isEqualTo(1);
        assertThat(condition(said.getStatus().getConditions(), "Programmed").getStatus())
                .isEqualTo("True");
        assertThat(condition(said.getStatus().getConditions(), "Programmed").getObservedGeneration())
                .isEqualTo(3);
        // What is said already is not written again, whenever it is asked.
        assertThat(Statuses.gateway(
                        said,
                        Objects.requireNonNull(translation.gateways().get(ObjectKey.of(gateway))),
                        List.of("127.1.0.200"),
                        Set.of(8080),
                        Map.of(),
                        "2027-01-01T00:00:00Z"))
                .isSameAs(said);
    }

    @Test
    void gatewaysOfOtherControllersAreLeftAlone() {
        gatewayClass("kvorum", "example.com/other");
        gateway("g", "1", listener("http", 80, "HTTP", null));
        route("infra", "g", "infra");
        Translation translation = translate();
        assertThat(translation.gateways()).isEmpty();
        assertThat(translation.routes()).isEmpty();
        assertThat(translation.ports()).isEmpty();
    }

    @Test
    void whyARouteIsNotAttachedIsSaid() {
        gatewayClass("kvorum", Names.CONTROLLER);
        gateway("g", "1", listener("http", 80, "HTTP", "*.example.com"));
        service("infra", "web");
        HTTPRoute foreign = route("apps", "g", "infra");
        assertThat(condition(ofRoute(translate(), foreign), "Accepted").getReason())
                .isEqualTo("NotAllowedByListeners");
        cluster.routes.clear();
        HTTPRoute wrongHost = route("infra", "g", "infra", "other.org");
        assertThat(condition(ofRoute(translate(), wrongHost), "Accepted").getReason())
                .isEqualTo("NoMatchingListenerHostname");
        cluster.routes.clear();
        HTTPRoute wrongSection = new HTTPRouteBuilder(route("infra", "g", "infra"))
                .editSpec()
                .editFirstParentRef()
                .withSectionName("https")
                .endParentRef()
                .endSpec()
                .build();
        cluster.routes.set(0, wrongSection);
        assertThat(condition(ofRoute(translate(), wrongSection), "Accepted").getReason())
                .isEqualTo("NoMatchingParent");
    }

    @Test
    void routesOfSelectedNamespacesAreAllowed() {
        gatewayClass("kvorum", Names.CONTROLLER);
        Listener listener = new ListenerBuilder(listener("http", 80, "HTTP", null))
                .withNewAllowedRoutes()
                .withNewNamespaces()
                .withFrom("Selector")
                .withNewSelector()
                .addToMatchLabels("team", "a")
                .endSelector()
                .endNamespaces()
                .endAllowedRoutes()
                .build();
        gateway("g", "1", listener);
        service("apps", "web");
        HTTPRoute route = route("apps", "g", "apps");
        cluster.namespaces.put(
                "apps",
                new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("apps")
                        .endMetadata()
                        .build());
        assertThat(condition(ofRoute(translate(), route), "Accepted").getStatus())
                .isEqualTo("False");
        cluster.namespaces.put(
                "apps",
                new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("apps")
                        .addToLabels("team", "a")
                        .endMetadata()
                        .build());
        assertThat(condition(ofRoute(translate(), route), "Accepted").getStatus())
                .isEqualTo("True");
    }

    @Test
    void aReferenceToAnotherNamespaceNeedsAGrant() {
        gatewayClass("kvorum", Names.CONTROLLER);
        gateway("g", "1", listener("http", 80, "HTTP", null));
        service("apps", "web");
        HTTPRoute route = route("infra", "g", "apps");
        assertThat(condition(ofRoute(translate(), route), "ResolvedRefs").getReason())
                .isEqualTo("RefNotPermitted");
        cluster.grants.add(new ReferenceGrantBuilder()
                .withNewMetadata()
                .withName("x")
                .withNamespace("apps")
                .endMetadata()
                .withNewSpec()
                .addNewFrom(Names.GROUP, "HTTPRoute", "infra")
                .addNewTo("", "Service", "web")
                .endSpec()
                .build());
        assertThat(condition(ofRoute(translate(), route), "ResolvedRefs").getStatus())
                .isEqualTo("True");
    }

    @Test
    void aMissingServiceIsSaidAndItsRouteStaysAttached() {
        gatewayClass("kvorum", Names.CONTROLLER);
        gateway("g", "1", listener("http", 80, "HTTP", null));
        HTTPRoute route = route("infra", "g", "infra");
        Translation translation = translate();
        assertThat(condition(ofRoute(translation, route), "Accepted").getStatus())
                .isEqualTo("True");
        assertThat(condition(ofRoute(translation, route), "ResolvedRefs").getReason())
                .isEqualTo("BackendNotFound");
        assertThat(translation.services()).isEmpty();
    }

    @Test
    void theOlderGatewayGetsAPlaceThatTwoWant() {
        gatewayClass("kvorum", Names.CONTROLLER);
        Gateway young = gateway("young", "2026-02-01T00:00:00Z", listener("http", 80, "HTTP", "a.example"));
        Gateway old = gateway(
                "old",
                "2026-01-01T00:00:00Z",
                listener("http", 80, "HTTP", "a.example"),
                listener("other", 80, "HTTP", "b.example"));
        Translation translation = translate();
        assertThat(condition(ofListener(translation, old, 0), "Conflicted").getStatus())
                .isEqualTo("False");
        assertThat(condition(ofListener(translation, young, 0), "Conflicted").getReason())
                .isEqualTo("HostnameConflict");
        assertThat(Objects.requireNonNull(translation.ports().get(80)).routes().listeners())
                .isEqualTo(2);
    }

    @Test
    void whatAListenerCannotBeIsSaid() {
        gatewayClass("kvorum", Names.CONTROLLER);
        Gateway gateway = gateway(
                "g",
                "1",
                listener("tcp", 9000, "TCP", null),
                listener("https", 443, "HTTPS", null),
                listener("http", 80, "HTTP", null),
                listener("mixed", 80, "HTTPS", "x.example"));
        Translation translation = translate();
        assertThat(condition(ofListener(translation, gateway, 0), "Accepted").getReason())
                .isEqualTo("UnsupportedProtocol");
        assertThat(condition(ofListener(translation, gateway, 1), "ResolvedRefs")
                        .getReason())
                .isEqualTo("InvalidCertificateRef");
        assertThat(condition(ofListener(translation, gateway, 2), "Accepted").getStatus())
                .isEqualTo("True");
        assertThat(translation.ports()).containsOnlyKeys(80);
        assertThat(Objects.requireNonNull(translation.gateways().get(ObjectKey.of(gateway)))
                        .accepted()
                        .getReason())
                .isEqualTo("ListenersNotValid");
    }

    @Test
    void readyEndpointsGetRequestsAndLeavingOnesOnlyWhenThereIsNoOther() {
        service("infra", "web");
        ServicePortRef ref = new ServicePortRef("infra", "web", 80);
        cluster.slices.add(slice("10.0.0.1", true, false));
        cluster.slices.add(slice("10.0.0.2", false, true));
        assertThat(EndpointReader.read(cluster, ref).addresses()).containsExactly(new Address("10.0.0.1", 8080));
        cluster.slices.remove(0);
        assertThat(EndpointReader.read(cluster, ref).addresses()).containsExactly(new Address("10.0.0.2", 8080));
        cluster.slices.clear();
        cluster.slices.add(slice("10.0.0.3", false, false));
        assertThat(EndpointReader.read(cluster, ref).addresses()).isEmpty();
    }

    private static EndpointSlice slice(String address, boolean ready, boolean leaving) {
        return new EndpointSliceBuilder()
                .withAddressType("IPv4")
                .addNewPort()
                .withName("http")
                .withPort(8080)
                .endPort()
                .withEndpoints(new EndpointBuilder()
                        .withAddresses(address)
                        .withNewConditions()
                        .withReady(ready)
                        .withServing(ready || leaving)
                        .withTerminating(leaving)
                        .endConditions()
                        .build())
                .build();
    }

    @Test
    void whatOtherControllersSayOfARouteStays() {
        HTTPRoute route = new HTTPRouteBuilder(route("infra", "g", "infra"))
                .withNewStatus()
                .addNewParent()
                .withControllerName("example.com/other")
                .withNewParentRef()
                .withName("x")
                .endParentRef()
                .endParent()
                .addNewParent()
                .withControllerName(Names.CONTROLLER)
                .withNewParentRef()
                .withName("gone")
                .endParentRef()
                .endParent()
                .endStatus()
                .build();
        HTTPRoute said = Statuses.route(route, List.of(), NOW);
        assertThat(said.getStatus().getParents()).hasSize(1);
        assertThat(said.getStatus().getParents().get(0).getControllerName()).isEqualTo("example.com/other");
        assertThat(Statuses.route(said, List.of(), NOW)).isSameAs(said);
    }
}
