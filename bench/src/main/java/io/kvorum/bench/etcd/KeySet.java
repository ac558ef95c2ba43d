package io.kvorum.bench.etcd;

import io.etcd.jetcd.ByteSequence;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** The keys that requests choose from, and the values that they write: random bytes, the same in every run. */
final class KeySet {
    private static final int VALUES = 64;
    private static final int DIGITS = 8;

    private final byte[] prefix;
    private final int size;
    private final List<ByteSequence> values = new ArrayList<>();

    /**
     * @param prefix of all keys
     * @param size how many keys there are
     * @param valueBytes of each value
     */
    KeySet(String prefix, int size, int valueBytes) {
        this.prefix = prefix.getBytes(StandardCharsets.UTF_8);
        this.size = size;
        Random random = new Random(valueBytes);
        for (int i = 0; i < VALUES; i++) {
            byte[] value = new byte[valueBytes];
            random.nextBytes(value);
            values.add(ByteSequence.from(value));
        }
    }

    int size() {
        return size;
    }

    /** The prefix and the number in eight digits. */
    ByteSequence key(int number) {
        byte[] key = new byte[prefix.length + DIGITS];
        System.arraycopy(prefix, 0, key, 0, prefix.length);
        int rest = number;
        for (int i = key.length - 1; i >= prefix.length; i--) {
            key[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return ByteSequence.from(key);
    }

    ByteSequence key(RandomGenerator random) {
        return key(random.nextInt(size));
    }

    ByteSequence value(RandomGenerator random) {
        return values.get(random.nextInt(VALUES));
    }
}
