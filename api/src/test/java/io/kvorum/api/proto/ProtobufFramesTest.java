package io.kvorum.api.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.kubernetes.client.proto.Meta.WatchEvent;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kubernetes.client.proto.V1;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The official messages read what is written. */
class ProtobufFramesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static ObjectNode config(String name) {
        ObjectNode object = JSON.createObjectNode();
        object.putObject("metadata").put("name", name);
        object.putObject("data").put("a", "b");
        return object;
    }

    @Test
    void aListHasItsMetadataAndItems() throws IOException {
        ObjectNode metadata = JSON.createObjectNode();
        metadata.put("resourceVersion", "7").put("continue", "next").put("remainingItemCount", 3);
        byte[] item = ProtobufBody.message("v1", "ConfigMap", config("one"));

        ByteArrayOutputStream pieces = new ByteArrayOutputStream();
        for (byte[] piece : ProtobufFrames.list("v1", "ConfigMapList", metadata, List.of(item, item))) {
            pieces.write(piece);
        }
        byte[] body = pieces.toByteArray();

        Unknown envelope = Unknown.parseFrom(ByteString.copyFrom(body, 4, body.length - 4));
        assertThat(envelope.getTypeMeta().getKind()).isEqualTo("ConfigMapList");
        V1.ConfigMapList list = V1.ConfigMapList.parseFrom(envelope.getRaw());
        assertThat(list.getMetadata().getResourceVersion()).isEqualTo("7");
        assertThat(list.getMetadata().getContinue()).isEqualTo("next");
        assertThat(list.getMetadata().getRemainingItemCount()).isEqualTo(3);
        assertThat(list.getItemsList())
                .hasSize(2)
                .allMatch(one -> one.getDataOrThrow("a").equals("b"));
    }

    @Test
    void aFrameSaysItsLengthAndHoldsAnEnvelope() throws IOException {
        byte[] body = ProtobufBody.encode("v1", "ConfigMap", config("one"));

        byte[] frame = ProtobufFrames.watch("MODIFIED", body);

        assertThat(ByteBuffer.wrap(frame).getInt()).isEqualTo(frame.length - 4);
        WatchEvent event = WatchEvent.parseFrom(ByteString.copyFrom(frame, 4, frame.length - 4));
        assertThat(event.getType()).isEqualTo("MODIFIED");
        assertThat(event.getObject().getRaw().toByteArray()).isEqualTo(body);
    }
}
