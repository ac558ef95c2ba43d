package io.kvorum.controllers.bootstrap;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A JSON Web Signature (RFC 7515) without its payload, by HMAC-SHA256 with a token as the key. */
final class DetachedSignature {
    private DetachedSignature() {}

    /** {@code HEADER..SIGNATURE}. */
    static String of(String payload, String id, String secret) {
        Base64.Encoder url = Base64.getUrlEncoder().withoutPadding();
        String header =
                url.encodeToString(("{\"alg\":\"HS256\",\"kid\":\"" + id + "\"}").getBytes(StandardCharsets.UTF_8));
        String signed = header + "." + url.encodeToString(payload.getBytes(StandardCharsets.UTF_8));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec((id + "." + secret).getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return header + ".." + url.encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
