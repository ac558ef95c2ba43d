package io.kvorum.kubelet.runtime;

import java.time.Instant;

/**
 * How a run ended.
 *
 * @param code exit code; 128 plus the signal's number when a signal ended it
 * @param known false when nobody saw it end (power loss): the code is then 255
 */
public record ContainerExit(int code, Instant at, boolean known) {}
