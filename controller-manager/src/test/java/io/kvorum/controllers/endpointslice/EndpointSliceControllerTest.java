package io.kvorum.controllers.endpointslice;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kvorum.controllers.endpoints.EndpointsController;
import io.kvorum.controllers.testing.ControllerHarness;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Slices and the older Endpoints side by side. */
class EndpointSliceControllerTest {
    private ControllerHarness harness;

    @BeforeEach
    void start() {
        harness = new ControllerHarness();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private void run() {
        harness.start(
                context -> new EndpointSliceController(context, 5, 100),
                context -> new EndpointsController(context, 5));
    }

    private void service(String name, @Nullable Map<String, String> selector) {
        harness.create(new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withSelector(selector)
                .addNewPort()
                .withPort(80)
                .withTargetPort(new IntOrString(8080))
                .endPort()
                .endSpec()
                .build());
    }

    private void pod(String name, String ip) {
        harness.create(harness.ready(
                new PodBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName(name)
                        .withLabels(Map.of("app", "web"))
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName("n1")
                        .endSpec()
                        .build(),
                ip));
    }

    private List<String> readyAddresses() {
        return harness.api().all(EndpointSlice.class).stream()
                .flatMap(slice -> slice.getEndpoints().stream())
                .filter(endpoint -> endpoint.getConditions().getReady())
                .flatMap(endpoint -> endpoint.getAddresses().stream())
                .sorted()
                .toList();
    }

    private long endpointAddresses() {
        return harness.api().all(Endpoints.class).stream()
                .flatMap(each -> each.getSubsets().stream())
                .mapToLong(subset -> subset.getAddresses().size())
                .sum();
    }

    @Test
    void aTerminatingPodIsTakenOutAtOnce() {
        service("web", Map.of("app", "web"));
        pod("a", "127.7.64.2");
        pod("b", "127.7.64.3");
        run();
        harness.api()
                .until(() -> readyAddresses().equals(List.of("127.7.64.2", "127.7.64.3")) && endpointAddresses() == 2);
        harness.api().run(() -> harness.api().resources(Pod.class).delete("default", "a", new DeleteOptions()));
        harness.api().until(() -> readyAddresses().equals(List.of("127.7.64.3")) && endpointAddresses() == 1);
        assertThat(harness.api().run(() -> harness.api().all(EndpointSlice.class)))
                .as("it may still serve while it terminates")
                .singleElement()
                .matches(slice -> slice.getEndpoints().size() == 2);
    }

    @Test
    void endpointsOfServicesWithoutASelectorAreTheUsers() {
        service("external", null);
        service("web", Map.of("app", "web"));
        run();
        harness.api()
                .until(() -> harness.api().all(EndpointSlice.class).size() == 1
                        && harness.api().all(Endpoints.class).size() == 1);
        assertThat(harness.api().run(() -> harness.api().find(Endpoints.class, "default", "external")))
                .isNull();
    }

    @Test
    void endpointsGoWithTheirService() {
        service("web", Map.of("app", "web"));
        run();
        harness.api().until(() -> harness.api().all(Endpoints.class).size() == 1);
        harness.api().run(() -> harness.api().resources(Service.class).delete("default", "web", new DeleteOptions()));
        harness.api().until(() -> harness.api().all(Endpoints.class).isEmpty());
    }

    @Test
    void aSliceSomebodyDeletedComesBack() {
        service("web", Map.of("app", "web"));
        run();
        harness.api().until(() -> harness.api().all(EndpointSlice.class).size() == 1);
        EndpointSlice slice =
                harness.api().run(() -> harness.api().all(EndpointSlice.class)).get(0);
        harness.api()
                .run(() -> harness.api()
                        .resources(EndpointSlice.class)
                        .delete("default", slice.getMetadata().getName(), new DeleteOptions()));
        harness.api()
                .until(() -> harness.api().all(EndpointSlice.class).stream()
                        .anyMatch(each -> !each.getMetadata()
                                .getUid()
                                .equals(slice.getMetadata().getUid())));
    }
}
