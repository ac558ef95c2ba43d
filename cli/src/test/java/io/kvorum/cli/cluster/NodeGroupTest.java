package io.kvorum.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeGroupTest {
    private static final Release NEXT = new Release("1.36.1", "");

    private static List<String> addresses(ClusterSpec spec) {
        return Instance.of(spec).stream()
                .filter(instance -> instance.role() == Role.KUBELET)
                .map(instance -> instance.node() + " " + instance.address())
                .toList();
    }

    @Test
    void addressesOfNodesThatGoAreFreeAndThoseThatStayKeepTheirs() {
        ClusterSpec spec = ClusterSpec.defaults("lab", 7).withGroup("green", NEXT, 2);
        assertThat(addresses(spec))
                .containsExactly("node-1 127.7.4.1", "node-2 127.7.4.2", "green-1 127.7.4.3", "green-2 127.7.4.4");
        ClusterSpec green = spec.withoutGroup("blue");
        assertThat(addresses(green)).containsExactly("green-1 127.7.4.3", "green-2 127.7.4.4");
        ClusterSpec back = green.withGroup("blue", Release.BUILT_IN, 3);
        assertThat(addresses(back))
                .containsExactly(
                        "green-1 127.7.4.3",
                        "green-2 127.7.4.4",
                        "node-1 127.7.4.1",
                        "node-2 127.7.4.2",
                        "node-3 127.7.4.5");
        assertThat(addresses(back.withoutNode("green-1").withGroup("green", NEXT, 2)))
                .contains("green-1 127.7.4.3", "green-2 127.7.4.4");
    }

    @Test
    void aGroupsNodesAreLabelledAndAtItsReleaseThePinnedComponentAtItsOwn() {
        ClusterSpec spec =
                ClusterSpec.defaults("lab", 7).withGroup("green", NEXT, 1).withPinned("store-1", NEXT);
        assertThat(flags(spec, "kubelet-green-1"))
                .contains("--kubernetes-version=v1.36.1", "--node-labels=kvorum.io/node-group=green");
        assertThat(flags(spec, "kube-proxy-green-1")).contains("--kubernetes-version=v1.36.1");
        assertThat(flags(spec, "store-1")).contains("--kubernetes-version=v1.36.1");
        assertThat(flags(spec, "store-0")).noneMatch(flag -> flag.startsWith("--kubernetes-version"));
        assertThat(flags(spec, "kubelet-node-1")).contains("--node-labels=kvorum.io/node-group=blue");
        assertThat(flags(spec.withRelease(NEXT), "store-0")).contains("--kubernetes-version=v1.36.1");
    }

    private static List<String> flags(ClusterSpec spec, String name) {
        Instance instance = Instance.of(spec).stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        return new CommandLine(spec, new ClusterFolder(Path.of("/k/lab"))).arguments(instance, Path.of("images.jar"));
    }

    @Test
    void survivesItsFile(@TempDir Path folder) throws Exception {
        ClusterSpec spec = ClusterSpec.defaults("lab", 7)
                .withGroup("green", new Release("v1.37.0", "/d"), 3)
                .withPinned("store-0", NEXT);
        spec.write(folder.resolve("cluster.json"));
        assertThat(ClusterSpec.read(folder.resolve("cluster.json"))).isEqualTo(spec);
    }

    @Test
    void versionsAreComparedByNumber() {
        Release old = new Release("v1.9.9", "");
        assertThat(new Release("1.10.0", "").compareVersion(old)).isPositive();
        assertThat(new Release("v1.11.0", "").minorsAhead(old)).isEqualTo(2);
        assertThatThrownBy(() -> new Release("newest", "")).hasMessage("\"newest\" is no version such as v1.36.1");
        assertThatThrownBy(() -> new NodeGroup("Green", NEXT, List.of()))
                .hasMessageContaining("no name for a node group");
    }
}
