package io.kvorum.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelSelectorsTest {
    @Test
    void nullSelectsNothingAndEmptyEverything() {
        assertThat(LabelSelectors.matches((LabelSelector) null, Map.of())).isFalse();
        assertThat(LabelSelectors.matches(new LabelSelector(), null)).isTrue();
    }

    @Test
    void labelsAndExpressionsMustAllHold() {
        LabelSelector selector = new LabelSelectorBuilder()
                .addToMatchLabels("app", "web")
                .addToMatchExpressions(requirement("tier", "In", "a", "b"))
                .addToMatchExpressions(requirement("old", "DoesNotExist"))
                .addToMatchExpressions(requirement("zone", "NotIn", "x"))
                .build();
        assertThat(LabelSelectors.matches(selector, Map.of("app", "web", "tier", "a")))
                .isTrue();
        assertThat(LabelSelectors.matches(selector, Map.of("app", "web", "tier", "c")))
                .isFalse();
        assertThat(LabelSelectors.matches(selector, Map.of("app", "web", "tier", "a", "old", "")))
                .isFalse();
        assertThat(LabelSelectors.matches(selector, Map.of("app", "web", "tier", "a", "zone", "x")))
                .isFalse();
        assertThat(LabelSelectors.matches(selector, Map.of("tier", "a"))).isFalse();
        assertThat(LabelSelectors.format(selector)).isEqualTo("app=web,tier in (a,b),!old,zone notin (x)");
    }

    private static LabelSelectorRequirement requirement(String key, String operator, String... values) {
        return new LabelSelectorRequirement(key, operator, List.of(values));
    }
}
