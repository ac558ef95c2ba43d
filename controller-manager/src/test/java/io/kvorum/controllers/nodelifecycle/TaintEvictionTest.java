package io.kvorum.controllers.nodelifecycle;

import static io.kvorum.controllers.testing.FakeClock.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TaintEvictionTest {
    private static final Taint UNREACHABLE = new TaintBuilder()
            .withKey(NodeTaints.UNREACHABLE)
            .withEffect("NoExecute")
            .withTimeAdded(START.toString())
            .build();

    private static Toleration toleration(
            @Nullable String key,
            @Nullable String operator,
            @Nullable String value,
            @Nullable String effect,
            @Nullable Long seconds) {
        return new TolerationBuilder()
                .withKey(key)
                .withOperator(operator)
                .withValue(value)
                .withEffect(effect)
                .withTolerationSeconds(seconds)
                .build();
    }

    private static @Nullable Instant deadline(Toleration... tolerations) {
        return TaintEviction.deadline(List.of(UNREACHABLE), List.of(tolerations), Instant.EPOCH);
    }

    @Test
    void whatIsNotToleratedGoesAtOnce() {
        assertThat(deadline()).isEqualTo(Instant.EPOCH);
        assertThat(deadline(toleration("other", "Exists", null, null, null))).isEqualTo(Instant.EPOCH);
        assertThat(deadline(toleration(NodeTaints.UNREACHABLE, "Exists", null, "NoSchedule", null)))
                .isEqualTo(Instant.EPOCH);
        assertThat(deadline(toleration(NodeTaints.UNREACHABLE, "Equal", "x", null, null)))
                .isEqualTo(Instant.EPOCH);
    }

    @Test
    void unlimitedToleranceStays() {
        assertThat(deadline(toleration(null, "Exists", null, null, null))).isNull();
        assertThat(deadline(toleration(NodeTaints.UNREACHABLE, null, null, "NoExecute", null)))
                .isNull();
    }

    @Test
    void limitedToleranceCountsFromTheTaint() {
        assertThat(deadline(toleration(NodeTaints.UNREACHABLE, "Exists", null, "NoExecute", 30L)))
                .isEqualTo(START.plusSeconds(30));
    }

    @Test
    void theShortestToleranceCounts() {
        assertThat(deadline(
                        toleration(NodeTaints.UNREACHABLE, "Exists", null, "NoExecute", 30L),
                        toleration(null, "Exists", null, null, 7L)))
                .isEqualTo(START.plusSeconds(7));
    }

    @Test
    void negativeToleranceIsNone() {
        assertThat(deadline(toleration(NodeTaints.UNREACHABLE, "Exists", null, "NoExecute", -5L)))
                .isEqualTo(START);
    }

    @Test
    void aPodThatCameLaterHasItsWholeTime() {
        Toleration half = toleration(NodeTaints.UNREACHABLE, "Exists", null, "NoExecute", 30L);
        assertThat(TaintEviction.deadline(List.of(UNREACHABLE), List.of(half), START.plusSeconds(100)))
                .isEqualTo(START.plusSeconds(130));
    }

    @Test
    void otherEffectsDoNotEvict() {
        Taint noSchedule =
                new TaintBuilder(UNREACHABLE).withEffect("NoSchedule").build();
        assertThat(TaintEviction.deadline(List.of(noSchedule), List.of(), START))
                .isNull();
    }
}
