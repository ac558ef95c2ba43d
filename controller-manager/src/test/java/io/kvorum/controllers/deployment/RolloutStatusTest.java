package io.kvorum.controllers.deployment;

import static io.kvorum.controllers.testing.FakeClock.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RolloutStatusTest {
    private static Deployment deployment(DeploymentStatus status) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName("web")
                .withGeneration(2L)
                .endMetadata()
                .withNewSpec()
                .withReplicas(2)
                .withProgressDeadlineSeconds(600)
                .endSpec()
                .withStatus(status)
                .build();
    }

    private static ReplicaSet replicaSet(int replicas, int available) {
        return new ReplicaSetBuilder()
                .withNewMetadata()
                .withName("web-1")
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .endSpec()
                .withNewStatus()
                .withReplicas(replicas)
                .withReadyReplicas(available)
                .withAvailableReplicas(available)
                .endStatus()
                .build();
    }

    private static DeploymentStatus next(DeploymentStatus before, ReplicaSet newest, Instant now) {
        return RolloutStatus.of(
                deployment(before),
                List.of(newest),
                newest,
                new DeploymentConditions(before.getConditions(), now),
                null,
                now);
    }

    private static DeploymentCondition condition(DeploymentStatus status, String type) {
        return status.getConditions().stream()
                .filter(each -> each.getType().equals(type))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void countsAndSaysWhetherTheMinimumIsAvailable() {
        DeploymentStatus status = next(new DeploymentStatus(), replicaSet(2, 1), START);
        assertThat(status.getReplicas()).isEqualTo(2);
        assertThat(status.getUpdatedReplicas()).isEqualTo(2);
        assertThat(status.getUnavailableReplicas()).isEqualTo(1);
        assertThat(status.getObservedGeneration()).isEqualTo(2);
        assertThat(condition(status, "Available"))
                .returns("False", DeploymentCondition::getStatus)
                .returns("MinimumReplicasUnavailable", DeploymentCondition::getReason);
        assertThat(condition(next(status, replicaSet(2, 2), START), "Available"))
                .returns("True", DeploymentCondition::getStatus)
                .returns("Deployment has minimum availability.", DeploymentCondition::getMessage);
    }

    @Test
    void progressGoesFromUpdatedToAvailable() {
        DeploymentStatus moving = next(new DeploymentStatus(), replicaSet(2, 0), START);
        assertThat(condition(moving, "Progressing"))
                .returns("ReplicaSetUpdated", DeploymentCondition::getReason)
                .returns("ReplicaSet \"web-1\" is progressing.", DeploymentCondition::getMessage);
        DeploymentStatus done = next(moving, replicaSet(2, 2), START.plusSeconds(5));
        assertThat(condition(done, "Progressing"))
                .returns("True", DeploymentCondition::getStatus)
                .returns("NewReplicaSetAvailable", DeploymentCondition::getReason)
                .returns("ReplicaSet \"web-1\" has successfully progressed.", DeploymentCondition::getMessage)
                .returns(START.toString(), DeploymentCondition::getLastTransitionTime)
                .returns(START.plusSeconds(5).toString(), DeploymentCondition::getLastUpdateTime);
    }

    @Test
    void everyMoveStartsTheDeadlineAnewAndStandingStillEndsIt() {
        DeploymentStatus moving = next(new DeploymentStatus(), replicaSet(2, 0), START);
        DeploymentStatus further = next(moving, replicaSet(2, 1), START.plusSeconds(500));
        assertThat(condition(further, "Progressing").getLastUpdateTime())
                .isEqualTo(START.plusSeconds(500).toString());
        assertThat(RolloutStatus.untilDeadline(deployment(further), further, START.plusSeconds(600)))
                .isEqualTo(Duration.ofSeconds(501));
        DeploymentStatus still = next(further, replicaSet(2, 1), START.plusSeconds(1099));
        assertThat(condition(still, "Progressing").getStatus()).isEqualTo("True");
        DeploymentStatus late = next(further, replicaSet(2, 1), START.plusSeconds(1101));
        assertThat(condition(late, "Progressing"))
                .returns("False", DeploymentCondition::getStatus)
                .returns("ProgressDeadlineExceeded", DeploymentCondition::getReason)
                .returns("ReplicaSet \"web-1\" has timed out progressing.", DeploymentCondition::getMessage);
        assertThat(RolloutStatus.untilDeadline(deployment(late), late, START.plusSeconds(1200)))
                .isNull();
    }

    @Test
    void aCompleteDeploymentThatLosesAPodDoesNotProgressAgain() {
        DeploymentStatus done =
                next(next(new DeploymentStatus(), replicaSet(2, 0), START), replicaSet(2, 2), START.plusSeconds(5));
        DeploymentStatus hurt = next(done, replicaSet(2, 1), START.plusSeconds(9000));
        assertThat(condition(hurt, "Progressing").getReason()).isEqualTo("NewReplicaSetAvailable");
    }

    @Test
    void theNewestReplicaSetsFailureShowsAndGoes() {
        ReplicaSet failing = new ReplicaSetBuilder(replicaSet(2, 0))
                .editStatus()
                .addNewCondition()
                .withType("ReplicaFailure")
                .withStatus("True")
                .withReason("FailedCreate")
                .withMessage("no room")
                .endCondition()
                .endStatus()
                .build();
        DeploymentStatus failed = next(new DeploymentStatus(), failing, START);
        assertThat(condition(failed, "ReplicaFailure")).returns("FailedCreate", DeploymentCondition::getReason);
        assertThat(next(failed, replicaSet(2, 0), START).getConditions())
                .noneMatch(each -> each.getType().equals("ReplicaFailure"));
    }
}
