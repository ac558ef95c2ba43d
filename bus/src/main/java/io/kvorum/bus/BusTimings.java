package io.kvorum.bus;

import java.time.Duration;

/**
 * The clocks of the stream protocol.
 *
 * @param heartbeat how often a receiver asks whether its pulls are still held
 * @param pullTimeout how long a receiver waits for the answer to that question
 * @param silence how long a receiver may hear nothing before the stream is lost
 * @param idle how long a producer may see no pull nor question before it gives the stream up
 * @param hold how long a producer with nothing to send holds a pull before it answers with no frame
 */
record BusTimings(Duration heartbeat, Duration pullTimeout, Duration silence, Duration idle, Duration hold) {
    static final BusTimings DEFAULT = new BusTimings(
            Duration.ofMillis(1500),
            Duration.ofMillis(2500),
            Duration.ofSeconds(8),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60));

    BusTimings {
        if (heartbeat.compareTo(pullTimeout) >= 0
                || pullTimeout.compareTo(silence) >= 0
                || silence.compareTo(idle) >= 0) {
            throw new IllegalArgumentException("need heartbeat < pull time-out < silence < idle: " + heartbeat + ", "
                    + pullTimeout + ", " + silence + ", " + idle);
        }
    }
}
