package io.kvorum.bus;

import java.time.Duration;

/**
 * The clocks of the stream protocol.
 *
 * @param heartbeat how long a producer with nothing to send holds a pull before it answers with no frame
 * @param pullTimeout how long a receiver waits for the answer to a pull before it sends the pull again
 * @param silence how long a receiver may hear nothing before the stream is lost
 * @param idle how long a producer may see no pull before it gives the stream up
 */
record BusTimings(Duration heartbeat, Duration pullTimeout, Duration silence, Duration idle) {
    static final BusTimings DEFAULT = new BusTimings(
            Duration.ofMillis(1500), Duration.ofMillis(2500), Duration.ofSeconds(8), Duration.ofSeconds(30));

    BusTimings {
        if (heartbeat.compareTo(pullTimeout) >= 0
                || pullTimeout.compareTo(silence) >= 0
                || silence.compareTo(idle) >= 0) {
            throw new IllegalArgumentException("need heartbeat < pull time-out < silence < idle: " + heartbeat + ", "
                    + pullTimeout + ", " + silence + ", " + idle);
        }
    }
}
