package io.kvorum.controllers.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointSubsetsTest {
    private static final Service SERVICE = new ServiceBuilder()
            .withNewMetadata()
            .withNamespace("default")
            .withName("web")
            .endMetadata()
            .withNewSpec()
            .addNewPort()
            .withName("http")
            .withPort(80)
            .withTargetPort(new IntOrString("web"))
            .endPort()
            .endSpec()
            .build();

    private static Pod pod(String name, String ip, boolean ready, int port) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .withUid(name)
                .endMetadata()
                .withNewSpec()
                .withNodeName("n1")
                .addNewContainer()
                .withName("c")
                .addNewPort()
                .withName("web")
                .withContainerPort(port)
                .endPort()
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .withPodIP(ip)
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready ? "True" : "False")
                .endCondition()
                .endStatus()
                .build();
    }

    private static Pod terminating(Pod pod) {
        return new PodBuilder(pod)
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .build();
    }

    private static List<String> ips(List<EndpointAddress> addresses) {
        return addresses.stream().map(EndpointAddress::getIp).toList();
    }

    @Test
    void readyAndNotReadyAddressesShareASubset() {
        List<EndpointSubset> subsets = EndpointSubsets.of(
                        SERVICE, List.of(pod("b", "10.0.0.2", true, 8080), pod("a", "10.0.0.1", false, 8080)))
                .subsets();
        assertThat(subsets).hasSize(1);
        assertThat(ips(subsets.get(0).getAddresses())).containsExactly("10.0.0.2");
        assertThat(ips(subsets.get(0).getNotReadyAddresses())).containsExactly("10.0.0.1");
        assertThat(subsets.get(0).getPorts().get(0).getPort()).isEqualTo(8080);
    }

    @Test
    void terminatingPodsAreLeftOutUnlessNotReadyOnesAreAskedFor() {
        List<Pod> pods = List.of(terminating(pod("a", "10.0.0.1", true, 8080)));
        assertThat(EndpointSubsets.of(SERVICE, pods).subsets()).isEmpty();
        Service eager = new ServiceBuilder(SERVICE)
                .editSpec()
                .withPublishNotReadyAddresses(true)
                .endSpec()
                .build();
        assertThat(ips(EndpointSubsets.of(eager, pods).subsets().get(0).getAddresses()))
                .containsExactly("10.0.0.1");
    }

    @Test
    void everySetOfPortsHasItsSubset() {
        assertThat(EndpointSubsets.of(
                                SERVICE, List.of(pod("a", "10.0.0.1", true, 8080), pod("b", "10.0.0.2", true, 9090)))
                        .subsets())
                .extracting(each -> each.getPorts().get(0).getPort())
                .containsExactlyInAnyOrder(8080, 9090);
    }

    @Test
    void podsWithoutThePortAreLeftOut() {
        Pod without = new PodBuilder(pod("a", "10.0.0.1", true, 8080))
                .editSpec()
                .editFirstContainer()
                .withPorts(List.of())
                .endContainer()
                .endSpec()
                .build();
        assertThat(EndpointSubsets.of(SERVICE, List.of(without)).subsets()).isEmpty();
    }

    @Test
    void readyAddressesAreKeptFirstWhenThereAreTooMany() {
        List<Pod> pods = new ArrayList<>();
        for (int i = 0; i < EndpointSubsets.CAPACITY; i++) {
            pods.add(pod("a" + i, "10.0." + i / 250 + "." + i % 250, false, 8080));
        }
        pods.add(pod("z", "10.9.9.9", true, 8080));
        EndpointSubsets.Computed computed = EndpointSubsets.of(SERVICE, pods);
        assertThat(computed.truncated()).isTrue();
        assertThat(ips(computed.subsets().get(0).getAddresses())).containsExactly("10.9.9.9");
        assertThat(computed.subsets().get(0).getNotReadyAddresses()).hasSize(EndpointSubsets.CAPACITY - 1);
    }
}
