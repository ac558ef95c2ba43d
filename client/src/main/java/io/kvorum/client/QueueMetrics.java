package io.kvorum.client;

import java.time.Duration;

/** What a work queue tells about itself. Every method has an empty default. */
public interface QueueMetrics {
    QueueMetrics NONE = new QueueMetrics() {};

    default void added() {}

    default void retried() {}

    /** Keys that stand in the queue now. */
    default void depth(int keys) {}

    /** How long a key stood in the queue before work on it began. */
    default void waited(Duration time) {}

    /** How long the work on one key took. */
    default void worked(Duration time) {}
}
