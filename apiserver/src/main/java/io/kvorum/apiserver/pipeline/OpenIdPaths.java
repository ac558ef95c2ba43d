package io.kvorum.apiserver.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.ResponseBody;
import io.kvorum.apiserver.token.AccountTokens;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** {@code /.well-known/openid-configuration} and {@code /openid/v1/jwks}: how others verify service account tokens. */
public final class OpenIdPaths implements NonResource {
    /** Where this server has the keys itself. */
    public static final String KEYS = "/openid/v1/jwks";

    private final AccountTokens tokens;
    private final String keySet;

    /** @param keySet the URL that others are told to read the keys from */
    public OpenIdPaths(AccountTokens tokens, String keySet) {
        this.tokens = tokens;
        this.keySet = keySet;
    }

    @Override
    public @Nullable Future<ApiResponse> handle(ApiRequest request) {
        return switch (request.path()) {
            case "/.well-known/openid-configuration" ->
                tokens.discovery(keySet).map(claims -> {
                    ObjectNode document = ObjectJson.object();
                    claims.forEach(document::putPOJO);
                    return ApiResponse.json(200, ObjectJson.encode(document));
                });
            case KEYS ->
                tokens.keySet()
                        .map(keys -> ApiResponse.of(
                                200,
                                "application/jwk-set+json",
                                ResponseBody.of(keys.getBytes(StandardCharsets.UTF_8))));
            default -> null;
        };
    }
}
