package io.kvorum.controllers.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BootstrapTokensTest {
    private static final Instant NOW = Instant.parse("2026-05-01T10:00:00Z");

    private static Secret secret(String id, String... more) {
        Map<String, String> data = new HashMap<>();
        data.put("token-id", base64(id));
        data.put("token-secret", base64("0123456789abcdef"));
        data.put("usage-bootstrap-signing", base64("true"));
        for (int i = 0; i < more.length; i += 2) {
            data.put(more[i], base64(more[i + 1]));
        }
        return new SecretBuilder()
                .withNewMetadata()
                .withName("bootstrap-token-" + id)
                .withNamespace("kube-system")
                .endMetadata()
                .withType("bootstrap.kubernetes.io/token")
                .withData(data)
                .build();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** RFC 7515, with the key that a client joins by: {@code ID.SECRET}. */
    @Test
    void clusterInfoIsSignedByTokensThatSignAndLast() {
        Map<String, String> signed = BootstrapSigner.signed(
                Map.of("kubeconfig", "payload", "jws-kubeconfig-gone00", "old"),
                List.of(
                        secret("abcdef"),
                        secret("nosign", "usage-bootstrap-signing", "false"),
                        secret("runout", "expiration", "2026-05-01T09:59:59Z")),
                Clock.fixed(NOW, ZoneOffset.UTC));
        assertThat(signed).containsOnlyKeys("kubeconfig", "jws-kubeconfig-abcdef");
        String signature = Objects.requireNonNull(signed.get("jws-kubeconfig-abcdef"));
        assertThat(signature).matches("[A-Za-z0-9_-]+\\.\\.[A-Za-z0-9_-]{43}");
        String header = signature.substring(0, signature.indexOf('.'));
        assertThat(new String(Base64.getUrlDecoder().decode(header), StandardCharsets.UTF_8))
                .isEqualTo("{\"alg\":\"HS256\",\"kid\":\"abcdef\"}");
        assertThat(signature).isEqualTo(DetachedSignature.of("payload", "abcdef", "0123456789abcdef"));
        assertThat(signature).isNotEqualTo(DetachedSignature.of("payloae", "abcdef", "0123456789abcdef"));
    }

    @Test
    void aTimeThatCannotBeReadIsOver() {
        BootstrapToken token = Objects.requireNonNull(BootstrapToken.of(secret("abcdef", "expiration", "tomorrow")));
        assertThat(token.lastsAt(NOW)).isFalse();
        assertThat(BootstrapToken.of(
                        new SecretBuilder(secret("abcdef")).withType("Opaque").build()))
                .isNull();
    }
}
