package io.kvorum.controllers.endpointslice;

import static io.kvorum.controllers.testing.FakeClock.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SlicePlanTest {
    private static Service service() {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .withUid("service-uid")
                .addToLabels("tier", "front")
                .endMetadata()
                .withNewSpec()
                .withClusterIP("127.7.16.9")
                .addNewPort()
                .withName("http")
                .withPort(80)
                .withTargetPort(new IntOrString("web"))
                .endPort()
                .endSpec()
                .build();
    }

    private static Pod pod(int number, boolean ready, int port) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web-" + number)
                .withUid("uid-" + number)
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
                .withPodIP("127.7.64." + number)
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
                .withDeletionTimestamp(START.toString())
                .endMetadata()
                .build();
    }

    private static SlicePlan plan(Service service, List<Pod> pods, List<EndpointSlice> existing, int max) {
        return SlicePlan.of(service, pods, existing, node -> "zone-of-" + node, max);
    }

    private static Endpoint only(SlicePlan plan) {
        return plan.create().get(0).getEndpoints().get(0);
    }

    @Test
    void aReadyPodIsServed() {
        SlicePlan plan = plan(service(), List.of(pod(2, true, 8080)), List.of(), 100);
        EndpointSlice slice = plan.create().get(0);
        assertThat(slice.getMetadata().getName()).startsWith("web-");
        assertThat(slice.getMetadata().getLabels())
                .containsEntry("tier", "front")
                .containsEntry("kubernetes.io/service-name", "web")
                .containsEntry("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io")
                .doesNotContainKey("service.kubernetes.io/headless");
        assertThat(slice.getMetadata().getOwnerReferences().get(0).getUid()).isEqualTo("service-uid");
        assertThat(slice.getAddressType()).isEqualTo("IPv4");
        assertThat(slice.getPorts().get(0).getPort()).isEqualTo(8080);
        assertThat(slice.getPorts().get(0).getProtocol()).isEqualTo("TCP");
        Endpoint endpoint = slice.getEndpoints().get(0);
        assertThat(endpoint.getAddresses()).containsExactly("127.7.64.2");
        assertThat(endpoint.getConditions().getReady()).isTrue();
        assertThat(endpoint.getConditions().getServing()).isTrue();
        assertThat(endpoint.getConditions().getTerminating()).isFalse();
        assertThat(endpoint.getTargetRef().getName()).isEqualTo("web-2");
        assertThat(endpoint.getZone()).isEqualTo("zone-of-n1");
    }

    @Test
    void aTerminatingPodIsNotReadyAtOnceButMayStillServe() {
        Endpoint endpoint = only(plan(service(), List.of(terminating(pod(2, true, 8080))), List.of(), 100));
        assertThat(endpoint.getConditions().getReady()).isFalse();
        assertThat(endpoint.getConditions().getServing()).isTrue();
        assertThat(endpoint.getConditions().getTerminating()).isTrue();
    }

    @Test
    void notReadyAddressesArePublishedWhenAskedFor() {
        assertThat(only(plan(service(), List.of(pod(2, false, 8080)), List.of(), 100))
                        .getConditions()
                        .getReady())
                .isFalse();
        Service eager = new ServiceBuilder(service())
                .editSpec()
                .withPublishNotReadyAddresses(true)
                .withClusterIP("None")
                .endSpec()
                .build();
        SlicePlan plan = plan(eager, List.of(pod(2, false, 8080)), List.of(), 100);
        assertThat(only(plan).getConditions().getReady()).isTrue();
        assertThat(only(plan).getConditions().getServing()).isFalse();
        assertThat(plan.create().get(0).getMetadata().getLabels()).containsKey("service.kubernetes.io/headless");
    }

    @Test
    void podsWithAnotherNumberForThePortHaveTheirOwnSlice() {
        SlicePlan plan = plan(service(), List.of(pod(2, true, 8080), pod(3, true, 9090)), List.of(), 100);
        assertThat(plan.create())
                .extracting(each -> each.getPorts().get(0).getPort())
                .containsExactlyInAnyOrder(8080, 9090);
        assertThat(plan.create().stream().map(each -> each.getMetadata().getName()))
                .doesNotHaveDuplicates();
    }

    @Test
    void nobodyIsWrittenDownToo() {
        SlicePlan plan = plan(service(), List.of(), List.of(), 100);
        assertThat(plan.create()).hasSize(1);
        assertThat(plan.create().get(0).getEndpoints()).isEmpty();
        assertThat(plan(service(), List.of(), plan.create(), 100))
                .isEqualTo(new SlicePlan(List.of(), List.of(), List.of()));
    }

    @Test
    void theSameQuestionHasTheSameAnswer() {
        List<Pod> pods = List.of(pod(2, true, 8080), pod(3, true, 8080));
        assertThat(plan(service(), pods, List.of(), 1).create())
                .as("a cache that lags behind asks for the same names again")
                .isEqualTo(plan(service(), pods, List.of(), 1).create());
    }

    /** Pods come, go and change readiness; after every step the slices hold exactly the pods, and few more slices than needed. */
    @Test
    void anySequenceOfChangesEndsInExactlyThePods() {
        for (long seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<EndpointSlice> slices = new ArrayList<>();
            Set<Integer> present = new HashSet<>();
            for (int step = 0; step < 40; step++) {
                for (int i = 0; i < 6; i++) {
                    int number = random.nextInt(30);
                    if (!present.remove(number)) {
                        present.add(number);
                    }
                }
                List<Pod> pods = present.stream()
                        .map(number -> pod(number, random.nextBoolean(), 8080))
                        .toList();
                SlicePlan plan = plan(service(), pods, slices, 5);
                slices = applied(slices, plan);
                assertThat(slices).allMatch(slice -> slice.getEndpoints().size() <= 5);
                assertThat(slices.stream()
                                .flatMap(slice -> slice.getEndpoints().stream())
                                .map(endpoint -> endpoint.getTargetRef().getUid()
                                        + endpoint.getConditions().getReady()))
                        .as("seed %d step %d", seed, step)
                        .containsExactlyInAnyOrderElementsOf(pods.stream()
                                .map(pod -> pod.getMetadata().getUid()
                                        + pod.getStatus()
                                                .getConditions()
                                                .get(0)
                                                .getStatus()
                                                .equals("True"))
                                .toList());
                assertThat(slices.stream().map(slice -> slice.getMetadata().getName()))
                        .doesNotHaveDuplicates();
                SlicePlan again = plan(service(), pods, slices, 5);
                assertThat(again.create()).isEmpty();
                assertThat(again.update()).isEmpty();
                assertThat(again.delete()).isEmpty();
            }
        }
    }

    private static List<EndpointSlice> applied(List<EndpointSlice> slices, SlicePlan plan) {
        List<EndpointSlice> next = new ArrayList<>(plan.create());
        next.addAll(plan.update());
        Set<String> touched = new HashSet<>();
        plan.update().forEach(each -> touched.add(each.getMetadata().getName()));
        plan.delete().forEach(each -> touched.add(each.getMetadata().getName()));
        slices.stream()
                .filter(each -> !touched.contains(each.getMetadata().getName()))
                .forEach(next::add);
        return next;
    }
}
