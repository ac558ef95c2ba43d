package io.kvorum.kubelet.probes;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.kubelet.probes.ProbeState.Verdict;
import org.junit.jupiter.api.Test;

class ProbeStateTest {
    private static ProbeState feed(ProbeState state, String results, int successes, int failures) {
        ProbeState next = state;
        for (char result : results.toCharArray()) {
            next = next.after(result == '+', successes, failures);
        }
        return next;
    }

    @Test
    void startsAsUpstreamDoes() {
        assertThat(ProbeState.initial(ProbeKind.READINESS).verdict()).isEqualTo(Verdict.FAILURE);
        assertThat(ProbeState.initial(ProbeKind.LIVENESS).verdict()).isEqualTo(Verdict.SUCCESS);
        assertThat(ProbeState.initial(ProbeKind.STARTUP).verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void failuresCountOnlyInARow() {
        ProbeState alive = ProbeState.initial(ProbeKind.LIVENESS);
        assertThat(feed(alive, "--+--", 1, 3).verdict()).isEqualTo(Verdict.SUCCESS);
        assertThat(feed(alive, "--+---", 1, 3).verdict()).isEqualTo(Verdict.FAILURE);
    }

    @Test
    void successThresholdHoldsBack() {
        ProbeState unready = ProbeState.initial(ProbeKind.READINESS);
        assertThat(feed(unready, "+-+", 2, 3).verdict()).isEqualTo(Verdict.FAILURE);
        assertThat(feed(unready, "+-++", 2, 3).verdict()).isEqualTo(Verdict.SUCCESS);
        assertThat(feed(unready, "++--", 2, 3).verdict()).isEqualTo(Verdict.SUCCESS);
        assertThat(feed(unready, "++---", 2, 3).verdict()).isEqualTo(Verdict.FAILURE);
    }
}
