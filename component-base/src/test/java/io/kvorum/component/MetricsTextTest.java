package io.kvorum.component;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bounds as Prometheus' Go client writes them. */
class MetricsTextTest {
    @ParameterizedTest
    @CsvSource({
        "0.0, 0",
        "1.0, 1",
        "0.005, 0.005",
        "1.0E-4, 0.0001",
        "5.0E-7, 5e-07",
        "1.25, 1.25",
        "604800.0, 604800",
        "1000000.0, 1e+06",
        "2592000.0, 2.592e+06",
        "3.1104E7, 3.1104e+07",
        "1.0E9, 1e+09",
        "-2.5, -2.5"
    })
    void boundsAreWrittenAsGoDoes(String java, String go) {
        assertThat(MetricsText.bound(java)).isEqualTo(go);
    }

    @Test
    void onlyBoundsAreWrittenAnew() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Histogram.builder()
                .name("answers_seconds")
                .labelNames("path", "role")
                .classicOnly()
                .classicUpperBounds(.5, 1)
                .withoutExemplars()
                .register(registry.getPrometheusRegistry())
                .labelValues("/1.0", "1.0")
                .observe(.7);
        assertThat(MetricsText.of(registry))
                .contains("answers_seconds_bucket{path=\"/1.0\",role=\"1.0\",le=\"0.5\"} 0")
                .contains("answers_seconds_bucket{path=\"/1.0\",role=\"1.0\",le=\"1\"} 1")
                .contains("answers_seconds_bucket{path=\"/1.0\",role=\"1.0\",le=\"+Inf\"} 1");
    }
}
