package io.kvorum.kubelet.streaming;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The WebSocket sub-protocols of Kubernetes' numbered channels, newest first.
 *
 * @param name as in {@code Sec-WebSocket-Protocol}; empty when the client named none
 * @param version of the stream protocol, 1 to 5
 * @param base64 whether messages are texts of a digit and base64, instead of a byte and bytes
 */
record SubProtocol(String name, int version, boolean base64) {
    /** SPDY frames in binary messages, for port-forward. */
    static final String TUNNEL = "SPDY/3.1+portforward.k8s.io";

    static final SubProtocol NONE = new SubProtocol("", 1, false);

    static final List<SubProtocol> CHANNELS = List.of(
            new SubProtocol("v5.channel.k8s.io", 5, false),
            new SubProtocol("v4.channel.k8s.io", 4, false),
            new SubProtocol("v4.base64.channel.k8s.io", 4, true),
            new SubProtocol("v3.channel.k8s.io", 3, false),
            new SubProtocol("v2.channel.k8s.io", 2, false),
            new SubProtocol("channel.k8s.io", 1, false),
            new SubProtocol("base64.channel.k8s.io", 1, true));

    /** All names a server lists, for the handshake. */
    static List<String> names() {
        return Stream.concat(CHANNELS.stream().map(SubProtocol::name), Stream.of(TUNNEL))
                .toList();
    }

    /** The one of that name, null for a name that is none of the channels'. */
    static @Nullable SubProtocol named(@Nullable String name) {
        if (name == null || name.isEmpty()) {
            return NONE;
        }
        return CHANNELS.stream()
                .filter(protocol -> protocol.name.equals(name))
                .findFirst()
                .orElse(null);
    }

    /** Whether the client can close a channel alone. */
    boolean closesChannels() {
        return version >= 5;
    }

    /** Whether the error channel carries a Status in JSON, instead of a text. */
    boolean statusInJson() {
        return version >= 4;
    }
}
