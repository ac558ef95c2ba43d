package io.kvorum.kubelet.streaming;

import java.util.Map;

/**
 * One stream of a session: what the client sends, and what is sent to it.
 *
 * @param id the stream's number on its session
 * @param headers the client opened it with, names in small letters
 */
record ByteStream(int id, Map<String, String> headers, InboundQueue in, Outbound out) {
    /** A header's value, empty when absent. */
    String header(String name) {
        return headers.getOrDefault(name, "");
    }
}
