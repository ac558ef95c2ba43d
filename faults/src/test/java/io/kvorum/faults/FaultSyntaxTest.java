package io.kvorum.faults;

import static io.kvorum.faults.TestTopology.TOPOLOGY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultSyntaxTest {
    @Test
    void groupsAreSeparatedBySlashesHoweverTheShellSplitThem() {
        Fault expected = new Fault.Partition(List.of(List.of("store-0", "store-1"), List.of("store-2")));
        assertThat(FaultSyntax.parse(List.of("partition", "store-0,store-1", "/", "store-2")))
                .isEqualTo(expected);
        assertThat(FaultSyntax.parse(List.of("partition", "store-0", "store-1/store-2")))
                .isEqualTo(expected);
        assertThatThrownBy(() -> FaultSyntax.parse("partition store-0 /")).hasMessageContaining("both sides");
    }

    @Test
    void cutTakesAnArrowOrTwoWords() {
        Fault expected = new Fault.Cut(new Fault.Link(List.of("store-0"), List.of("store-1"), true));
        assertThat(FaultSyntax.parse(List.of("cut", "store-0", "store-1"))).isEqualTo(expected);
        assertThat(FaultSyntax.parse(List.of("cut", "store-0 -> store-1"))).isEqualTo(expected);
        assertThat(FaultSyntax.parse(List.of("cut", "store-0->store-1"))).isEqualTo(expected);
        assertThat(FaultSyntax.parse(List.of("cut", "store-0", "->", "store-1")))
                .isEqualTo(expected);
        assertThatThrownBy(() -> FaultSyntax.parse("cut store-0")).hasMessageContaining("needs two ends");
        assertThatThrownBy(() -> FaultSyntax.parse("cut a b c")).hasMessageContaining("needs two ends");
    }

    @Test
    void otherLinksAreTwoWayUnlessThereIsAnArrow() {
        assertThat(FaultSyntax.parse("rate a,b c 1mbit"))
                .isEqualTo(new Fault.Rate(new Fault.Link(List.of("a", "b"), List.of("c"), false), 125_000));
        assertThat(FaultSyntax.parse("loss a -> c 2.5%"))
                .isEqualTo(new Fault.Loss(new Fault.Link(List.of("a"), List.of("c"), true), 2.5));
    }

    @ParameterizedTest
    @CsvSource({
        "partition leader:store",
        "partition a,b / c",
        "cut a -> b",
        "delay a b 50ms --jitter 10ms",
        "delay a -> b 1500ms",
        "rate a b 1mbit",
        "rate a b 200kbit",
        "rate a b 1016bit",
        "loss a b 12.5%",
        "reset a b",
        "refuse a -> b",
        "half-open a -> b",
        "kill role:store",
        "pause node-1",
        "restart a",
        "skew a -2m",
        "skew a +30s",
        "disk a --latency 50ms --fail fsync --probability 10%"
    })
    void whatAFaultSaysOfItselfMeansTheSame(String line) {
        Fault fault = FaultSyntax.parse(line);
        assertThat(fault.describe()).isEqualTo(line);
        assertThat(FaultSyntax.parse(fault.words())).isEqualTo(fault);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "explode a | there is no fault \"explode\"; there are partition, cut",
                "delay a b 50 | \"50\" is not a duration",
                "delay a b 0ms | changes nothing",
                "delay a b 10ms --jitter 11ms | --jitter must not exceed the delay of 10ms",
                "delay a b 10ms --jitter | --jitter needs a value",
                "delay a b 10ms --latency 5ms | delay has no option --latency",
                "rate a b fast | \"fast\" is not a rate",
                "rate a b 1bit | too slow",
                "loss a b 0% | is not a share",
                "loss a b 101% | is not a share",
                "kill | kill needs a component",
                "skew a 30s | \"30s\" is not an offset",
                "skew a +0s | changes nothing",
                "disk a | disk needs --latency DURATION, --fail",
                "disk a --fail head | --fail \"head\" is not known",
                "disk a --latency 5ms --probability 10% | give --fail too"
            })
    void whatCannotBeMeantIsRefusedWithTheRemedy(String line, String message) {
        assertThatThrownBy(() -> FaultSyntax.parse(line))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"1mbit, 125000", "200kbit, 25000", "64kB/s, 64000", "1.5MB/s, 1500000", "800bit, 100"})
    void ratesAreBitsOrBytes(String text, long bytes) {
        assertThat(FaultSyntax.rate(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"10%, 10", "10, 10", "0.1, 10", ".25, 25", "0.5%, 0.5", "1.0, 100", "100%, 100"})
    void sharesArePercentagesOrFractions(String text, double percent) {
        assertThat(FaultSyntax.percent("loss", text)).isEqualTo(percent);
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

    @Test
    void namesAreComponentsNodesRolesAndLeaders() {
        assertThat(TOPOLOGY.resolve("store-2,store-0,store-2")).containsExactly("store-2", "store-0");
        assertThat(TOPOLOGY.resolve("node-1"))
                .containsExactly("kubelet-node-1", "kube-proxy-node-1", "pods:node-1")
                .isEqualTo(TOPOLOGY.resolve("node:node-1"));
        assertThat(TOPOLOGY.resolve("role:store")).containsExactly("store-0", "store-1", "store-2");
        assertThat(TOPOLOGY.resolve("leader:store")).containsExactly("store-1");
        assertThat(TOPOLOGY.resolve("pods:node-1,clients")).containsExactly("pods:node-1", "clients");
        assertThat(TOPOLOGY.resolveProcesses(List.of("node-1"))).containsExactly("kubelet-node-1", "kube-proxy-node-1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kill store-9 | nothing is named \"store-9\"; known: apiserver-0, clients",
                "kill leader:apiserver | role apiserver has no leader at the moment",
                "kill leader:nothing | nothing is named \"leader:nothing\"",
                "pause clients | clients is not a process of the cluster",
                "pause pods:node-1 | pods:node-1 is not a process of the cluster",
                "cut store-0 store-0 | store-0 has no link to itself",
                "delay clients pods:node-1 5ms | neither clients nor pods:node-1 is a process of the cluster",
                "half-open clients apiserver-0 | only a component can be made to believe",
                "partition store-0,store-1 / store-1 | store-1 is in two groups of the partition",
                "partition role:store,role:apiserver,node-1 | nothing is left to part",
                "disk apiserver-0 --latency 5ms | apiserver-0 keeps nothing on disk that a fault could reach"
            })
    void whatIsNotThereIsRefused(String line, String message) {
        Fault fault = FaultSyntax.parse(line);
        assertThatThrownBy(() -> fault.resolve(TOPOLOGY))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aSingleGroupIsPartedFromTheRest() {
        assertThat(FaultSyntax.parse("partition node-1").resolve(TOPOLOGY))
                .isEqualTo(new Fault.Partition(List.of(
                        List.of("kubelet-node-1", "kube-proxy-node-1", "pods:node-1"),
                        List.of("store-0", "store-1", "store-2", "apiserver-0"))));
    }
}
