package io.kvorum.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kvorum.kubelet.runtime.ContainerId;
import java.nio.file.Files;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Resize in place, on a node with two processors and one gibibyte. */
class PodResizeComponentTest extends PodWorkersFixture {
    private static Container sized(String cpu, String memory, String memoryPolicy) {
        return new ContainerBuilder(shell("main", "trap 'exit 0' TERM; touch up; while :; do sleep 0.05; done"))
                .withNewResources()
                .addToRequests("cpu", new Quantity(cpu))
                .addToRequests("memory", new Quantity(memory))
                .endResources()
                .addNewResizePolicy()
                .withResourceName("cpu")
                .withRestartPolicy("NotRequired")
                .endResizePolicy()
                .addNewResizePolicy()
                .withResourceName("memory")
                .withRestartPolicy(memoryPolicy)
                .endResizePolicy()
                .build();
    }

    private void resize(String cpu, String memory) throws Exception {
        change(pod -> new PodBuilder(pod)
                .editMetadata()
                .withGeneration(pod.getMetadata().getGeneration() + 1)
                .endMetadata()
                .editSpec()
                .editFirstContainer()
                .editResources()
                .addToRequests("cpu", new Quantity(cpu))
                .addToRequests("memory", new Quantity(memory))
                .endResources()
                .endContainer()
                .endSpec()
                .build());
    }

    private static Pod first(Pod pod) {
        return new PodBuilder(pod)
                .editMetadata()
                .withGeneration(1L)
                .endMetadata()
                .build();
    }

    private static String allocated(Pod pod, String resource) {
        return String.valueOf(status(pod, 0).getAllocatedResources().get(resource));
    }

    private static String actual(Pod pod, String resource) {
        return String.valueOf(status(pod, 0).getResources().getRequests().get(resource));
    }

    private static Optional<PodCondition> condition(Pod pod, String type) {
        return pod.getStatus().getConditions().stream()
                .filter(c -> c.getType().equals(type))
                .findFirst();
    }

    private static boolean pending(Pod pod, String reason) {
        return condition(pod, "PodResizePending")
                .filter(c -> reason.equals(c.getReason()))
                .isPresent();
    }

    @Test
    void aSizeThatNeedsNoRestartIsThereAtOnce() throws Exception {
        add(first(pod("Always", sized("100m", "64Mi", "RestartContainer"))));
        Pod before = awaitPod("ready", PodWorkersFixture::ready);
        assertThat(allocated(before, "cpu")).isEqualTo("100m");
        assertThat(actual(before, "memory")).isEqualTo("64Mi");
        resize("200m", "64Mi");
        Pod after = awaitPod("resized", p -> actual(p, "cpu").equals("200m"));
        assertThat(allocated(after, "cpu")).isEqualTo("200m");
        assertThat(status(after, 0).getRestartCount()).isZero();
        assertThat(ready(after)).isTrue();
        assertThat(condition(after, "PodResizePending")).isEmpty();
        assertThat(condition(after, "PodResizeInProgress")).isEmpty();
        assertThat(after.getStatus().getObservedGeneration()).isEqualTo(2);
        String sizes = "{\"containers\":[{\"name\":\"main\",\"resources\":{\"requests\":"
                + "{\"cpu\":\"200m\",\"memory\":\"64Mi\"}}}],\"generation\":2}";
        assertThat(events)
                .contains(
                        "Normal ResizeStarted Pod resize started: " + sizes,
                        "Normal ResizeCompleted Pod resize completed: " + sizes);
    }

    @Test
    void aSizeThatNeedsARestartIsThereAfterItThoughTheContainerEndsWell() throws Exception {
        add(first(pod("OnFailure", sized("100m", "64Mi", "RestartContainer"))));
        awaitPod("ready", PodWorkersFixture::ready);
        ContainerId run = new ContainerId("uid-1", "main", 0);
        await("trap", () -> runtime.root(run).resolve("up"), Files::exists);
        resize("100m", "128Mi");
        Pod after = awaitPod(
                "restarted with the new size",
                p -> status(p, 0).getRestartCount() == 1
                        && status(p, 0).getState().getRunning() != null
                        && condition(p, "PodResizeInProgress").isEmpty());
        assertThat(actual(after, "memory")).isEqualTo("128Mi");
        assertThat(status(after, 0).getLastState().getTerminated().getExitCode())
                .isZero();
        assertThat(events.stream().filter(e -> e.contains("Killing") || e.contains("Resize")))
                .extracting(e -> e.split(":")[0])
                .containsExactly(
                        "Normal ResizeStarted Pod resize started",
                        "Normal Killing Container main resize requires restart",
                        "Normal ResizeCompleted Pod resize completed");
    }

    @Test
    void moreThanTheNodeHasIsInfeasibleAndTheContainerStaysAsItWas() throws Exception {
        add(first(pod("Always", sized("100m", "64Mi", "NotRequired"))));
        awaitPod("ready", PodWorkersFixture::ready);
        resize("1000", "64Mi");
        Pod pending = awaitPod("pending", p -> pending(p, "Infeasible"));
        assertThat(condition(pending, "PodResizePending"))
                .hasValueSatisfying(c -> assertThat(c.getMessage())
                        .isEqualTo("Node didn't have enough capacity: cpu, requested: 1000000, capacity: 2000"));
        assertThat(allocated(pending, "cpu")).isEqualTo("100m");
        assertThat(actual(pending, "cpu")).isEqualTo("100m");
        assertThat(events).anyMatch(e -> e.startsWith("Warning ResizeInfeasible Pod resize Infeasible: {"));
        resize("300m", "64Mi");
        Pod after = awaitPod("resized", p -> actual(p, "cpu").equals("300m"));
        assertThat(condition(after, "PodResizePending")).isEmpty();
    }

    @Test
    void whatOthersHoldIsDeferredUntilTheyLetGo() throws Exception {
        Pod other = new PodBuilder(pod(
                        "Always",
                        new ContainerBuilder(shell("main", "exec sleep 60"))
                                .withNewResources()
                                .addToRequests("cpu", new Quantity("1500m"))
                                .endResources()
                                .build()))
                .editMetadata()
                .withName("other")
                .withUid("uid-2")
                .endMetadata()
                .build();
        add(other);
        add(first(pod("Always", sized("100m", "64Mi", "NotRequired"))));
        awaitPod("ready", PodWorkersFixture::ready);
        resize("1", "64Mi");
        Pod pending = awaitPod("pending", p -> pending(p, "Deferred"));
        assertThat(condition(pending, "PodResizePending"))
                .hasValueSatisfying(c -> assertThat(c.getMessage())
                        .isEqualTo("Node didn't have enough resource: cpu, requested: 1000, used: 1500,"
                                + " capacity: 2000"));
        onLoop(() -> {
            workers.deleted(other);
            return true;
        });
        awaitPod("resized", p -> actual(p, "cpu").equals("1"));
    }

    @Test
    void anotherKubeletKnowsWhatIsGrantedAndWhatIsNot() throws Exception {
        add(first(pod("Always", sized("100m", "64Mi", "RestartContainer"))));
        awaitPod("ready", PodWorkersFixture::ready);
        resize("1000", "64Mi");
        awaitPod("pending", p -> pending(p, "Infeasible"));
        restart();
        Pod pending = awaitPod("pending", p -> pending(p, "Infeasible"));
        assertThat(actual(pending, "cpu")).isEqualTo("100m");
        resize("100m", "128Mi");
        Pod after = awaitPod("restarted", p -> status(p, 0).getRestartCount() == 1);
        assertThat(actual(after, "memory")).isEqualTo("128Mi");
    }
}
