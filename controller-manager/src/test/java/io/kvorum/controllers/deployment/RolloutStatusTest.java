package io.kvorum.controllers.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import org.junit.jupiter.api.Test;

class RolloutStatusTest {
    @Test
    void countsThatAreNotThereAreZero() {
        DeploymentStatus none = new DeploymentStatusBuilder().build();
        DeploymentStatus zero = new DeploymentStatusBuilder().withReplicas(0).build();
        DeploymentStatus one = new DeploymentStatusBuilder().withReplicas(1).build();
        assertThat(RolloutStatus.same(none, new DeploymentStatusBuilder().build()))
                .isTrue();
        assertThat(RolloutStatus.same(none, zero)).isTrue();
        assertThat(RolloutStatus.same(zero, none)).isTrue();
        assertThat(RolloutStatus.same(one, none)).isFalse();
    }
}
