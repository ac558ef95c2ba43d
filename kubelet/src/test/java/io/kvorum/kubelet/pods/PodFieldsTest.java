package io.kvorum.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceFieldSelector;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PodFieldsTest {
    private static final Map<String, Quantity> NODE = Map.of("cpu", new Quantity("2"), "memory", new Quantity("1Gi"));
    private static final Container MAIN = container("main", "250m");
    private static final Pod POD = new PodBuilder()
            .withNewSpec()
            .withInitContainers(container("side", "100m"))
            .withContainers(MAIN)
            .endSpec()
            .build();

    private static Container container(String name, String cpu) {
        return new ContainerBuilder()
                .withName(name)
                .withNewResources()
                .addToRequests("cpu", new Quantity(cpu))
                .endResources()
                .build();
    }

    private static String resource(@Nullable Container own, @Nullable String name, String resource) {
        return PodFields.resource(POD, own, new ResourceFieldSelector(name, new Quantity("1m"), resource), NODE);
    }

    @Test
    void aResourceIsTheContainersOwnUnlessAnotherIsNamed() {
        assertThat(resource(MAIN, null, "requests.cpu")).isEqualTo("250");
        assertThat(resource(MAIN, "", "requests.cpu")).isEqualTo("250");
        assertThat(resource(MAIN, "side", "requests.cpu")).isEqualTo("100");
        assertThat(resource(null, "side", "requests.cpu")).isEqualTo("100");
    }

    @Test
    void aLimitThatIsNotSetIsTheNodes() {
        assertThat(resource(MAIN, null, "limits.cpu")).isEqualTo("2000");
        assertThat(resource(MAIN, null, "requests.memory")).isEqualTo("0");
    }

    @Test
    void aContainerThatIsNotThereIsTold() {
        assertThatThrownBy(() -> resource(null, "absent", "limits.cpu"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("container absent not found");
    }
}
