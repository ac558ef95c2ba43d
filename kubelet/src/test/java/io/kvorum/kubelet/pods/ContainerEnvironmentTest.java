package io.kvorum.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContainerEnvironmentTest {
    private static final PodFields.Addresses ADDRESSES = new PodFields.Addresses("127.7.64.2", "127.7.4.1");
    private static final ContainerEnvironment.Sources SOURCES = new ContainerEnvironment.Sources(
            Map.of("settings", new ConfigMapBuilder().addToData("color", "blue").build()),
            Map.of(
                    "login",
                    new SecretBuilder().addToData("password", "c2VjcmV0").build()));

    private static final Pod POD = new PodBuilder()
            .withNewMetadata()
            .withName("web-1")
            .withNamespace("shop")
            .withUid("u")
            .addToLabels("app", "web")
            .addToAnnotations("note", "say \"hi\"")
            .endMetadata()
            .withNewSpec()
            .withNodeName("node-1")
            .endSpec()
            .build();

    private static Map<String, String> build(Container container, Map<String, String> inherited) {
        return ContainerEnvironment.build(
                POD, container, inherited, SOURCES, ADDRESSES, Map.of("cpu", new Quantity("2")));
    }

    @Test
    void literalsExpandEarlierVariables() {
        Container container = new ContainerBuilder()
                .addNewEnv()
                .withName("A")
                .withValue("1")
                .endEnv()
                .addNewEnv()
                .withName("B")
                .withValue("$(A)-$(UNKNOWN)-$$(A)-$(SVC)")
                .endEnv()
                .build();
        assertThat(build(container, Map.of("SVC", "s")))
                .containsEntry("B", "1-$(UNKNOWN)-$(A)-s")
                .containsEntry("SVC", "s");
    }

    @Test
    void expansionLeavesOddDollarsAlone() {
        assertThat(VariableExpansion.expand("$ $x $(", Map.of())).isEqualTo("$ $x $(");
        assertThat(VariableExpansion.expand("a$", Map.of())).isEqualTo("a$");
    }

    @Test
    void fieldsAndResources() {
        Container container = new ContainerBuilder()
                .addNewEnv()
                .withName("NAME")
                .withNewValueFrom()
                .withNewFieldRef("v1", "metadata.name")
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("IP")
                .withNewValueFrom()
                .withNewFieldRef("v1", "status.podIP")
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("APP")
                .withNewValueFrom()
                .withNewFieldRef("v1", "metadata.labels['app']")
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("CPU")
                .withNewValueFrom()
                .withNewResourceFieldRef()
                .withResource("limits.cpu")
                .endResourceFieldRef()
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("MEM")
                .withNewValueFrom()
                .withNewResourceFieldRef()
                .withResource("requests.memory")
                .withDivisor(new Quantity("1Mi"))
                .endResourceFieldRef()
                .endValueFrom()
                .endEnv()
                .withNewResources()
                .addToRequests("memory", new Quantity("64Mi"))
                .endResources()
                .build();
        assertThat(build(container, Map.of()))
                .containsEntry("NAME", "web-1")
                .containsEntry("IP", "127.7.64.2")
                .containsEntry("APP", "web")
                .containsEntry("CPU", "2")
                .containsEntry("MEM", "64");
        assertThat(PodFields.field(POD, "metadata.annotations", ADDRESSES)).isEqualTo("note=\"say \\\"hi\\\"\"");
    }

    @Test
    void configMapsAndSecrets() {
        Container container = new ContainerBuilder()
                .addNewEnvFrom()
                .withPrefix("CFG_")
                .withNewConfigMapRef("settings", false)
                .endEnvFrom()
                .addNewEnv()
                .withName("PASSWORD")
                .withNewValueFrom()
                .withNewSecretKeyRef("password", "login", false)
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("MAYBE")
                .withNewValueFrom()
                .withNewConfigMapKeyRef("size", "settings", true)
                .endValueFrom()
                .endEnv()
                .build();
        assertThat(build(container, Map.of()))
                .containsEntry("CFG_color", "blue")
                .containsEntry("PASSWORD", "secret")
                .doesNotContainKey("MAYBE");
    }

    @Test
    void whatIsMissingIsAConfigError() {
        Container noKey = new ContainerBuilder()
                .addNewEnv()
                .withName("X")
                .withNewValueFrom()
                .withNewConfigMapKeyRef("size", "settings", false)
                .endValueFrom()
                .endEnv()
                .build();
        assertThatThrownBy(() -> build(noKey, Map.of()))
                .isInstanceOf(ConfigErrorException.class)
                .hasMessage("couldn't find key size in ConfigMap shop/settings");
        Container noSecret = new ContainerBuilder()
                .addNewEnvFrom()
                .withNewSecretRef("absent", false)
                .endEnvFrom()
                .build();
        assertThatThrownBy(() -> build(noSecret, Map.of())).hasMessage("secret \"absent\" not found");
    }

    private static Service service(String namespace, String name, String ip) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withClusterIP(ip)
                .addNewPort()
                .withName("http")
                .withPort(80)
                .endPort()
                .endSpec()
                .build();
    }

    @Test
    void servicesOfTheNamespaceAndTheApi() {
        List<Service> services = List.of(
                service("shop", "my-db", "127.7.16.9"),
                service("other", "hidden", "127.7.16.8"),
                service("shop", "headless", "None"),
                service("default", "kubernetes", "127.7.16.1"));
        Map<String, String> all = ServiceVariables.of(services, "shop", true);
        assertThat(all)
                .containsEntry("MY_DB_SERVICE_HOST", "127.7.16.9")
                .containsEntry("MY_DB_SERVICE_PORT", "80")
                .containsEntry("MY_DB_SERVICE_PORT_HTTP", "80")
                .containsEntry("MY_DB_PORT", "tcp://127.7.16.9:80")
                .containsEntry("MY_DB_PORT_80_TCP_ADDR", "127.7.16.9")
                .containsEntry("KUBERNETES_SERVICE_HOST", "127.7.16.1")
                .doesNotContainKeys("HIDDEN_SERVICE_HOST", "HEADLESS_SERVICE_HOST");
        assertThat(ServiceVariables.of(services, "shop", false)).doesNotContainKey("MY_DB_SERVICE_HOST");
    }

    @Test
    void addressesAreGivenInTurn() {
        PodIps ips = new PodIps("127.7.64.0/30");
        assertThat(ips.take()).isEqualTo("127.7.64.2");
        assertThat(ips.take()).isNull();
        ips.free("127.7.64.2");
        assertThat(ips.take()).isEqualTo("127.7.64.2");
        PodIps more = new PodIps("127.7.64.0/24");
        more.reserve("127.7.64.2");
        assertThat(more.take()).isEqualTo("127.7.64.3");
        more.free("127.7.64.3");
        assertThat(more.take()).isEqualTo("127.7.64.4");
    }
}
