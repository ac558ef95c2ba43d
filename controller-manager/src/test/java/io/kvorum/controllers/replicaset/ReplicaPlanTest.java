package io.kvorum.controllers.replicaset;

import static io.kvorum.controllers.testing.FakeClock.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplicaPlanTest {
    private static ReplicaSet replicas(@Nullable Integer number) {
        return new ReplicaSetBuilder()
                .withNewMetadata()
                .endMetadata()
                .withNewSpec()
                .withReplicas(number)
                .endSpec()
                .build();
    }

    private static Pod pod(String name, String phase) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withUid(name)
                .endMetadata()
                .withNewSpec()
                .withNodeName("n1")
                .endSpec()
                .withNewStatus()
                .withPhase(phase)
                .endStatus()
                .build();
    }

    private static Pod terminating(Pod pod) {
        return new PodBuilder(pod)
                .editMetadata()
                .withDeletionTimestamp(START.toString())
                .endMetadata()
                .build();
    }

    private static ReplicaPlan plan(@Nullable Integer replicas, List<Pod> pods) {
        return ReplicaPlan.of(new ReplicaSets().read(replicas(replicas)).replicas(), pods, pods, START);
    }

    @Test
    void createsWhatIsMissing() {
        assertThat(plan(3, List.of(pod("a", "Running")))).isEqualTo(new ReplicaPlan(2, List.of()));
    }

    @Test
    void absentReplicasMeanOne() {
        assertThat(plan(null, List.of()).create()).isEqualTo(1);
    }

    @Test
    void finishedAndTerminatingPodsDoNotCount() {
        List<Pod> pods =
                List.of(pod("done", "Succeeded"), pod("failed", "Failed"), terminating(pod("going", "Running")));
        assertThat(plan(1, pods)).isEqualTo(new ReplicaPlan(1, List.of()));
    }

    @Test
    void deletesTheExcessNotRunningFirst() {
        Pod pending = pod("b", "Pending");
        assertThat(plan(1, List.of(pod("a", "Running"), pending))).isEqualTo(new ReplicaPlan(0, List.of(pending)));
    }

    @Test
    void enoughIsEnough() {
        assertThat(plan(1, List.of(pod("a", "Running")))).isEqualTo(new ReplicaPlan(0, List.of()));
    }

    @Test
    void oneGoIsLimitedInBothDirections() {
        assertThat(plan(2000, List.of()).create()).isEqualTo(ReplicaPlan.BURST);
        List<Pod> many = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            many.add(pod("p" + i, "Running"));
        }
        assertThat(plan(0, many).delete()).hasSize(ReplicaPlan.BURST);
    }
}
