package io.kvorum.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kvorum.bus.BusReply;
import io.kvorum.bus.BusRequest;
import io.kvorum.kubelet.runtime.ContainerId;
import io.kvorum.kubelet.runtime.ContainerUsage;
import io.kvorum.kubelet.server.KubeletEndpoint;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Pod workers with real processes and an API in memory. */
class PodWorkersComponentTest extends PodWorkersFixture {
    @Test
    void anImageThatAnnouncesItselfIsReadyOnceItServes() throws Exception {
        Container container = new ContainerBuilder()
                .withName("web")
                .withImage("hashicorp/http-echo")
                .withArgs("-text=hi", "-listen=:8080")
                .build();
        add(pod("Always", container));
        Pod ready = awaitPod("ready", PodWorkersFixture::ready);
        try (var in = URI.create("http://" + ready.getStatus().getPodIP() + ":8080/")
                .toURL()
                .openStream()) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("hi\n");
        }
    }

    @Test
    void aPodRunsBecomesReadyAndIsDeleted() throws Exception {
        add(pod("Always", shell("main", "exec sleep 60")));
        Pod running = awaitPod("ready", PodWorkersFixture::ready);
        assertThat(running.getStatus().getPodIP()).isEqualTo("127.99.64.2");
        assertThat(running.getStatus().getQosClass()).isEqualTo("BestEffort");
        assertThat(status(running, 0).getRestartCount()).isZero();
        assertThat(status(running, 0).getState().getRunning()).isNotNull();
        assertThat(running.getStatus().getConditions())
                .extracting(PodCondition::getType)
                .containsExactlyInAnyOrder(
                        "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled");
        delete();
        await("object deleted", () -> pods.deletions, list -> list.contains(KEY));
        onLoop(() -> {
            workers.deleted(running);
            return true;
        });
        assertThat(events.stream().map(e -> e.split(" ")[1]).collect(Collectors.toList()))
                .containsExactly("Pulling", "Pulled", "Created", "Started", "Killing");
        assertThat(events.get(4)).isEqualTo("Normal Killing Stopping container main");
    }

    @Test
    void initContainersRunInOrderAndAJobSucceeds() throws Exception {
        Pod pod = new PodBuilder(pod("Never", shell("main", "echo done > dev/termination-log")))
                .editSpec()
                .withInitContainers(shell("one", "exit 0"), shell("two", "exit 0"))
                .endSpec()
                .build();
        add(pod);
        Pod ended = awaitPod("succeeded", p -> phase(p, "Succeeded"));
        assertThat(status(ended, 0).getState().getTerminated().getReason()).isEqualTo("Completed");
        assertThat(status(ended, 0).getState().getTerminated().getMessage()).isEqualTo("done\n");
        assertThat(ended.getStatus().getInitContainerStatuses())
                .allMatch(s -> s.getReady() && s.getState().getTerminated().getExitCode() == 0);
        assertThat(events.stream().filter(e -> e.contains("Started")))
                .containsExactly(
                        "Normal Started Started container one",
                        "Normal Started Started container two",
                        "Normal Started Started container main");
    }

    @Test
    void aFailingContainerIsRestartedThenBacksOff() throws Exception {
        add(pod("Always", shell("main", "echo failing > dev/termination-log; exit 7")));
        Pod waiting = awaitPod(
                "crash loop",
                p -> p.getStatus().getContainerStatuses() != null
                        && status(p, 0).getState().getWaiting() != null
                        && "CrashLoopBackOff"
                                .equals(status(p, 0).getState().getWaiting().getReason()));
        assertThat(status(waiting, 0).getRestartCount()).isEqualTo(1);
        assertThat(status(waiting, 0).getState().getWaiting().getMessage())
                .isEqualTo("back-off 600ms restarting failed container=main pod=web_default(uid-1)");
        assertThat(status(waiting, 0).getLastState().getTerminated().getExitCode())
                .isEqualTo(7);
        awaitPod("restarted again", p -> status(p, 0).getRestartCount() >= 2);
        assertThat(events)
                .contains("Warning BackOff Back-off restarting failed container main in pod web_default(uid-1)");
    }

    @Test
    void aKilledProcessIsRestartedAndCounted() throws Exception {
        add(pod("Always", shell("main", "exec sleep 60")));
        awaitPod("ready", PodWorkersFixture::ready);
        runtime.kill(new ContainerId("uid-1", "main", 0));
        Pod again = awaitPod("restarted", p -> status(p, 0).getRestartCount() == 1 && ready(p));
        assertThat(status(again, 0).getLastState().getTerminated().getExitCode())
                .isEqualTo(137);
        assertThat(status(again, 0).getLastState().getTerminated().getReason()).isEqualTo("Error");
    }

    @Test
    void anUnknownImageIsBackedOff() throws Exception {
        Container container =
                new ContainerBuilder().withName("main").withImage("nope:1").build();
        add(pod("Always", container));
        Pod failed = awaitPod(
                "ErrImagePull",
                p -> p.getStatus().getContainerStatuses() != null
                        && status(p, 0).getState().getWaiting() != null
                        && "ErrImagePull"
                                .equals(status(p, 0).getState().getWaiting().getReason()));
        assertThat(status(failed, 0).getState().getWaiting().getMessage()).contains("kvorum image add");
        assertThat(failed.getStatus().getPhase()).isEqualTo("Pending");
        assertThat(events).contains("Warning Failed Error: ErrImagePull");
    }

    @Test
    void aMissingConfigMapIsWaitedFor() throws Exception {
        Container container = new ContainerBuilder(shell("main", "test \"$A\" = b && exec sleep 60"))
                .addNewEnv()
                .withName("A")
                .withNewValueFrom()
                .withNewConfigMapKeyRef("key", "settings", false)
                .endValueFrom()
                .endEnv()
                .build();
        add(pod("Always", container));
        awaitPod(
                "config error",
                p -> p.getStatus().getContainerStatuses() != null
                        && status(p, 0).getState().getWaiting() != null
                        && "configmap \"settings\" not found"
                                .equals(status(p, 0).getState().getWaiting().getMessage()));
        configMaps.put(settings("b"));
        awaitPod("ready", PodWorkersFixture::ready);
    }

    @Test
    void aConfigMapVolumeIsMountedAndFollowsTheObject() throws Exception {
        configMaps.put(settings("one"));
        Container container = new ContainerBuilder(
                        shell("main", "until grep -q two etc/config/key; do sleep 0.05; done; exit 0"))
                .addNewVolumeMount()
                .withName("config")
                .withMountPath("/etc/config")
                .endVolumeMount()
                .build();
        Pod pod = new PodBuilder(pod("Never", container))
                .editSpec()
                .addNewVolume()
                .withName("config")
                .withNewConfigMap()
                .withName("settings")
                .endConfigMap()
                .endVolume()
                .endSpec()
                .build();
        add(pod);
        awaitPod("running", p -> phase(p, "Running"));
        configMaps.put(settings("two"));
        awaitPod("succeeded", p -> phase(p, "Succeeded"));
    }

    @Test
    void anotherKubeletAdoptsThePod() throws Exception {
        add(pod("Always", shell("main", "exec sleep 60")));
        Pod before = awaitPod("ready", PodWorkersFixture::ready);
        runtime.close();
        start();
        events.clear();
        add(before);
        runtime.kill(new ContainerId("uid-1", "main", 0));
        Pod after = awaitPod("restarted", p -> status(p, 0).getRestartCount() == 1);
        assertThat(after.getStatus().getPodIP()).isEqualTo(before.getStatus().getPodIP());
        assertThat(after.getStatus().getStartTime())
                .isEqualTo(before.getStatus().getStartTime());
    }

    @Test
    void anAdoptedPodKeepsItsStatusAndProcess() throws Exception {
        add(pod("Always", shell("main", "exec sleep 60")));
        Pod before = awaitPod("ready", PodWorkersFixture::ready);
        runtime.close();
        start();
        events.clear();
        add(before);
        onLoop(() -> {
            workers.synced();
            return true;
        });
        assertThat(onLoop(() -> workers.pods())).hasSize(1);
        assertThat(current()).isEqualTo(before);
        assertThat(events).isEmpty();
    }

    @Test
    void orphansAreEndedOnceThePodsAreKnown() throws Exception {
        add(pod("Always", shell("main", "exec sleep 60")));
        awaitPod("ready", PodWorkersFixture::ready);
        runtime.close();
        start();
        onLoop(() -> {
            workers.synced();
            return true;
        });
        await("no folder", () -> Files.list(root.resolve("pods")).toList(), List::isEmpty);
    }

    @Test
    void aReadinessProbeHoldsBackReady() throws Exception {
        Container container = new ContainerBuilder(shell("main", "exec sleep 60"))
                .withNewReadinessProbe()
                .withNewExec()
                .withCommand("test", "-e", "ok")
                .endExec()
                .withPeriodSeconds(1)
                .endReadinessProbe()
                .build();
        add(pod("Always", container));
        awaitPod("running", p -> phase(p, "Running"));
        await(
                "unhealthy",
                () -> events,
                list -> list.stream().anyMatch(e -> e.startsWith("Warning Unhealthy Readiness probe failed")));
        assertThat(ready(Objects.requireNonNull(current()))).isFalse();
        Files.createFile(runtime.root(new ContainerId("uid-1", "main", 0)).resolve("ok"));
        awaitPod("ready", PodWorkersFixture::ready);
    }

    /** Runs until it is killed, and is killed at once when its probe, every second, fails. */
    private static Container alive(String... probe) {
        return new ContainerBuilder(shell("main", "exec sleep 60"))
                .withNewLivenessProbe()
                .withNewExec()
                .withCommand(probe)
                .endExec()
                .withPeriodSeconds(1)
                .withFailureThreshold(1)
                .endLivenessProbe()
                .build();
    }

    @Test
    void aFailedLivenessProbeRestarts() throws Exception {
        add(pod("Always", alive("false")));
        awaitPod(
                "restarted",
                p -> p.getStatus().getContainerStatuses() != null
                        && status(p, 0).getRestartCount() >= 1);
        assertThat(events).contains("Normal Killing Container main failed liveness probe, will be restarted");
    }

    @Test
    void whatProbesFindIsToldUntilThePodHasEnded() throws Exception {
        add(pod("Always", alive("test", "!", "-e", "ill")));
        KubeletEndpoint endpoint = endpoint();
        assertThat(probes(endpoint, "successful"))
                .matches("prober_probe_total\\{container=\"main\",namespace=\"default\",pod=\"web\",pod_uid=\"uid-1\","
                        + "probe_type=\"Liveness\",result=\"successful\"} [1-9][0-9]*\\.0");
        Files.createFile(runtime.root(new ContainerId("uid-1", "main", 0)).resolve("ill"));
        assertThat(probes(endpoint, "failed")).endsWith(" 1.0");
        Pod again = awaitPod("restarted", p -> status(p, 0).getRestartCount() == 1 && ready(p));
        assertThat(probes(endpoint, "failed")).endsWith(" 1.0");
        delete();
        await("object deleted", () -> pods.deletions, list -> list.contains(KEY));
        onLoop(() -> {
            workers.deleted(again);
            return true;
        });
        await("forgotten", probeMetrics::text, text -> !text.contains("uid-1"));
    }

    private KubeletEndpoint endpoint() {
        return new KubeletEndpoint(
                vertx,
                work,
                Clock.systemUTC(),
                workers,
                new ContainerUsage(Clock.systemUTC(), Path.of("none")),
                "n1",
                () -> "",
                probeMetrics::text);
    }

    /** What is told of one result, once something is. */
    private String probes(KubeletEndpoint endpoint, String result) throws Exception {
        return await(
                        result + " probes",
                        () -> onLoop(() -> endpoint.document("/metrics/probes"))
                                .toCompletionStage()
                                .toCompletableFuture()
                                .get(10, TimeUnit.SECONDS)
                                .body()
                                .toString(),
                        text -> text.contains("result=\"" + result + "\""))
                .lines()
                .filter(line -> line.contains("result=\"" + result + "\""))
                .collect(Collectors.joining());
    }

    @Test
    void aPodThatAsksForTooMuchIsRejected() throws Exception {
        Container container = new ContainerBuilder(shell("main", "exec sleep 60"))
                .withNewResources()
                .addToRequests("cpu", new Quantity("3"))
                .endResources()
                .build();
        add(pod("Always", container));
        Pod failed = awaitPod("failed", p -> phase(p, "Failed"));
        assertThat(failed.getStatus().getReason()).isEqualTo("OutOfcpu");
        assertThat(failed.getStatus().getMessage())
                .isEqualTo("Pod was rejected: Node didn't have enough resource: cpu, requested: 3000, used: 0,"
                        + " capacity: 2000");
    }

    @Test
    void aProgramThatDoesNotExistIsAStartError() throws Exception {
        Container container = new ContainerBuilder()
                .withName("main")
                .withImage("busybox")
                .withCommand("no-such-program")
                .build();
        add(pod("Never", container));
        Pod failed = awaitPod("failed", p -> phase(p, "Failed"));
        assertThat(status(failed, 0).getState().getTerminated().getReason()).isEqualTo("StartError");
        assertThat(status(failed, 0).getState().getTerminated().getExitCode()).isEqualTo(128);
    }

    @Test
    void theDeadlineEndsThePod() throws Exception {
        Pod pod = new PodBuilder(pod("Never", shell("main", "exec sleep 60")))
                .editSpec()
                .withActiveDeadlineSeconds(1L)
                .endSpec()
                .build();
        add(pod);
        Pod failed = awaitPod("failed", p -> phase(p, "Failed"));
        assertThat(failed.getStatus().getReason()).isEqualTo("DeadlineExceeded");
    }

    @Test
    void sidecarsStartFirstAndEndAfterTheMainContainers() throws Exception {
        Container sidecar = new ContainerBuilder(shell("side", "exec sleep 60"))
                .withRestartPolicy("Always")
                .build();
        Pod pod = new PodBuilder(pod("Never", shell("main", "exit 0")))
                .editSpec()
                .withInitContainers(sidecar)
                .endSpec()
                .build();
        add(pod);
        awaitPod("succeeded", p -> phase(p, "Succeeded"));
        List<String> order = new ArrayList<>();
        events.stream()
                .filter(e -> e.contains("Started ") || e.contains("Killing"))
                .forEach(order::add);
        assertThat(order)
                .containsExactly(
                        "Normal Started Started container side",
                        "Normal Started Started container main",
                        "Normal Killing Stopping container side");
    }

    @Test
    void theWebServerImageServesAMountedVolumeAndItsProbesPass() throws Exception {
        configMaps.put(new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("page")
                .endMetadata()
                .addToData("index.html", "hello from a volume")
                .build());
        Container container = new ContainerBuilder()
                .withName("web")
                .withImage("nginx:1.27")
                .addNewEnv()
                .withName("NGINX_PORT")
                .withValue("8080")
                .endEnv()
                .addNewPort()
                .withName("http")
                .withContainerPort(8080)
                .endPort()
                .withNewReadinessProbe()
                .withNewHttpGet()
                .withPath("/")
                .withNewPort("http")
                .endHttpGet()
                .endReadinessProbe()
                .withNewLivenessProbe()
                .withNewTcpSocket()
                .withNewPort(8080)
                .endTcpSocket()
                .withInitialDelaySeconds(1)
                .withPeriodSeconds(1)
                .endLivenessProbe()
                .addNewVolumeMount()
                .withName("html")
                .withMountPath("/usr/share/nginx/html")
                .endVolumeMount()
                .build();
        Pod pod = new PodBuilder(pod("Always", container))
                .editSpec()
                .addNewVolume()
                .withName("html")
                .withNewConfigMap()
                .withName("page")
                .endConfigMap()
                .endVolume()
                .endSpec()
                .build();
        add(pod);
        Pod ready = awaitPod("ready", PodWorkersFixture::ready);
        try (var in = URI.create("http://" + ready.getStatus().getPodIP() + ":8080/")
                .toURL()
                .openStream()) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("hello from a volume");
        }
        ContainerId id = new ContainerId("uid-1", "web", 0);
        await("access log", () -> runtime.log(id).tail(10, 4096), text -> text.contains("\"GET / HTTP/1.1\" 200 19"));
        delete();
        await("object deleted", () -> pods.deletions, list -> list.contains(KEY));
        assertThat(events).noneMatch(e -> e.contains("Unhealthy") && e.contains("Liveness"));
        Pod last = Objects.requireNonNull(await("last status", () -> pods.lastDeleted, p -> p != null));
        assertThat(status(last, 0).getState().getTerminated().getExitCode()).isZero();
    }

    @Test
    void logsAreStreamedUntilTheContainerEnds() throws Exception {
        add(pod("Never", shell("main", "for i in 1 2 3; do echo line $i; sleep 0.1; done; echo last")));
        awaitPod("running", p -> phase(p, "Running"));
        KubeletEndpoint endpoint = endpoint();
        StringBuilder text = new StringBuilder();
        CompletableFuture<String> all = new CompletableFuture<>();
        loop.runOnContext(v -> endpoint.handle(
                        BusRequest.get("/containerLogs/default/web/main?follow=true", Duration.ofSeconds(5)), "test")
                .onFailure(all::completeExceptionally)
                .onSuccess(reply -> {
                    var stream = Objects.requireNonNull(reply.stream());
                    stream.exceptionHandler(all::completeExceptionally);
                    stream.endHandler(end -> all.complete(text.toString()));
                    stream.handler(text::append);
                }));
        assertThat(all.get(10, TimeUnit.SECONDS)).isEqualTo("line 1\nline 2\nline 3\nlast\n");
        BusReply previous = reply(endpoint, "/containerLogs/default/web/main?previous=true");
        assertThat(previous.status()).isEqualTo(400);
        assertThat(previous.body().toString())
                .isEqualTo("previous terminated container \"main\" in pod \"web\" not found");
        assertThat(reply(endpoint, "/containerLogs/default/none/main").status()).isEqualTo(404);
        assertThat(reply(endpoint, "/pods").body().toJsonObject().getJsonArray("items"))
                .hasSize(1);
    }

    private BusReply reply(KubeletEndpoint endpoint, String uri) throws Exception {
        return onLoop(() -> endpoint.handle(BusRequest.get(uri, Duration.ofSeconds(5)), "test"))
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }
}
