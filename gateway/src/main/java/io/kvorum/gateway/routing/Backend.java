package io.kvorum.gateway.routing;

import org.jspecify.annotations.Nullable;

/**
 * One of a rule's backends.
 *
 * @param service null when it does not exist or may not be referred to: its share is answered with 500
 */
public record Backend(@Nullable ServicePortRef service, int weight, Filters filters) {}
