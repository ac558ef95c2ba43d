package io.kvorum.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Every rule is there at both ends, and nobody is cut off from a member of its own group. */
class LinkRulesTest {
    @Test
    void aPartitionCutsEveryPairAcrossGroupsBothWaysAtBothEnds() {
        List<LinkRules.Rule> rules =
                LinkRules.of(new Fault.Partition(List.of(List.of("a", "b"), List.of("c"), List.of("d"))));
        assertThat(rules)
                .containsExactlyInAnyOrder(
                        new LinkRules.Rule("a", "both", List.of("c", "d"), true, 0, 0),
                        new LinkRules.Rule("b", "both", List.of("c", "d"), true, 0, 0),
                        new LinkRules.Rule("c", "both", List.of("a", "b", "d"), true, 0, 0),
                        new LinkRules.Rule("d", "both", List.of("a", "b", "c"), true, 0, 0));
    }

    @Test
    void aCutStopsTheSendersWritesAndTheReceiversReads() {
        assertThat(LinkRules.of(new Fault.Cut(List.of("a"), List.of("b"))))
                .containsExactly(
                        new LinkRules.Rule("a", "out", List.of("b"), true, 0, 0),
                        new LinkRules.Rule("b", "in", List.of("a"), true, 0, 0));
    }

    @Test
    void aDelayIsAppliedOnceEachWay() {
        assertThat(LinkRules.of(new Fault.Delay(List.of("a"), List.of("b"), 50, 10)))
                .containsExactly(
                        new LinkRules.Rule("a", "out", List.of("b"), false, 50, 10),
                        new LinkRules.Rule("b", "out", List.of("a"), false, 50, 10));
    }

    @Test
    void aMemberNeverHasARuleAboutItself() {
        assertThat(LinkRules.of(new Fault.Cut(List.of("a", "b"), List.of("a", "b"))))
                .allMatch(rule -> !rule.peers().contains(rule.member()));
        assertThat(LinkRules.of(new Fault.Cut(List.of("a"), List.of("a")))).isEmpty();
    }

    @Test
    void faultsOnProcessesHaveNoLinkRules() {
        assertThat(LinkRules.of(new Fault.Kill(List.of("a")))).isEmpty();
        assertThat(LinkRules.of(new Fault.Pause(List.of("a")))).isEmpty();
    }
}
