package io.kvorum.apiserver.registry;

import java.util.UUID;
import java.util.random.RandomGenerator;

/** The {@code metadata.uid} of new objects: a random UUID (RFC 9562, version 4). */
public final class ObjectUid {
    private ObjectUid() {}

    public static String next(RandomGenerator random) {
        long high = (random.nextLong() & ~0xf000L) | 0x4000L;
        long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }
}
