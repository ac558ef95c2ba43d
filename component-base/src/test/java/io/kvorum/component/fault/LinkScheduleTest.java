package io.kvorum.component.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LinkScheduleTest {
    private static final long MILLI = 1_000_000;

    private final LinkSchedule schedule = new LinkSchedule(new Random(42));

    @Test
    void delayShiftsEveryTransmission() {
        LinkFault delay = new LinkFault(false, 50 * MILLI, 0, 0, 0);
        assertThat(schedule.due(delay, 0, 10)).isEqualTo(50 * MILLI);
        assertThat(schedule.due(delay, 3 * MILLI, 10)).isEqualTo(53 * MILLI);
    }

    @Test
    void jitterStaysInItsBoundsAndKeepsTheOrder() {
        LinkFault jitter = new LinkFault(false, 50 * MILLI, 40 * MILLI, 0, 0);
        long last = 0;
        long widest = 0;
        for (int i = 0; i < 1_000; i++) {
            long now = i * MILLI;
            long due = schedule.due(jitter, now, 10);
            assertThat(due).isGreaterThanOrEqualTo(last).isBetween(now + 10 * MILLI, now + 90 * MILLI);
            widest = Math.max(widest, due - now);
            last = due;
        }
        assertThat(widest).isGreaterThan(80 * MILLI);
    }

    @Test
    void rateSpacesTransmissionsByTheirSize() {
        LinkFault rate = new LinkFault(false, 0, 0, 1_000, 0);
        assertThat(schedule.due(rate, 0, 500)).isEqualTo(500 * MILLI);
        assertThat(schedule.due(rate, 0, 250)).isEqualTo(750 * MILLI);
        assertThat(schedule.due(rate, 2_000 * MILLI, 100)).isEqualTo(2_100 * MILLI);
    }

    @Test
    void lossStallsTheShareItNames() {
        LinkFault loss = new LinkFault(false, 0, 0, 0, 20);
        Random random = new Random(42);
        int stalled = 0;
        for (int i = 0; i < 10_000; i++) {
            if (loss.latency(random) > 0) {
                stalled++;
            }
        }
        assertThat(stalled).isBetween(1_800, 2_200);
        assertThat(new LinkFault(false, 0, 0, 0, 100).latency(new Random(1)))
                .as("a bound: 0.2 + 0.4 + 0.8 + 1.6 + 3.2 s")
                .isEqualTo(6_200 * MILLI);
    }

    @Test
    void aDrainedLinkStartsAnew() {
        LinkFault slow = new LinkFault(false, 0, 0, 10, 0);
        schedule.due(slow, 0, 1_000);
        schedule.drained();
        assertThat(schedule.due(new LinkFault(false, 0, 0, 0, 0), 1, 1)).isEqualTo(1);
    }
}
