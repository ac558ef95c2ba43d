package io.kvorum.apiserver.encryption;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** {@code identity}: values as they are. */
final class Plain implements Provider {
    private static final byte[] ENCRYPTED = "k8s:enc:".getBytes(StandardCharsets.US_ASCII);

    @Override
    public byte[] seal(byte[] plain, byte[] context) {
        return plain;
    }

    @Override
    public byte @Nullable [] open(byte[] stored, byte[] context) {
        return Prefixed.startsWith(stored, ENCRYPTED) ? null : stored;
    }
}
