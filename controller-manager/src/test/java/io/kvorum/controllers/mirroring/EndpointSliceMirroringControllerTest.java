package io.kvorum.controllers.mirroring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.EndpointSubsetBuilder;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kvorum.controllers.testing.ControllerHarness;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EndpointSliceMirroringControllerTest {
    private ControllerHarness harness;

    @BeforeEach
    void start() {
        harness = new ControllerHarness();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private void service(Map<String, String> selector) {
        harness.create(new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("outside")
                .endMetadata()
                .withNewSpec()
                .withSelector(selector)
                .addNewPort()
                .withPort(80)
                .endPort()
                .endSpec()
                .build());
    }

    private static EndpointsBuilder endpoints(String... addresses) {
        EndpointsBuilder builder = new EndpointsBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("outside")
                .addToLabels("team", "blue")
                .addToAnnotations("kubectl.kubernetes.io/last-applied-configuration", "{}")
                .addToAnnotations("note", "kept")
                .endMetadata()
                .addNewSubset()
                .addNewPort()
                .withPort(8080)
                .endPort()
                .endSubset();
        for (String address : addresses) {
            builder.editFirstSubset()
                    .addNewAddress()
                    .withIp(address)
                    .endAddress()
                    .endSubset();
        }
        return builder;
    }

    private List<EndpointSlice> slices() {
        return harness.api().all(EndpointSlice.class);
    }

    private List<String> mirrored() {
        return slices().stream()
                .flatMap(slice -> slice.getEndpoints().stream())
                .map(Endpoint::getAddresses)
                .flatMap(List::stream)
                .sorted()
                .toList();
    }

    private void run() {
        harness.start(context -> new EndpointSliceMirroringController(context, 5, 1000));
    }

    @Test
    void whatIsMadeByHandIsMirroredAndFollowed() {
        service(Map.of());
        harness.create(endpoints("10.0.0.1").build());
        run();
        harness.api().until(() -> mirrored().equals(List.of("10.0.0.1")));
        EndpointSlice slice = slices().get(0);
        assertThat(slice.getMetadata().getGenerateName()).isEqualTo("outside-");
        assertThat(slice.getMetadata().getLabels())
                .containsEntry("team", "blue")
                .containsEntry("kubernetes.io/service-name", "outside")
                .containsEntry("endpointslice.kubernetes.io/managed-by", "endpointslicemirroring-controller.k8s.io");
        assertThat(slice.getMetadata().getAnnotations()).containsOnlyKeys("note");
        assertThat(slice.getMetadata().getOwnerReferences())
                .singleElement()
                .matches(owner -> owner.getKind().equals("Endpoints") && owner.getController());
        assertThat(slice.getPorts()).singleElement().matches(port -> port.getPort() == 8080);

        harness.api()
                .run(() -> harness.api()
                        .resources(Endpoints.class)
                        .update(new EndpointsBuilder(Objects.requireNonNull(
                                        harness.api().find(Endpoints.class, "default", "outside")))
                                .withSubsets(
                                        endpoints("10.0.0.2", "fd00::2").build().getSubsets())
                                .build()));
        harness.api().until(() -> mirrored().equals(List.of("10.0.0.2", "fd00::2")));
        assertThat(slices()).extracting(EndpointSlice::getAddressType).containsExactlyInAnyOrder("IPv4", "IPv6");

        harness.api()
                .run(() -> harness.api().resources(Endpoints.class).delete("default", "outside", new DeleteOptions()));
        harness.api().until(() -> slices().isEmpty());
    }

    @Test
    void aServiceWithASelectorHasSlicesOfItsOwn() {
        service(Map.of("app", "web"));
        harness.create(endpoints("10.0.0.1").build());
        service2();
        run();
        harness.api().until(() -> mirrored().equals(List.of("10.9.9.9")));
    }

    /** Another one that is mirrored, so that the test knows when the controller has been through. */
    private void service2() {
        harness.create(new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("zz")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build());
        harness.create(new EndpointsBuilder(endpoints("10.9.9.9").build())
                .editMetadata()
                .withName("zz")
                .endMetadata()
                .build());
    }

    @Test
    void whoAsksNotToBeMirroredIsNot() {
        service(Map.of());
        harness.create(endpoints("10.0.0.1")
                .editMetadata()
                .addToLabels("endpointslice.kubernetes.io/skip-mirror", "true")
                .endMetadata()
                .build());
        service2();
        run();
        harness.api().until(() -> mirrored().equals(List.of("10.9.9.9")));
    }

    @Test
    void addressesOverTheLimitAreLeftOut() {
        MirrorPlan plan =
                MirrorPlan.of(endpoints("10.0.0.1", "10.0.0.2", "10.0.0.3").build(), List.of(), 2);
        assertThat(plan.skipped()).isEqualTo(1);
        assertThat(plan.create())
                .singleElement()
                .matches(slice -> slice.getEndpoints().size() == 2);
    }

    @Test
    void anAddressInTwoSubsetsIsOneEndpoint() {
        EndpointSubset twice = new EndpointSubsetBuilder()
                .addNewPort()
                .withPort(8080)
                .endPort()
                .addNewNotReadyAddress()
                .withIp("10.0.0.2")
                .endNotReadyAddress()
                .build();
        MirrorPlan plan = MirrorPlan.of(
                endpoints("10.0.0.1", "10.0.0.2").addToSubsets(twice).build(), List.of(), 1000);
        assertThat(plan.create())
                .singleElement()
                .satisfies(slice -> assertThat(slice.getEndpoints())
                        .extracting(
                                endpoint -> endpoint.getAddresses().get(0),
                                endpoint -> endpoint.getConditions().getReady())
                        .containsExactly(tuple("10.0.0.1", true), tuple("10.0.0.2", false)));
    }
}
