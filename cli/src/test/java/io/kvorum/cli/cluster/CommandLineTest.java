package io.kvorum.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {
    private static final ClusterFolder FOLDER = new ClusterFolder(Path.of("/k/lab"));

    @Test
    void theDefaultClusterIsTenProcessesWithAddressesOfTheirOwn() {
        List<Instance> all = Instance.of(ClusterSpec.defaults("lab", 7));
        assertThat(all)
                .extracting(Instance::name)
                .containsExactly(
                        "store-0",
                        "store-1",
                        "store-2",
                        "apiserver-0",
                        "controller-manager-0",
                        "scheduler-0",
                        "kubelet-node-1",
                        "kubelet-node-2",
                        "kube-proxy-node-1",
                        "kube-proxy-node-2");
        assertThat(all).extracting(Instance::address).doesNotHaveDuplicates().allMatch(a -> a.startsWith("127.7."));
    }

    @Test
    void addressesOfTheLargestClusterDoNotMeetAndStayInTheirRanges() {
        ClusterSpec large = ClusterSpec.defaults("lab", 250)
                .withCount(Role.STORE, 5)
                .withCount(Role.APISERVER, AddressPlan.MOST_INSTANCES)
                .withCount(Role.SCHEDULER, AddressPlan.MOST_INSTANCES)
                .withCount(Role.CONTROLLER_MANAGER, AddressPlan.MOST_INSTANCES)
                .withCount(Role.GATEWAY, AddressPlan.MOST_INSTANCES)
                .withNodes(AddressPlan.MOST_NODES);
        assertThat(Instance.of(large)).extracting(Instance::address).doesNotHaveDuplicates();
        assertThat(new AddressPlan(250).podRange(AddressPlan.MOST_NODES - 1)).isEqualTo("127.250.255.0/24");
    }

    @Test
    void storesJoinEachOtherAndAllElseCallsAtStoresAndApiServers() {
        ClusterSpec spec = ClusterSpec.defaults("lab", 7).withCount(Role.APISERVER, 2);
        for (Instance instance : Instance.of(spec)) {
            String stores = "--join=127.7.0.10:5701,127.7.0.11:5701,127.7.0.12:5701";
            assertThat(arguments(spec, instance))
                    .contains(instance.role() == Role.STORE ? stores : stores + ",127.7.0.40:5701,127.7.0.41:5701")
                    .contains("--address=" + instance.address());
        }
    }

    @Test
    void severalApiServersHaveABalancerInFrontAndClientsFindThemThere() {
        ClusterSpec one = ClusterSpec.defaults("lab", 7);
        assertThat(one.server()).isEqualTo("https://127.7.0.40:6443");
        ClusterSpec three = one.withCount(Role.APISERVER, 3);
        assertThat(three.server()).isEqualTo("https://127.7.0.5:6443");
        assertThat(arguments(three, instance(three, "balancer-0")))
                .contains("--servers=127.7.0.40:6443,127.7.0.41:6443,127.7.0.42:6443", "--secure-port=6443");
        assertThat(three.withWithout(List.of("balancer")).server()).isEqualTo("https://127.7.0.40:6443");
        assertThat(three.withWithout(List.of("balancer-0")).server()).isEqualTo("https://127.7.0.40:6443");
    }

    @Test
    void theHeapOfARoleIsForItsJvmAndNoFlagOfTheComponent() {
        ClusterSpec spec = ClusterSpec.defaults("lab", 7)
                .withArguments(Role.STORE, List.of("heap=1500m", "watch-history=10", "heap=2g"));
        assertThat(spec.jvm(Role.STORE).heapMegabytes()).isEqualTo(2048);
        assertThat(spec.jvm(Role.APISERVER).heapMegabytes()).isEqualTo(Role.APISERVER.heapMegabytes());
        assertThat(arguments(spec, instance(spec, "store-0")))
                .contains("--watch-history=10")
                .noneMatch(flag -> flag.contains("heap="));
    }

    @Test
    void theCompilerOfARoleIsForItsJvmAndNoFlagOfTheComponent() {
        ClusterSpec spec =
                ClusterSpec.defaults("lab", 7).withArguments(Role.STORE, List.of("compiler=full", "watch-history=10"));
        assertThat(spec.jvm(Role.STORE).compiler()).isEqualTo(Compiler.FULL);
        assertThat(spec.jvm(Role.APISERVER).compiler()).isEqualTo(Compiler.ADAPTIVE);
        assertThat(spec.jvm(Role.SCHEDULER).compiler()).isEqualTo(Compiler.QUICK);
        assertThat(arguments(spec, instance(spec, "store-0")))
                .contains("--watch-history=10")
                .noneMatch(flag -> flag.contains("compiler="));
        assertThatThrownBy(() ->
                        spec.withArguments(Role.STORE, List.of("compiler=best")).jvm(Role.STORE))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("--store-arg compiler=best: choose quick, adaptive or full");
    }

    @Test
    void theCollectorOfARoleIsForItsJvmAndNoFlagOfTheComponent() {
        ClusterSpec spec =
                ClusterSpec.defaults("lab", 7).withArguments(Role.STORE, List.of("collector=g1", "watch-history=10"));
        assertThat(spec.jvm(Role.STORE).flags()).contains("-XX:+UseG1GC").doesNotContain("-XX:+UseSerialGC");
        assertThat(spec.jvm(Role.APISERVER).flags())
                .contains("-XX:+UseSerialGC")
                .doesNotContain("-XX:+UseG1GC");
        assertThat(spec.jvm(Role.SCHEDULER).collector()).isEqualTo(Collector.SERIAL);
        ClusterSpec large = spec.withArguments(Role.APISERVER, List.of("heap=1g"))
                .withArguments(Role.SCHEDULER, List.of("heap=1g", "collector=serial"));
        assertThat(large.jvm(Role.APISERVER).collector()).isEqualTo(Collector.G1);
        assertThat(large.jvm(Role.SCHEDULER).collector()).isEqualTo(Collector.SERIAL);
        assertThat(arguments(spec, instance(spec, "store-0")))
                .contains("--watch-history=10")
                .noneMatch(flag -> flag.contains("collector="));
        assertThatThrownBy(() -> spec.withArguments(Role.STORE, List.of("collector=none"))
                        .jvm(Role.STORE))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("--store-arg collector=none: choose serial or g1");
    }

    @Test
    void aHeapThatIsNoSizeOrTooSmallIsRefused() {
        for (String size : List.of("", "2", "two", "0g", "32m", "2gb", "-1g")) {
            ClusterSpec spec = ClusterSpec.defaults("lab", 7).withArguments(Role.STORE, List.of("heap=" + size));
            assertThatThrownBy(() -> spec.jvm(Role.STORE).heapMegabytes())
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("--store-arg heap=" + size);
        }
    }

    @Test
    void aClusterOfBeforeThereWereBackupsHasNone(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("cluster.json");
        Files.writeString(
                file,
                "{\"name\":\"old\",\"index\":3,\"network\":\"loopback\",\"timers\":\"lab\",\"counts\":{},\"nodes\":2,"
                        + "\"without\":[],\"arguments\":{}}");
        assertThat(ClusterSpec.read(file).backups()).isEqualTo(BackupPolicy.NONE);
        ClusterSpec spec = ClusterSpec.read(file).withBackups(new BackupPolicy(600, 3));
        spec.write(file);
        assertThat(ClusterSpec.read(file)).isEqualTo(spec);
    }

    @Test
    void labTimersShortenTheClocksAndKubernetesTimersLeaveThem() {
        ClusterSpec lab = ClusterSpec.defaults("lab", 7);
        Instance manager = instance(lab, "controller-manager-0");
        assertThat(arguments(lab, manager)).contains("--node-monitor-grace-period=5s");
        ClusterSpec upstream = lab.withTimers("kubernetes");
        assertThat(arguments(upstream, manager)).noneMatch(flag -> flag.startsWith("--node-monitor"));
    }

    @Test
    void theUsersFlagsComeLastAndTheSecurePortMoves() {
        ClusterSpec spec =
                ClusterSpec.defaults("lab", 7).withArguments(Role.APISERVER, List.of("secure-port=7443", "v=4"));
        List<String> flags = arguments(spec, instance(spec, "apiserver-0"));
        assertThat(flags.subList(flags.size() - 2, flags.size())).containsExactly("--secure-port=7443", "--v=4");
        assertThat(spec.securePort()).isEqualTo(7443);
        assertThat(CommandLine.listeningPorts(Role.APISERVER, spec))
                .contains(7443)
                .doesNotContain(6443);
    }

    @Test
    void clientsFindAnApiServerWhereTheUserBindsIt() {
        ClusterSpec one = ClusterSpec.defaults("lab", 7);
        assertThat(one.withArguments(Role.APISERVER, List.of("bind-address=127.0.0.1")))
                .returns("https://127.0.0.1:6443", ClusterSpec::server)
                .returns(List.of("127.0.0.1:6443"), ClusterSpec::apiServers);
        assertThat(one.withArguments(Role.APISERVER, List.of("bind-address=0.0.0.0")))
                .returns("https://127.7.0.40:6443", ClusterSpec::server)
                .returns(List.of("127.7.0.40:6443"), ClusterSpec::apiServers);
    }

    @Test
    void whatIsLeftOutIsNotStarted() {
        ClusterSpec spec = ClusterSpec.defaults("lab", 7).withWithout(List.of("scheduler", "kube-proxy-node-2"));
        assertThat(Instance.of(spec))
                .extracting(Instance::name)
                .doesNotContain("scheduler-0", "kube-proxy-node-2")
                .contains("kube-proxy-node-1");
    }

    @Test
    void theSpecificationSurvivesItsFile(@TempDir Path folder) throws Exception {
        ClusterSpec spec = ClusterSpec.defaults("lab", 7)
                .withCount(Role.APISERVER, 2)
                .withNodes(4)
                .withWithout(List.of("scheduler"))
                .withArguments(Role.KUBELET, List.of("v=2"));
        Path file = folder.resolve("cluster.json");
        spec.write(file);
        assertThat(ClusterSpec.read(file)).isEqualTo(spec);
    }

    @Test
    void socketsOfADeepFolderMoveToTheTemporaryFolder() {
        ClusterFolder deep = new ClusterFolder(Path.of("/" + "deep/".repeat(30) + "lab"));
        assertThat(deep.socket("store-0").toString().length()).isLessThan(100);
        assertThat(FOLDER.socket("store-0")).isEqualTo(Path.of("/k/lab/run/store-0.sock"));
    }

    private static Instance instance(ClusterSpec spec, String name) {
        return Instance.of(spec).stream()
                .filter(instance -> instance.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> arguments(ClusterSpec spec, Instance instance) {
        return new CommandLine(spec, FOLDER).arguments(instance, Path.of("images.jar"));
    }
}
