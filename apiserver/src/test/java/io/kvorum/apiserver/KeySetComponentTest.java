package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Others may be told to read the keys of tokens elsewhere ({@code --service-account-jwks-uri}). */
class KeySetComponentTest {
    private static final String ELSEWHERE = "https://keys.example.com/jwks";

    @Test
    void theDiscoveryDocumentNamesWhereTheKeysAre(@TempDir Path folder) throws Exception {
        try (GuardedServer guarded =
                new GuardedServer(folder, vertx -> ServingOptions.plain(vertx).withKeySet(ELSEWHERE))) {
            assertThat(guarded.admin
                            .get("/.well-known/openid-configuration")
                            .json()
                            .path("jwks_uri")
                            .asText())
                    .isEqualTo(ELSEWHERE);
        }
    }
}
