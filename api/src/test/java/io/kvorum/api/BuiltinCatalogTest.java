package io.kvorum.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BuiltinCatalogTest {
    private final BuiltinCatalog catalog = BuiltinCatalog.load();

    @Test
    void holdsEveryResourceInDiscoveryOrder() {
        assertThat(catalog.all()).hasSize(72);
        assertThat(catalog.all().get(0).kind()).isEqualTo("Binding");
        assertThat(catalog.all().stream().map(ResourceInfo::apiVersion).distinct())
                .startsWith("v1", "apiregistration.k8s.io/v1", "apps/v1")
                .hasSize(24);
    }

    @Test
    void findsByResourceAndByKind() {
        ResourceInfo deployments =
                catalog.byResource("apps", "v1", "deployments").orElseThrow();
        assertThat(deployments.kind()).isEqualTo("Deployment");
        assertThat(deployments.shortNames()).containsExactly("deploy");
        assertThat(deployments.categories()).containsExactly("all");
        assertThat(deployments.namespaced()).isTrue();
        assertThat(catalog.byKind("", "v1", "Node")).get().matches(info -> !info.namespaced());
        assertThat(catalog.byKind("", "v2", "Node")).isEmpty();
        assertThat(catalog.byResource("", "v1", "deployments")).isEmpty();
    }

    @Test
    void readsSubresources() {
        ResourceInfo deployments =
                catalog.byResource("apps", "v1", "deployments").orElseThrow();
        assertThat(deployments.subresources())
                .containsExactly(
                        new ResourceInfo.Subresource(
                                "scale", List.of("get", "patch", "update"), "autoscaling", "v1", "Scale"),
                        new ResourceInfo.Subresource(
                                "status", List.of("get", "patch", "update"), "", "", "Deployment"));
        assertThat(catalog.byResource("", "v1", "pods").orElseThrow().subresources())
                .extracting(ResourceInfo.Subresource::name)
                .contains("exec", "log", "binding", "eviction", "ephemeralcontainers", "resize");
    }
}
