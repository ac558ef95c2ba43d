package io.kvorum.bench.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.bench.etcd.Contender.Maker;
import io.kvorum.bench.etcd.Measure.Figure;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static Report sample() {
        Results results = new Results();
        for (double value : new double[] {900, 1000, 1100}) {
            results.add(new Measure(3, "put", Figure.RATE), Maker.ETCD, value);
            results.add(new Measure(3, "put", Figure.RATE), Maker.KVORUM, value * 3);
        }
        results.add(new Measure(3, "put", Figure.P50), Maker.ETCD, 1.5);
        results.add(new Measure(3, "put", Figure.P50), Maker.KVORUM, 0.5);
        results.add(new Measure(3, "restart", Figure.TIME), Maker.ETCD, 4000);
        results.add(new Measure(3, "restart", Figure.TIME), Maker.KVORUM, 8000);
        return new Report(results.comparisons());
    }

    @Test
    void aRateStandsInOneRowWithItsLatenciesAndATimeInATableOfItsOwn() {
        assertThat(sample().tables(true)).isEqualTo("""
                | members | what | etcd/s | Kvorum/s | ratio | etcd p50 ms | Kvorum p50 ms | etcd p99 ms | Kvorum p99 ms |
                |---------|------|--------|----------|-------|-------------|---------------|-------------|---------------|
                | 3       | put  | 1000   | 3000     | 3.00  | 1.50        | 0.50          |             |               |

                | members | what    | etcd ms | Kvorum ms | ratio |
                |---------|---------|---------|-----------|-------|
                | 3       | restart | 4000    | 8000      | 0.50  |

                """ + Report.NOTE + "\n");
    }

    @Test
    void whatWasNotMeasuredHasNoTable() {
        Results results = new Results();
        results.add(new Measure(1, "restart", Figure.TIME), Maker.ETCD, 4);
        assertThat(new Report(results.comparisons()).tables(false)).isEqualTo("""
                members  what     etcd ms  Kvorum ms  ratio
                1        restart  4.00     -          -

                """ + Report.NOTE + "\n");
    }

    @Test
    void jsonHasEverySampleItsMedianAndTheRatio() {
        JsonNode json = sample().json(Map.of("cores", "2"));
        assertThat(json.at("/machine/cores").asText()).isEqualTo("2");
        JsonNode put = json.at("/results/0");
        assertThat(put.toString())
                .isEqualTo("{\"members\":3,\"what\":\"put\",\"figure\":\"rate\",\"unit\":\"1/s\","
                        + "\"etcd\":{\"median\":1000.0,\"samples\":[900.0,1000.0,1100.0]},"
                        + "\"kvorum\":{\"median\":3000.0,\"samples\":[2700.0,3000.0,3300.0]},\"ratio\":3.0}");
    }

    @Test
    void numbersHaveAboutThreeDigits() {
        assertThat(Report.number(OptionalDouble.of(0.4199))).isEqualTo("0.42");
        assertThat(Report.number(OptionalDouble.of(94.66))).isEqualTo("94.7");
        assertThat(Report.number(OptionalDouble.of(1279.6))).isEqualTo("1280");
        assertThat(Report.number(OptionalDouble.empty())).isEqualTo("-");
    }
}
