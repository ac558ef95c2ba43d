package io.kvorum.bench.etcd;

import io.etcd.jetcd.ByteSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** The keys that requests choose from, and the values that they write: random bytes, the same in every run. */
final class KeySet {
    private static final int VALUES = 64;

    private final List<ByteSequence> keys = new ArrayList<>();
    private final List<ByteSequence> values = new ArrayList<>();

    /**
     * @param prefix of all keys
     * @param count of keys
     * @param valueBytes of each value
     */
    KeySet(String prefix, int count, int valueBytes) {
        for (int i = 0; i < count; i++) {
            keys.add(Connections.bytes(String.format("%s%08d", prefix, i)));
        }
        Random random = new Random(valueBytes);
        for (int i = 0; i < VALUES; i++) {
            byte[] value = new byte[valueBytes];
            random.nextBytes(value);
            values.add(ByteSequence.from(value));
        }
    }

    int size() {
        return keys.size();
    }

    ByteSequence key(int index) {
        return keys.get(index);
    }

    ByteSequence key(RandomGenerator random) {
        return keys.get(random.nextInt(keys.size()));
    }

    ByteSequence value(RandomGenerator random) {
        return values.get(random.nextInt(VALUES));
    }
}
