package io.kvorum.bench.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.bench.etcd.Measure.Figure;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static Comparison of(Figure figure, List<Double> etcd, List<Double> kvorum) {
        return new Comparison(new Measure(3, "put", figure), etcd, kvorum);
    }

    @Test
    void theMedianIsTheMiddleSampleInWhateverOrderTheyCame() {
        assertThat(Comparison.median(List.of(9.0, 1.0, 5.0))).hasValue(5);
        assertThat(Comparison.median(List.of(7.0))).hasValue(7);
    }

    @Test
    void theMedianOfAnEvenNumberIsTheMeanOfTheTwoInTheMiddle() {
        assertThat(Comparison.median(List.of(100.0, 2.0, 4.0, 1.0))).hasValue(3);
    }

    @Test
    void thereIsNoMedianOfNothing() {
        assertThat(Comparison.median(List.of())).isEmpty();
    }

    @Test
    void aRateIsAheadWhenItIsGreater() {
        assertThat(of(Figure.RATE, List.of(1000.0), List.of(2000.0)).ratio()).hasValue(2);
    }

    @Test
    void aTimeIsAheadWhenItIsShorter() {
        for (Figure figure : List.of(Figure.TIME, Figure.P50, Figure.P99)) {
            assertThat(of(figure, List.of(1000.0), List.of(500.0)).ratio()).hasValue(2);
        }
    }

    @Test
    void ratiosAreOfMediansSoThatOneOutlierDoesNotMove() {
        assertThat(of(Figure.RATE, List.of(100.0, 90.0, 5.0), List.of(180.0, 1e6, 170.0))
                        .ratio())
                .hasValue(2);
    }

    @Test
    void thereIsNoRatioWithOneSideMissingOrANumberToDivideBy() {
        assertThat(of(Figure.RATE, List.of(), List.of(1.0)).ratio()).isEmpty();
        assertThat(of(Figure.RATE, List.of(1.0), List.of()).ratio()).isEmpty();
        assertThat(of(Figure.RATE, List.of(0.0), List.of(1.0)).ratio()).isEmpty();
    }
}
