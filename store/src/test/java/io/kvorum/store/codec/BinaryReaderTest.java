package io.kvorum.store.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.store.codec.BinaryReader.MalformedException;
import org.junit.jupiter.api.Test;

class BinaryReaderTest {
    private static final byte[] PAIR =
            new BinaryWriter(16).bytes(new byte[] {1, 2, 3}).number(300).toByteArray();

    @Test
    void aSliceEndsWhereItsLengthSays() {
        BinaryReader in = new BinaryReader(PAIR);
        BinaryReader slice = in.slice();
        assertThat(in.number()).isEqualTo(300);
        assertThat(in.atEnd()).isTrue();
        assertThat(slice.octet()).isEqualTo(1);
        assertThat(slice.rest()).containsExactly(2, 3);
        assertThat(slice.atEnd()).isTrue();
        assertThatThrownBy(slice::octet).isInstanceOf(MalformedException.class).hasMessage("unexpected end at byte 3");
    }

    @Test
    void whatLiesBehindAPartOfAnArrayIsNotRead() {
        BinaryReader in = new BinaryReader(PAIR, 1, 3);
        assertThat(in.octet()).isEqualTo(1);
        assertThatThrownBy(in::bytes)
                .isInstanceOf(MalformedException.class)
                .hasMessage("count 2 exceeds the 0 bytes left");
        assertThatThrownBy(() -> new BinaryReader(PAIR, 0, 3).slice()).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new BinaryReader(PAIR, 0, PAIR.length + 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aWriterThatBeginsAnewForgetsWhatItHeld() {
        BinaryWriter out = new BinaryWriter(4).text("longer than it was made for");
        assertThat(out.reset().octet(7).toByteArray()).containsExactly(7);
    }
}
