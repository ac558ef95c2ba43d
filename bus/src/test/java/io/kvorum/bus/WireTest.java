package io.kvorum.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class WireTest {
    @Test
    void aRequestComesThroughWithRepeatedHeaders() {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .add("Accept", "a")
                .add("accept", "b")
                .add("X", "ü");
        BusRequest request =
                new BusRequest("PUT", "/a?b=c", headers, Buffer.buffer(new byte[] {0, -1, 7}), Duration.ofMillis(1234));
        Wire.Reader reader = new Wire.Reader(Wire.request(request, "echo/echo-0@127.0.0.1:1", Buffer.buffer("proof")));
        assertThat(reader.kind()).isEqualTo(Wire.Kind.REQUEST);
        Wire.Request read = reader.request();
        assertThat(read.sender()).isEqualTo("echo/echo-0@127.0.0.1:1", Buffer.buffer("proof"));
        assertThat(read.request().method()).isEqualTo("PUT");
        assertThat(read.request().uri()).isEqualTo("/a?b=c");
        assertThat(read.request().headers().getAll("ACCEPT")).containsExactly("a", "b");
        assertThat(read.request().headers().get("x")).isEqualTo("ü");
        assertThat(read.request().body().getBytes()).containsExactly(0, -1, 7);
        assertThat(read.request().timeout()).isEqualTo(Duration.ofMillis(1234));
    }

    @Test
    void framesKeepTheirBoundaries() {
        List<Buffer> frames = List.of(Buffer.buffer("one"), Buffer.buffer(), Buffer.buffer("three"));
        Wire.Frames read =
                new Wire.Reader(Wire.frames(new Wire.Frames(7, 3, frames, Wire.Ending.FAILED, "why"))).frames();
        assertThat(read).isEqualTo(new Wire.Frames(7, 3, frames, Wire.Ending.FAILED, "why"));
    }

    @Test
    void anotherVersionIsRefused() {
        Buffer other = Wire.unknownStream().setByte(0, (byte) 3);
        assertThatThrownBy(() -> new Wire.Reader(other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version 3");
        assertThatThrownBy(() -> new Wire.Reader(Buffer.buffer())).isInstanceOf(IllegalArgumentException.class);
    }
}
