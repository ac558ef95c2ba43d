package io.kvorum.proxy.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FrontendRulesTest {
    private static final String NODE = "node-1";

    private final FrontendRules rules = new FrontendRules(NODE, "127.7.4.1");

    private static ServiceBuilder service() {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName("web")
                .endMetadata()
                .withNewSpec()
                .withClusterIP("127.7.16.9")
                .withClusterIPs("127.7.16.9")
                .addNewPort()
                .withName("http")
                .withPort(80)
                .withProtocol("TCP")
                .endPort()
                .endSpec();
    }

    private record State(
            @Nullable Boolean ready,
            @Nullable Boolean serving,
            @Nullable Boolean terminating,
            String node) {}

    private static final State READY = new State(true, true, false, NODE);
    private static final State READY_FAR = new State(true, true, false, "node-2");
    private static final State UNREADY = new State(false, false, false, NODE);
    private static final State DRAINING = new State(false, true, true, NODE);

    /** One slice whose endpoints have the addresses 127.7.64.1, .2, ... */
    private static EndpointSlice slice(State... states) {
        EndpointSliceBuilder slice = new EndpointSliceBuilder()
                .withAddressType("IPv4")
                .addNewPort()
                .withName("http")
                .withPort(8080)
                .withProtocol("TCP")
                .endPort();
        for (int i = 0; i < states.length; i++) {
            slice.addNewEndpoint()
                    .withAddresses("127.7.64." + (i + 1))
                    .withNodeName(states[i].node)
                    .withNewConditions()
                    .withReady(states[i].ready)
                    .withServing(states[i].serving)
                    .withTerminating(states[i].terminating)
                    .endConditions()
                    .endEndpoint();
        }
        return slice.build();
    }

    private List<String> endpoints(Service service, EndpointSlice... slices) {
        return rules.frontends(service, List.of(slices)).get(0).endpoints().stream()
                .map(Endpoint::toString)
                .toList();
    }

    @Test
    void clusterIpLeadsToReadyEndpoints() {
        List<Frontend> frontends = rules.frontends(service().build(), List.of(slice(READY, UNREADY, DRAINING)));
        assertThat(frontends).hasSize(1);
        assertThat(frontends.get(0).listen()).isEqualTo(new Listen(Protocol.TCP, "127.7.16.9", 80));
        assertThat(frontends.get(0).service()).isEqualTo("ns/web:http");
        assertThat(frontends.get(0).endpoints()).containsExactly(new Endpoint("127.7.64.1", 8080));
    }

    /** KEP-1669: terminating endpoints that still serve are better than none. */
    @Test
    void withoutReadyOnesServingTerminatingEndpointsAreUsed() {
        assertThat(endpoints(service().build(), slice(UNREADY, DRAINING))).containsExactly("127.7.64.2:8080");
        assertThat(endpoints(service().build(), slice(UNREADY))).isEmpty();
    }

    @Test
    void conditionsThatAreNotGivenMeanReady() {
        assertThat(endpoints(service().build(), slice(new State(null, null, null, NODE))))
                .hasSize(1);
    }

    @Test
    void nodePortListensOnTheNodeAndLocalPolicyKeepsToIt() {
        Service service = service()
                .editSpec()
                .withType("NodePort")
                .withExternalTrafficPolicy("Local")
                .editFirstPort()
                .withNodePort(30080)
                .endPort()
                .endSpec()
                .build();
        List<Frontend> frontends = rules.frontends(service, List.of(slice(READY_FAR, READY)));
        assertThat(frontends).hasSize(2);
        assertThat(frontends.get(0).endpoints()).hasSize(2);
        assertThat(frontends.get(1).listen()).isEqualTo(new Listen(Protocol.TCP, "127.7.4.1", 30080));
        assertThat(frontends.get(1).endpoints()).containsExactly(new Endpoint("127.7.64.2", 8080));
    }

    @Test
    void portsAreMatchedByNameAndProtocol() {
        EndpointSlice other = new EndpointSliceBuilder(slice(READY))
                .editFirstPort()
                .withName("metrics")
                .endPort()
                .build();
        EndpointSlice udp = new EndpointSliceBuilder(slice(READY))
                .editFirstPort()
                .withProtocol("UDP")
                .endPort()
                .build();
        assertThat(endpoints(service().build(), other, udp)).isEmpty();
    }

    @Test
    void endpointInTwoSlicesCountsOnceAndAsReadyWhenOneSaysSo() {
        assertThat(endpoints(service().build(), slice(DRAINING), slice(READY))).containsExactly("127.7.64.1:8080");
        assertThat(endpoints(service().build(), slice(READY), slice(DRAINING))).hasSize(1);
    }

    @Test
    void headlessAndExternalServicesHaveNoFrontends() {
        Service headless = service()
                .editSpec()
                .withClusterIP("None")
                .withClusterIPs("None")
                .endSpec()
                .build();
        Service external =
                service().editSpec().withType("ExternalName").endSpec().build();
        assertThat(rules.frontends(headless, List.of(slice(READY)))).isEmpty();
        assertThat(rules.frontends(external, List.of(slice(READY)))).isEmpty();
    }

    @Test
    void sessionAffinityHasKubernetesDefaultTimeout() {
        Service sticky =
                service().editSpec().withSessionAffinity("ClientIP").endSpec().build();
        assertThat(rules.frontends(sticky, List.of()).get(0).affinity()).isEqualTo(Duration.ofHours(3));
        Service short_ = new ServiceBuilder(sticky)
                .editSpec()
                .withNewSessionAffinityConfig()
                .withNewClientIP(7)
                .endSessionAffinityConfig()
                .endSpec()
                .build();
        assertThat(rules.frontends(short_, List.of()).get(0).affinity()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void internalLocalPolicyPrefersThisNode() {
        Service local = service()
                .editSpec()
                .withInternalTrafficPolicy("Local")
                .endSpec()
                .build();
        assertThat(endpoints(local, slice(READY_FAR, READY))).containsExactly("127.7.64.2:8080");
        assertThat(endpoints(local, slice(READY_FAR))).containsExactly("127.7.64.1:8080");
    }
}
