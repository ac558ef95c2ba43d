package io.kvorum.controllers.servicecidr;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.IPAddressBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDR;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDRBuilder;
import io.kvorum.controllers.testing.ControllerHarness;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServiceCidrControllerTest {
    private ControllerHarness harness;

    @BeforeEach
    void start() {
        harness = new ControllerHarness();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private void cidr(String name, String... ranges) {
        harness.create(new ServiceCIDRBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withCidrs(ranges)
                .endSpec()
                .build());
    }

    private boolean ready(String name, String status) {
        ServiceCIDR cidr = harness.api().find(ServiceCIDR.class, "", name);
        return cidr != null
                && cidr.getStatus() != null
                && cidr.getStatus().getConditions().stream()
                        .anyMatch(each -> each.getType().equals("Ready")
                                && each.getStatus().equals(status));
    }

    private void delete(String name) {
        harness.api().run(() -> harness.api().resources(ServiceCIDR.class).delete(null, name, new DeleteOptions()));
    }

    @Test
    void aNewOneBecomesReadyAndGoesWhenNobodyUsesIt() {
        cidr("more", "10.1.0.0/16", "fd00::/112");
        harness.start(context -> new ServiceCidrController(context, 2, Duration.ZERO));
        harness.api().until(() -> ready("more", "True"));
        ServiceCIDR cidr = harness.api().find(ServiceCIDR.class, "", "more");
        assertThat(cidr).isNotNull();
        assertThat(cidr.getMetadata().getFinalizers()).containsExactly(ServiceCidrController.FINALIZER);

        delete("more");
        harness.api().until(() -> harness.api().find(ServiceCIDR.class, "", "more") == null);
    }

    @Test
    void oneInUseIsHeldBackUntilTheLastServiceGoes() {
        cidr("more", "10.1.0.0/16");
        harness.create(new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .endMetadata()
                .withNewSpec()
                .withClusterIPs("10.1.2.3")
                .endSpec()
                .build());
        harness.start(context -> new ServiceCidrController(context, 2, Duration.ZERO));
        harness.api().until(() -> ready("more", "True"));
        delete("more");
        harness.api().until(() -> ready("more", "False"));

        harness.api().run(() -> harness.api().resources(Service.class).delete("default", "web", new DeleteOptions()));
        harness.api().until(() -> harness.api().find(ServiceCIDR.class, "", "more") == null);
    }

    private void service(String... addresses) {
        harness.create(new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .endMetadata()
                .withNewSpec()
                .withClusterIPs(addresses)
                .endSpec()
                .build());
    }

    @Test
    void oneInUseGoesWhenAnotherCoversItsAddresses() {
        cidr("more", "10.1.0.0/16");
        service("10.1.2.3");
        harness.start(context -> new ServiceCidrController(context, 2, Duration.ZERO));
        harness.api().until(() -> ready("more", "True"));
        delete("more");
        harness.api().until(() -> ready("more", "False"));
        cidr("wider", "10.0.0.0/8");
        harness.api().until(() -> harness.api().find(ServiceCIDR.class, "", "more") == null);
    }

    @Test
    void onlyAddressesGivenOutHoldOneBack() {
        cidr("more", "10.1.0.0/16");
        harness.create(new IPAddressBuilder()
                .withNewMetadata()
                .withName("10.1.2.3")
                .endMetadata()
                .build());
        harness.start(context -> new ServiceCidrController(context, 2, Duration.ZERO));
        harness.api().until(() -> ready("more", "True"));
        delete("more");
        harness.api().until(() -> harness.api().find(ServiceCIDR.class, "", "more") == null);
    }

    @Test
    void oneThatIsDeletedStaysForAWhile() {
        cidr("more", "10.1.0.0/16");
        harness.start(context -> new ServiceCidrController(context, 1, Duration.ofHours(1)));
        harness.api().until(() -> ready("more", "True"));
        delete("more");
        cidr("other", "10.2.0.0/16");
        harness.api().until(() -> ready("other", "True"));
        assertThat(harness.api().find(ServiceCIDR.class, "", "more")).isNotNull();
        harness.clock().advance(Duration.ofHours(1));
        cidr("third", "10.3.0.0/16");
        harness.api().until(() -> harness.api().find(ServiceCIDR.class, "", "more") == null);
    }
}
