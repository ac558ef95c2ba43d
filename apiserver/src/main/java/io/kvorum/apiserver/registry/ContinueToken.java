package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.apiserver.cache.ObjectJson;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Where a list in pages goes on: after which object, at which revision. On the wire base64 of {@code
 * {"v":"meta.k8s.io/v1","rv":N,"start":"path\u0000","seen":M}}.
 *
 * @param revision {@link #NEWEST} for a list whose own revision is no more: it goes on with what is there now
 * @param seen how many objects come before, at that revision; {@link #UNKNOWN} when they were not counted
 */
record ContinueToken(long revision, String after, long seen) {
    static final long NEWEST = -1;
    static final long UNKNOWN = -1;

    String encode() {
        ObjectNode token = ObjectJson.object();
        token.put("v", "meta.k8s.io/v1");
        token.put("rv", revision);
        token.put("start", after + "\0");
        if (seen != UNKNOWN) {
            token.put("seen", seen);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(ObjectJson.encode(token));
    }

    static ContinueToken decode(String text) {
        byte[] json;
        try {
            json = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw bad("illegal base64 data at input byte 0");
        }
        if (json.length == 0 || json[0] != '{') {
            throw bad(
                    json.length == 0
                            ? "unexpected end of JSON input"
                            : "invalid character '" + new String(json, 0, 1, StandardCharsets.ISO_8859_1)
                                    + "' looking for beginning of value");
        }
        try {
            ObjectNode token = ObjectJson.parse(json);
            String start = token.path("start").asText();
            if (!token.path("v").asText().equals("meta.k8s.io/v1")
                    || token.path("rv").asLong() == 0) {
                throw bad("incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
            }
            if (start.isEmpty()) {
                throw bad("encoded start key empty (version meta.k8s.io/v1)");
            }
            return new ContinueToken(
                    token.path("rv").asLong(),
                    start.endsWith("\0") ? start.substring(0, start.length() - 1) : start,
                    token.path("seen").asLong(UNKNOWN));
        } catch (UncheckedIOException e) {
            throw bad("unexpected end of JSON input");
        }
    }

    private static ApiException bad(String why) {
        return ApiException.badRequest("invalid continue token: continue key is not valid: " + why);
    }
}
