package io.kvorum.apiserver.flow;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** Shuffle sharding: deals every flow a small hand of queues, so that two flows rarely share all of theirs. */
final class Hand {
    private Hand() {}

    /**
     * Different queues, the same for the same flow.
     *
     * @param size at most {@code queues}
     */
    static int[] deal(String schema, String flow, int queues, int size) {
        long entropy = hash(schema + "\0" + flow);
        int[] hand = new int[size];
        for (int dealt = 0; dealt < size; dealt++) {
            int left = queues - dealt;
            int card = (int) Long.remainderUnsigned(entropy, left);
            entropy = Long.divideUnsigned(entropy, left);
            // The number among those that are left becomes the number among all.
            int[] before = Arrays.copyOf(hand, dealt);
            Arrays.sort(before);
            for (int taken : before) {
                if (card >= taken) {
                    card++;
                }
            }
            hand[dealt] = card;
        }
        return hand;
    }

    private static long hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            long value = 0;
            for (int i = 0; i < 8; i++) {
                value = value << 8 | digest[i] & 0xff;
            }
            return value;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
