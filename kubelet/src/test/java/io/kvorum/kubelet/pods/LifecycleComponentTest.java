package io.kvorum.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kvorum.kubelet.runtime.ContainerId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Hooks, probes and the order in which containers begin and end. */
class LifecycleComponentTest extends PodWorkersFixture {
    private static final String TRAPPED =
            "trap 'echo term >> order; exit 0' TERM; touch up; while :; do sleep 0.05; done";

    private Path file(String container, String name) {
        return runtime.root(new ContainerId("uid-1", container, 0)).resolve(name);
    }

    private void awaitFile(String container, String name) throws Exception {
        await(name, () -> file(container, name), Files::exists);
    }

    /** What the containers' events tell, in order. */
    private List<String> story() {
        return events.stream()
                .filter(e -> e.contains("Started ") || e.contains("Killing"))
                .map(e -> e.split(" ", 3)[2])
                .toList();
    }

    @Test
    void thePreStopHookComesBeforeTheSignal() throws Exception {
        add(pod(
                "Always",
                new ContainerBuilder(shell("main", TRAPPED))
                        .withNewLifecycle()
                        .withNewPreStop()
                        .withNewExec()
                        .withCommand("sh", "-c", "echo hook >> order")
                        .endExec()
                        .endPreStop()
                        .endLifecycle()
                        .build()));
        awaitFile("main", "up");
        delete();
        await("object deleted", () -> pods.deletions, list -> list.contains(KEY));
        assertThat(Files.readAllLines(file("main", "order"))).containsExactly("hook", "term");
    }

    @Test
    void aPreStopHookThatTakesAllTheTimeLeavesTheProcessTheLeastGrace() throws Exception {
        Pod pod = pod(
                "Always",
                new ContainerBuilder(shell("main", TRAPPED))
                        .withNewLifecycle()
                        .withNewPreStop()
                        .withNewSleep(30L)
                        .endPreStop()
                        .endLifecycle()
                        .build());
        add(pod);
        awaitFile("main", "up");
        change(p -> new PodBuilder(p)
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .withDeletionGracePeriodSeconds(1L)
                .endMetadata()
                .build());
        await("object deleted", () -> pods.deletions, list -> list.contains(KEY));
        assertThat(Files.readAllLines(file("main", "order"))).containsExactly("term");
    }

    @Test
    void aPostStartHookThatFailsEndsTheContainer() throws Exception {
        add(pod(
                "Never",
                new ContainerBuilder(shell("main", "exec sleep 60"))
                        .withNewLifecycle()
                        .withNewPostStart()
                        .withNewExec()
                        .withCommand("sh", "-c", "echo not today; exit 1")
                        .endExec()
                        .endPostStart()
                        .endLifecycle()
                        .build()));
        awaitPod("failed", p -> phase(p, "Failed"));
        assertThat(events)
                .contains(
                        "Warning FailedPostStartHook PostStartHook failed: not today\n",
                        "Normal Killing FailedPostStartHook");
    }

    @Test
    void theLogStandsInForATerminationMessageOfAContainerThatFailed() throws Exception {
        Container failing = new ContainerBuilder(shell("main", "echo the last words; exit 4"))
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .build();
        Container fine = new ContainerBuilder(shell("fine", "echo all is well"))
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .build();
        add(pod("Never", failing, fine));
        Pod failed = awaitPod("failed", p -> phase(p, "Failed"));
        assertThat(status(failed, 0).getState().getTerminated().getMessage()).isEqualTo("the last words\n");
        assertThat(status(failed, 1).getState().getTerminated().getMessage()).isNull();
    }

    private static Container sidecar(String name) {
        return new ContainerBuilder(shell(name, "exec sleep 60"))
                .withRestartPolicy("Always")
                .build();
    }

    @Test
    void aSidecarsStartupProbeHoldsBackTheNextAndTheyEndTheOtherWayRound() throws Exception {
        Container first = new ContainerBuilder(sidecar("first"))
                .withNewStartupProbe()
                .withNewExec()
                .withCommand("test", "-e", "ok")
                .endExec()
                .withPeriodSeconds(1)
                .withFailureThreshold(60)
                .endStartupProbe()
                .build();
        Pod pod = new PodBuilder(pod("Never", shell("main", "until test -e done; do sleep 0.05; done")))
                .editSpec()
                .withInitContainers(first, sidecar("second"))
                .endSpec()
                .build();
        add(pod);
        await("probed", () -> events, list -> list.stream().anyMatch(e -> e.contains("Startup probe failed")));
        assertThat(story()).containsExactly("Started container first");
        Files.createFile(file("first", "ok"));
        awaitPod("running", p -> phase(p, "Running"));
        awaitFile("main", "tmp");
        Files.createFile(file("main", "done"));
        awaitPod("succeeded", p -> phase(p, "Succeeded"));
        assertThat(story())
                .containsExactly(
                        "Started container first",
                        "Started container second",
                        "Started container main",
                        "Stopping container second",
                        "Stopping container first");
    }

    private static Container unwell() {
        return new ContainerBuilder(shell("main", "trap 'exit 0' TERM; touch up; while :; do sleep 0.05; done"))
                .withNewLivenessProbe()
                .withNewExec()
                .withCommand("sh", "-c", "test ! -e up")
                .endExec()
                .withPeriodSeconds(1)
                .withFailureThreshold(1)
                .endLivenessProbe()
                .build();
    }

    @Test
    void aContainerThatFailedItsProbeIsRestartedThoughItThenEndedWell() throws Exception {
        add(pod("OnFailure", unwell()));
        Pod again = awaitPod("restarted", p -> status(p, 0).getRestartCount() == 1);
        assertThat(status(again, 0).getLastState().getTerminated().getExitCode())
                .isZero();
        assertThat(story()).contains("Container main failed liveness probe, will be restarted");
    }

    @Test
    void aContainerThatIsNeverRestartedEndsWithItsProbe() throws Exception {
        add(pod("Never", unwell()));
        awaitPod("succeeded", p -> phase(p, "Succeeded"));
        assertThat(story()).containsExactly("Started container main", "Container main failed liveness probe");
    }

    @Test
    void theHostsFileHasTheAliases() throws Exception {
        Pod pod = new PodBuilder(pod("Never", shell("main", "cat etc/hosts > dev/termination-log")))
                .editSpec()
                .addNewHostAlias()
                .withIp("10.0.0.9")
                .withHostnames("db", "db.local")
                .endHostAlias()
                .endSpec()
                .build();
        add(pod);
        Pod ended = awaitPod("succeeded", p -> phase(p, "Succeeded"));
        assertThat(status(ended, 0).getState().getTerminated().getMessage())
                .startsWith("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n")
                .endsWith("\n" + ended.getStatus().getPodIP()
                        + "\tweb\n\n# Entries added by HostAliases.\n10.0.0.9\tdb\tdb.local\n");
    }

    @Test
    void theVolumesOfAnAdoptedPodStillFollowTheirObjects() throws Exception {
        configMaps.put(settings("one"));
        Container container = new ContainerBuilder(
                        shell("main", "until grep -q two etc/config/key; do sleep 0.05; done; exit 0"))
                .addNewVolumeMount()
                .withName("config")
                .withMountPath("/etc/config")
                .endVolumeMount()
                .build();
        add(new PodBuilder(pod("Never", container))
                .editSpec()
                .addNewVolume()
                .withName("config")
                .withNewConfigMap()
                .withName("settings")
                .endConfigMap()
                .endVolume()
                .endSpec()
                .build());
        awaitPod("ready", PodWorkersFixture::ready);
        restart();
        configMaps.put(settings("two"));
        Pod after = awaitPod("succeeded", p -> phase(p, "Succeeded"));
        assertThat(Objects.requireNonNull(status(after, 0)).getRestartCount()).isZero();
    }
}
