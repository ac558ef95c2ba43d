package io.kvorum.labs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimelineProbeTest {
    private static final Map<String, String> CUT = Map.of("kind", "fault", "text", "partition");
    private static final Map<String, String> ELECTED = Map.of("kind", "election");

    private static List<JsonNode> events(String... texts) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        for (String text : texts) {
            events.add(new ObjectMapper().readTree(text));
        }
        return events;
    }

    @Test
    void othersMayStandBetweenButTheOrderCounts() throws Exception {
        List<JsonNode> events = events(
                "{\"kind\":\"election\"}",
                "{\"kind\":\"fault\",\"text\":\"partition store-0\"}",
                "{\"kind\":\"pod\"}",
                "{\"kind\":\"election\"}");
        assertThat(TimelineProbe.inOrder(List.of(CUT, ELECTED), events)).isEqualTo(2);
        assertThat(TimelineProbe.inOrder(List.of(CUT, ELECTED), events.subList(0, 3)))
                .isEqualTo(1);
    }

    @Test
    void allFieldsOfAPatternMustMatch() throws Exception {
        assertThat(TimelineProbe.inOrder(List.of(CUT), events("{\"kind\":\"fault\",\"text\":\"delay\"}")))
                .isZero();
    }
}
