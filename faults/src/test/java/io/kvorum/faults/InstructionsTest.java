package io.kvorum.faults;

import static io.kvorum.faults.TestTopology.TOPOLOGY;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Each line: process, direction, peers, effect. */
class InstructionsTest {
    private static List<String> rules(String line, boolean lasting) {
        Fault fault = FaultSyntax.parse(line).resolve(TOPOLOGY);
        return Instructions.of(fault, lasting, TOPOLOGY).stream()
                .map(i -> i.member() + " " + i.set() + (i.clearOp() == null ? "" : " / " + i.clearOp())
                        + (i.late() ? " late" : ""))
                .map(text -> text.replaceAll("[\"{}]", ""))
                .toList();
    }

    private static List<String> rules(String line) {
        return rules(line, true);
    }

    @Test
    void aPartitionCutsEveryPairAcrossGroupsAtBothEnds() {
        assertThat(rules("partition store-0,store-1 / apiserver-0"))
                .containsExactly(
                        "store-0 op:fault.set,direction:both,peers:[127.1.0.40],cut:true / fault.clear",
                        "store-1 op:fault.set,direction:both,peers:[127.1.0.40],cut:true / fault.clear",
                        "apiserver-0 op:fault.set,direction:both,peers:[127.1.0.10,127.1.0.11],cut:true / fault.clear");
    }

    @Test
    void aCutStopsTheSendersWritesAndTheReceiversReads() {
        assertThat(rules("cut store-0 store-1"))
                .containsExactly(
                        "store-0 op:fault.set,direction:out,peers:[127.1.0.11],cut:true / fault.clear",
                        "store-1 op:fault.set,direction:in,peers:[127.1.0.10],cut:true / fault.clear");
    }

    @Test
    void aDelayIsAppliedOnceEachWayAlsoWhereTheSidesOverlap() {
        assertThat(rules("delay store-0 store-1 50ms"))
                .containsExactly(
                        "store-0 op:fault.set,direction:out,peers:[127.1.0.11],delayMillis:50,jitterMillis:0 /"
                                + " fault.clear",
                        "store-1 op:fault.set,direction:out,peers:[127.1.0.10],delayMillis:50,jitterMillis:0 /"
                                + " fault.clear");
        assertThat(rules("rate store-0,store-1 store-1,store-2 80kbit"))
                .containsExactly(
                        "store-0 op:fault.set,direction:out,peers:[127.1.0.11,127.1.0.12],rateBytesPerSecond:10000 /"
                                + " fault.clear",
                        "store-1 op:fault.set,direction:out,peers:[127.1.0.12],rateBytesPerSecond:10000 / fault.clear",
                        "store-2 op:fault.set,direction:out,peers:[127.1.0.10,127.1.0.11],rateBytesPerSecond:10000 /"
                                + " fault.clear",
                        "store-1 op:fault.set,direction:out,peers:[127.1.0.10],rateBytesPerSecond:10000 / fault.clear");
    }

    @Test
    void oneWayMeansTheSenderOnly() {
        assertThat(rules("loss store-0 -> store-1 10%"))
                .containsExactly(
                        "store-0 op:fault.set,direction:out,peers:[127.1.0.11],lossPercent:10.0 / fault.clear");
    }

    @Test
    void whereOneEndHasNoHookTheOtherHoldsUpBothWays() {
        assertThat(rules("delay clients apiserver-0 5ms"))
                .containsExactly(
                        "apiserver-0 op:fault.set,direction:in,peers:[127.0.0.1],delayMillis:5,jitterMillis:0 /"
                                + " fault.clear",
                        "apiserver-0 op:fault.set,direction:out,peers:[127.0.0.1],delayMillis:5,jitterMillis:0 /"
                                + " fault.clear");
        assertThat(rules("cut kube-proxy-node-1 pods:node-1"))
                .containsExactly(
                        "kube-proxy-node-1 op:fault.set,direction:out,peers:[127.1.64.0/24],cut:true / fault.clear");
    }

    @Test
    void aResetHappensOnceOrLasts() {
        assertThat(rules("reset store-0 store-1", false))
                .containsExactly(
                        "store-0 op:fault.reset,peers:[127.1.0.11]", "store-1 op:fault.reset,peers:[127.1.0.10]");
        assertThat(rules("reset store-0 store-1"))
                .containsExactly(
                        "store-0 op:fault.set,direction:both,peers:[127.1.0.11],breaking:[reset] / fault.clear",
                        "store-1 op:fault.set,direction:both,peers:[127.1.0.10],breaking:[reset] / fault.clear");
    }

    @Test
    void refusalIsByWhoOpens() {
        assertThat(rules("refuse store-0 -> store-1"))
                .containsExactly(
                        "store-0 op:fault.set,direction:out,peers:[127.1.0.11],breaking:[refuse] / fault.clear",
                        "store-1 op:fault.set,direction:in,peers:[127.1.0.10],breaking:[refuse] / fault.clear");
    }

    @Test
    void theOneEndIsDeafBeforeTheOtherForgets() {
        assertThat(rules("half-open apiserver-0 store-1"))
                .containsExactly(
                        "apiserver-0 op:fault.set,direction:both,peers:[127.1.0.11],breaking:[half-open] / fault.clear",
                        "store-1 op:fault.reset,peers:[127.1.0.40] late");
    }

    @Test
    void clocksAndDisks() {
        assertThat(rules("skew role:apiserver -2m"))
                .containsExactly("apiserver-0 op:clock.skew,offsetMillis:-120000 / clock.clear");
        assertThat(rules("disk leader:store --latency 50ms --fail fsync"))
                .containsExactly("store-1 op:disk.set,latencyMillis:50,fail:fsync,failPercent:100.0 / disk.clear");
    }

    @Test
    void aMemberNeverHasARuleAboutItself() {
        assertThat(rules("cut role:store role:store"))
                .hasSize(6)
                .first()
                .isEqualTo("store-0 op:fault.set,direction:out,peers:[127.1.0.11,127.1.0.12],cut:true / fault.clear");
    }

    @Test
    void faultsOnProcessesNeedNoRules() {
        assertThat(rules("kill store-0")).isEmpty();
        assertThat(rules("pause store-0")).isEmpty();
        assertThat(rules("restart store-0", false)).isEmpty();
    }
}
