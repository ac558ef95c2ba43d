package io.kvorum.apiserver.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseBodyTest {
    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void chunksAreFullButTheLast() {
        ResponseBody body = ResponseBody.of(List.of(text("ab"), text(""), text("cdefgh"), text("i")));

        List<String> chunks = new ArrayList<>();
        body.chunks(4).forEachRemaining(chunk -> chunks.add(chunk.toString()));

        assertThat(chunks).containsExactly("abcd", "efgh", "i");
        assertThat(body.length()).isEqualTo(9);
        assertThat(body.bytes()).isEqualTo(text("abcdefghi"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 64, 1000, 5000})
    void chunksOfAnySizeAreTheWhole(int size) throws IOException {
        Random random = new Random(size);
        List<byte[]> pieces = new ArrayList<>();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < 50; i++) {
            byte[] piece = new byte[random.nextInt(60)];
            random.nextBytes(piece);
            pieces.add(piece);
            all.write(piece);
        }
        ResponseBody body = ResponseBody.of(pieces);

        Buffer gathered = Buffer.buffer();
        body.chunks(size).forEachRemaining(gathered::appendBuffer);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        body.writeTo(written);

        assertThat(gathered.getBytes()).isEqualTo(all.toByteArray());
        assertThat(written.toByteArray()).isEqualTo(all.toByteArray());
        assertThat(body.whole()).isEqualTo(gathered);
    }

    @Test
    void anEmptyBodyHasNoChunks() {
        Iterator<Buffer> chunks = ResponseBody.EMPTY.chunks(8);

        assertThat(chunks.hasNext()).isFalse();
        assertThatThrownBy(chunks::next).isInstanceOf(NoSuchElementException.class);
        assertThat(ResponseBody.EMPTY.bytes()).isEmpty();
    }

    @Test
    void whatNoArrayHoldsIsRefusedAsAWholeOnly() {
        byte[] piece = new byte[1 << 20];
        ResponseBody body = ResponseBody.of(Collections.nCopies(2048, piece));

        assertThat(body.length()).isEqualTo(2L << 30);
        assertThatThrownBy(body::bytes)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a body of 2147483648 bytes does not fit into an array");
        assertThat(body.chunks(piece.length).next().getBytes()).isEqualTo(piece);
    }

    @Test
    void onePieceIsNotCopied() {
        byte[] piece = text("whole");

        assertThat(ResponseBody.of(piece).bytes()).isSameAs(piece);
        assertThat(ResponseBody.of(List.of(piece)).toString()).isEqualTo("whole");
    }
}
