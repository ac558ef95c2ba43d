package io.kvorum.apiserver.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.apiserver.admission.Admission.Operation;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebhookRuleTest {
    private static final ResourceInfo PODS = resource("", "v1", "pods");
    private static final ResourceInfo NODES = resource("", "v1", "nodes");

    private static ResourceInfo resource(String group, String version, String resource) {
        return BuiltinCatalog.load().byResource(group, version, resource).orElseThrow();
    }

    private static WebhookRule rule(String operation, String resource, String scope) {
        return new WebhookRule(List.of(operation), List.of(""), List.of("v1"), List.of(resource), scope);
    }

    @Test
    void operationsCountUnlessAllDo() {
        assertThat(rule("CREATE", "pods", "*").matches(Operation.CREATE, PODS, ""))
                .isTrue();
        assertThat(rule("CREATE", "pods", "*").matches(Operation.DELETE, PODS, ""))
                .isFalse();
        assertThat(rule("*", "pods", "*").matches(Operation.DELETE, PODS, "")).isTrue();
    }

    @Test
    void aResourceIsNotItsSubresources() {
        assertThat(rule("*", "pods", "*").matches(Operation.UPDATE, PODS, "status"))
                .isFalse();
        assertThat(rule("*", "*", "*").matches(Operation.UPDATE, PODS, "status"))
                .isFalse();
        assertThat(rule("*", "pods/status", "*").matches(Operation.UPDATE, PODS, "status"))
                .isTrue();
        assertThat(rule("*", "*/status", "*").matches(Operation.UPDATE, PODS, "status"))
                .isTrue();
        assertThat(rule("*", "pods/*", "*").matches(Operation.UPDATE, PODS, "status"))
                .isTrue();
        // As upstream, whatever its documentation says.
        assertThat(rule("*", "pods/*", "*").matches(Operation.UPDATE, PODS, "")).isTrue();
        assertThat(rule("*", "*/*", "*").matches(Operation.UPDATE, PODS, "resize"))
                .isTrue();
    }

    @Test
    void scopesSplitTheResources() {
        assertThat(rule("*", "*", "Cluster").matches(Operation.CREATE, NODES, ""))
                .isTrue();
        assertThat(rule("*", "*", "Cluster").matches(Operation.CREATE, PODS, ""))
                .isFalse();
        assertThat(rule("*", "*", "Namespaced").matches(Operation.CREATE, PODS, ""))
                .isTrue();
    }

    @Test
    void anotherVersionMayMatchWhenTheRestDoes() {
        ResourceInfo other = resource("autoscaling", "v2", "horizontalpodautoscalers");
        WebhookRule rule = new WebhookRule(
                List.of("*"), List.of("autoscaling"), List.of("v1"), List.of("horizontalpodautoscalers"), "*");
        assertThat(rule.matches(Operation.CREATE, other, "")).isFalse();
        assertThat(rule.mayMatch(Operation.CREATE, other, "")).isTrue();
    }
}
