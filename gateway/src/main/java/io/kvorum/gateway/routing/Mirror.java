package io.kvorum.gateway.routing;

import org.jspecify.annotations.Nullable;

/**
 * Copies of requests to another backend.
 *
 * @param backend null when it does not exist or may not be referred to: then nothing is copied
 * @param numerator of {@code denominator} requests are copied
 */
public record Mirror(@Nullable ServicePortRef backend, int numerator, int denominator) {}
