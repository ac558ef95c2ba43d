package io.kvorum.controllers.bootstrap;

import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a Secret of type {@code bootstrap.kubernetes.io/token} holds.
 *
 * @param end when it runs out; null: never
 * @param signs whether {@code cluster-info} is signed with it
 */
record BootstrapToken(String id, String secret, @Nullable Instant end, boolean signs) {
    static final String TYPE = "bootstrap.kubernetes.io/token";
    static final String NAMESPACE = "kube-system";

    /** Null for another Secret. A time that cannot be read is over. */
    static @Nullable BootstrapToken of(Secret secret) {
        if (!TYPE.equals(secret.getType())
                || !NAMESPACE.equals(secret.getMetadata().getNamespace())) {
            return null;
        }
        Map<String, String> data = secret.getData() == null ? Map.of() : secret.getData();
        String expiration = text(data, "expiration");
        return new BootstrapToken(
                text(data, "token-id"),
                text(data, "token-secret"),
                expiration.isEmpty() ? null : time(expiration),
                text(data, "usage-bootstrap-signing").equals("true"));
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException malformed) {
            return Instant.EPOCH;
        }
    }

    private static String text(Map<String, String> data, String key) {
        String value = data.get(key);
        return value == null ? "" : new String(Base64.getMimeDecoder().decode(value), StandardCharsets.UTF_8);
    }

    boolean lastsAt(Instant now) {
        return end == null || end.isAfter(now);
    }
}
