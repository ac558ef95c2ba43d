package io.kvorum.bench.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class UpkeepTest {
    private static final List<Upkeep.Step> STEPS =
            List.of(new Upkeep.Step("compaction", 10, 20), new Upkeep.Step("defragmentation", 30, 40));

    @Test
    void whatWasDoneAtAnInstantIsTheStepThatWasUnderWay() {
        assertThat(Upkeep.at(STEPS, 10)).isEqualTo("compaction");
        assertThat(Upkeep.at(STEPS, 35)).isEqualTo("defragmentation");
    }

    @Test
    void betweenTwoStepsNothingWasDone() {
        assertThat(Upkeep.at(STEPS, 25)).isEmpty();
        assertThat(Upkeep.at(STEPS, 41)).isEmpty();
    }
}
