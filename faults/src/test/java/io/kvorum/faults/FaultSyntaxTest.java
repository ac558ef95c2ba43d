package io.kvorum.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultSyntaxTest {
    private static final Topology TOPOLOGY = new Topology(List.of(
            new Member("store-0", "store", "", "127.1.0.10", false),
            new Member("store-1", "store", "", "127.1.0.11", true),
            new Member("store-2", "store", "", "127.1.0.12", false),
            new Member("apiserver-0", "apiserver", "", "127.1.0.40", false),
            new Member("kubelet-node-1", "kubelet", "node-1", "127.1.4.1", false),
            new Member("kube-proxy-node-1", "kube-proxy", "node-1", "127.1.8.1", false)));

    @Test
    void namesAreComponentsNodesRolesAndLeaders() {
        assertThat(TOPOLOGY.resolve("store-2,store-0,store-2")).containsExactly("store-2", "store-0");
        assertThat(TOPOLOGY.resolve("node-1")).containsExactly("kubelet-node-1", "kube-proxy-node-1");
        assertThat(TOPOLOGY.resolve("node:node-1")).containsExactly("kubelet-node-1", "kube-proxy-node-1");
        assertThat(TOPOLOGY.resolve("role:store")).containsExactly("store-0", "store-1", "store-2");
        assertThat(TOPOLOGY.resolve("leader:store")).containsExactly("store-1");
    }

    @Test
    void anUnknownNameIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> TOPOLOGY.resolve("store-9"))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("\"store-9\"")
                .hasMessageContaining("store-0")
                .hasMessageContaining("node-1");
        assertThatThrownBy(() -> TOPOLOGY.resolve(" , ")).isInstanceOf(FaultException.class);
    }

    @Test
    void aSingleGroupIsPartedFromTheRest() {
        Fault.Partition partition = FaultSyntax.partition(List.of("node-1"), TOPOLOGY);
        assertThat(partition.groups())
                .containsExactly(
                        List.of("kubelet-node-1", "kube-proxy-node-1"),
                        List.of("store-0", "store-1", "store-2", "apiserver-0"));
    }

    @Test
    void groupsAreSeparatedBySlashesHoweverTheShellSplitThem() {
        List<List<String>> expected = List.of(List.of("store-0", "store-1"), List.of("store-2"));
        assertThat(FaultSyntax.partition(List.of("store-0,store-1", "/", "store-2"), TOPOLOGY)
                        .groups())
                .isEqualTo(expected);
        assertThat(FaultSyntax.partition(List.of("store-0", "store-1/store-2"), TOPOLOGY)
                        .groups())
                .isEqualTo(expected);
    }

    @Test
    void aMemberInTwoGroupsIsRefused() {
        assertThatThrownBy(() -> FaultSyntax.partition(List.of("store-0,store-1", "/", "store-1"), TOPOLOGY))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("store-1");
    }

    @Test
    void cutTakesAnArrowOrTwoWords() {
        Fault.Cut expected = new Fault.Cut(List.of("store-0"), List.of("store-1"));
        assertThat(FaultSyntax.cut(List.of("store-0", "store-1"), TOPOLOGY)).isEqualTo(expected);
        assertThat(FaultSyntax.cut(List.of("store-0 -> store-1"), TOPOLOGY)).isEqualTo(expected);
        assertThat(FaultSyntax.cut(List.of("store-0->store-1"), TOPOLOGY)).isEqualTo(expected);
        assertThat(FaultSyntax.cut(List.of("store-0", "->", "store-1"), TOPOLOGY))
                .isEqualTo(expected);
        assertThatThrownBy(() -> FaultSyntax.cut(List.of("store-0"), TOPOLOGY)).isInstanceOf(FaultException.class);
    }

    @Test
    void jitterBeyondTheDelayIsRefused() {
        assertThatThrownBy(() ->
                        FaultSyntax.delay("store-0", "store-1", Duration.ofMillis(10), Duration.ofMillis(11), TOPOLOGY))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("--jitter");
    }

    @ParameterizedTest
    @CsvSource({"50ms, 50", "1.5s, 1500", "30s, 30000", "2m, 120000", "1m30s, 90000", "1h, 3600000"})
    void durationsAreGos(String text, long millis) {
        assertThat(FaultSyntax.duration(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "ms", "5 s", "s5", "-5s", "5sx"})
    void otherTextIsNoDuration(String text) {
        assertThatThrownBy(() -> FaultSyntax.duration(text)).isInstanceOf(FaultException.class);
    }
}
