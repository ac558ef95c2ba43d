package io.kvorum.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.fabric8.kubernetes.api.model.EphemeralContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kvorum.kubelet.runtime.ContainerId;
import java.nio.file.Files;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Ephemeral containers, as {@code kubectl debug} adds them to a running pod. */
class EphemeralContainersComponentTest extends PodWorkersFixture {
    private static EphemeralContainer debugger(String name, @Nullable String target, String script) {
        return new EphemeralContainerBuilder()
                .withName(name)
                .withImage("busybox")
                .withCommand("sh", "-c", script)
                .withTargetContainerName(target)
                .build();
    }

    private void debug(EphemeralContainer container) throws Exception {
        change(pod -> new PodBuilder(pod)
                .editSpec()
                .addToEphemeralContainers(container)
                .endSpec()
                .build());
    }

    private static ContainerStatus ephemeral(Pod pod, int index) {
        return pod.getStatus().getEphemeralContainerStatuses().get(index);
    }

    private static boolean ended(Pod pod, int index) {
        List<ContainerStatus> all = pod.getStatus().getEphemeralContainerStatuses();
        return all != null && all.size() > index && all.get(index).getState().getTerminated() != null;
    }

    private static boolean waits(Pod pod, String reason) {
        List<ContainerStatus> all = pod.getStatus().getEphemeralContainerStatuses();
        return all != null
                && !all.isEmpty()
                && all.get(0).getState().getWaiting() != null
                && reason.equals(all.get(0).getState().getWaiting().getReason());
    }

    @Test
    void oneThatEndsIsNotStartedAgainAndChangesNothingElse() throws Exception {
        add(pod("Always", shell("main", "exec sleep 60")));
        awaitPod("ready", PodWorkersFixture::ready);
        events.clear();
        debug(debugger("debugger-1", null, "echo looked; exit 3"));
        awaitPod("ended", p -> ended(p, 0));
        debug(debugger("debugger-2", null, "exit 0"));
        Pod after = awaitPod("the second ended too", p -> ended(p, 1));
        assertThat(ephemeral(after, 0).getState().getTerminated().getExitCode()).isEqualTo(3);
        assertThat(ephemeral(after, 0).getState().getTerminated().getReason()).isEqualTo("Error");
        assertThat(ephemeral(after, 0).getRestartCount()).isZero();
        assertThat(ephemeral(after, 0).getReady()).isFalse();
        assertThat(ephemeral(after, 0).getStarted()).isNull();
        assertThat(after.getStatus().getPhase()).isEqualTo("Running");
        assertThat(ready(after)).isTrue();
        assertThat(status(after, 0).getRestartCount()).isZero();
        assertThat(events)
                .containsExactly(
                        "Normal Pulled Container image \"busybox\" already present on machine",
                        "Normal Created Created container: debugger-1",
                        "Normal Started Started container debugger-1",
                        "Normal Pulled Container image \"busybox\" already present on machine",
                        "Normal Created Created container: debugger-2",
                        "Normal Started Started container debugger-2");
        assertThat(runtime.log(new ContainerId("uid-1", "debugger-1", 0)).tail(5, 100))
                .isEqualTo("looked\n");
    }

    @Test
    void itSeesTheProcessAndTheFilesOfItsTarget() throws Exception {
        add(pod("Always", shell("main", "MARK=here exec sh -c 'echo of main > note; exec sleep 60'")));
        await("note", () -> runtime.root(new ContainerId("uid-1", "main", 0)).resolve("note"), Files::exists);
        debug(debugger(
                "debugger",
                "main",
                "cat proc/1/root/note; tr '\\0' '\\n' < proc/1/environ | grep MARK; test -d /proc/$KVORUM_TARGET_PID"));
        Pod after = awaitPod("ended", p -> ended(p, 0));
        assertThat(runtime.log(new ContainerId("uid-1", "debugger", 0)).tail(5, 100))
                .isEqualTo("of main\nMARK=here\n");
        assertThat(ephemeral(after, 0).getState().getTerminated().getExitCode()).isZero();
    }

    @Test
    void itWaitsForATargetThatHasNotRun() throws Exception {
        Pod pod = new PodBuilder(pod("Always", shell("main", "exec sleep 60")))
                .editSpec()
                .withInitContainers(shell("init", "until test -e go; do sleep 0.05; done"))
                .endSpec()
                .build();
        add(pod);
        awaitPod("pending", p -> phase(p, "Pending"));
        debug(debugger("debugger", "main", "exit 0"));
        Pod waiting = awaitPod("waiting", p -> waits(p, "CreateContainerConfigError"));
        assertThat(ephemeral(waiting, 0).getState().getWaiting().getMessage())
                .isEqualTo("unable to find target container main");
        assertThat(events).contains("Warning Failed Error: unable to find target container main");
        Files.createFile(runtime.root(new ContainerId("uid-1", "init", 0)).resolve("go"));
        awaitPod("ended", p -> ended(p, 0));
    }

    @Test
    void itIsStartedThoughInitContainersHangAndEndsWithThePod() throws Exception {
        Pod pod = new PodBuilder(pod("Never", shell("main", "exit 0")))
                .editSpec()
                .withInitContainers(shell("init", "until test -e go; do sleep 0.05; done"))
                .endSpec()
                .build();
        add(pod);
        awaitPod("pending", p -> phase(p, "Pending"));
        debug(debugger("debugger", null, "exec sleep 60"));
        awaitPod(
                "running",
                p -> !p.getStatus().getEphemeralContainerStatuses().isEmpty()
                        && ephemeral(p, 0).getState().getRunning() != null);
        Files.createFile(runtime.root(new ContainerId("uid-1", "init", 0)).resolve("go"));
        Pod after = awaitPod("succeeded", p -> phase(p, "Succeeded"));
        assertThat(ephemeral(after, 0).getState().getTerminated().getExitCode()).isEqualTo(143);
    }

    @Test
    void anotherKubeletAdoptsItAndStartsNoneAgain() throws Exception {
        add(pod("Always", shell("main", "exec sleep 60")));
        awaitPod("ready", PodWorkersFixture::ready);
        debug(debugger("ended", null, "echo bye > dev/termination-log; exit 3"));
        awaitPod("ended", p -> ended(p, 0));
        debug(new EphemeralContainerBuilder(debugger("failed", null, ""))
                .withCommand("no-such-program")
                .build());
        awaitPod("failed", p -> ended(p, 1));
        debug(debugger("running", null, "exec sleep 60"));
        Pod before = awaitPod(
                "running",
                p -> p.getStatus().getEphemeralContainerStatuses().size() == 3
                        && ephemeral(p, 2).getState().getRunning() != null);
        restart();
        runtime.kill(new ContainerId("uid-1", "running", 0));
        Pod after = awaitPod("ended", p -> ended(p, 2));
        assertThat(ephemeral(after, 0)).isEqualTo(ephemeral(before, 0));
        assertThat(ephemeral(after, 1)).isEqualTo(ephemeral(before, 1));
        assertThat(ephemeral(after, 1).getState().getTerminated().getReason()).isEqualTo("StartError");
        assertThat(ephemeral(after, 2).getState().getTerminated().getExitCode()).isEqualTo(137);
        assertThat(events).isEmpty();
    }
}
