package io.kvorum.cli.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HashedTailTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private static byte[] withHash(byte[] content) throws Exception {
        byte[] all = Arrays.copyOf(content, content.length + 32);
        System.arraycopy(MessageDigest.getInstance("SHA-256").digest(content), 0, all, content.length, 32);
        return all;
    }

    private HashedTail written(byte[] bytes, int seed) throws IOException {
        out.reset();
        HashedTail tail = new HashedTail(out);
        Random random = new Random(seed);
        int at = 0;
        while (at < bytes.length) {
            int length = Math.min(bytes.length - at, random.nextInt(50));
            tail.write(bytes, at, length);
            at += length;
        }
        return tail;
    }

    @Test
    void whateverThePiecesTheHashIsThatOfAllBeforeIt() throws Exception {
        byte[] content = "some content, longer than a hash has bytes, in pieces".getBytes(StandardCharsets.UTF_8);
        byte[] all = withHash(content);
        for (int seed = 0; seed < 50; seed++) {
            HashedTail tail = written(all, seed);
            assertThat(tail.verified())
                    .isEqualTo(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
            assertThat(out.toByteArray()).isEqualTo(all);
            assertThat(tail.count()).isEqualTo(all.length);
        }
    }

    @Test
    void cutOffBytesAreFound() throws Exception {
        byte[] all = withHash("content".getBytes(StandardCharsets.UTF_8));
        for (int length = 0; length < all.length; length++) {
            HashedTail tail = written(Arrays.copyOf(all, length), length);
            assertThatThrownBy(tail::verified).isInstanceOf(IOException.class).hasMessageContaining("cut off");
        }
    }
}
