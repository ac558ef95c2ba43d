package io.kvorum.controllers.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.client.ApiClient;
import io.kvorum.client.ResourceClient;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DiscoveryTest {
    private static final String GROUPS = "{\"groups\":[{\"name\":\"sea.example.com\",\"versions\":["
            + "{\"groupVersion\":\"sea.example.com/v2\"},{\"groupVersion\":\"sea.example.com/v1\"},"
            + "{\"groupVersion\":\"sea.example.com/v1beta1\"}],"
            + "\"preferredVersion\":{\"groupVersion\":\"sea.example.com/v2\"}}]}";

    /** Documents by path. */
    private record Documents(Map<String, String> byPath) implements ApiClient {
        @Override
        public <T extends HasMetadata> ResourceClient<T> resources(Class<T> type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ResourceClient<GenericKubernetesResource> resources(ResourceInfo resource) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Buffer> raw(
                String method, String uri, @Nullable String contentType, @Nullable Buffer body, Duration timeout) {
            @Nullable String document = byPath.get(uri);
            return document == null
                    ? Future.failedFuture(ApiException.unavailable(uri))
                    : Future.succeededFuture(Buffer.buffer(document));
        }
    }

    private static String resources(String... names) {
        StringBuilder list = new StringBuilder();
        for (String each : names) {
            list.append(list.isEmpty() ? "" : ",")
                    .append("{\"name\":\"" + each + "\",\"kind\":\"" + each + "\",\"verbs\":[\"list\"]}");
        }
        return "{\"resources\":[" + list + "]}";
    }

    @Test
    void whatThePreferredVersionLacksIsFoundInAnother() {
        Discovery.Found found = new Discovery(new Documents(Map.of(
                        "/apis",
                        GROUPS,
                        "/api/v1",
                        resources("pods"),
                        "/apis/sea.example.com/v2",
                        resources("ships"),
                        "/apis/sea.example.com/v1",
                        resources("ships", "boats", "boats/status"),
                        "/apis/sea.example.com/v1beta1",
                        resources("boats", "rafts"))))
                .preferred()
                .result();
        assertThat(found.resources())
                .extracting(each -> each.apiVersion() + " " + each.resource())
                .containsExactly(
                        "v1 pods",
                        "sea.example.com/v2 ships",
                        "sea.example.com/v1 boats",
                        "sea.example.com/v1beta1 rafts");
        assertThat(found.failures()).isEmpty();
    }

    @Test
    void aVersionThatCannotBeReadIsToldAndTheOthersCount() {
        Discovery.Found found = new Discovery(new Documents(Map.of(
                        "/apis",
                        GROUPS,
                        "/api/v1",
                        resources(),
                        "/apis/sea.example.com/v2",
                        resources("ships"),
                        "/apis/sea.example.com/v1",
                        resources("ships"))))
                .preferred()
                .result();
        assertThat(found.resources()).extracting(ResourceInfo::resource).containsExactly("ships");
        assertThat(found.failures()).containsOnlyKeys("sea.example.com/v1beta1");
    }
}
