package io.kvorum.apiserver.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.api.BuiltinCatalog;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServedPathsTest {
    private final ServedPaths paths = new ServedPaths(
            BuiltinCatalog.load().all(),
            info -> !info.group().equals("batch")
                    && !info.resource().equals("daemonsets")
                    && !info.resource().equals("pods"));

    @ParameterizedTest
    @CsvSource({
        "/version/, true",
        "/apis/, true",
        "apis, true",
        "/api/, true",
        "api/v1, true",
        "/api/v1/namespaces/{name}/finalize, true",
        "/api/v1/namespaces/{namespace}/pods/{name}, false",
        "/api/v1/watch/namespaces/{namespace}/pods, false",
        "/api/v1/watch/namespaces, true",
        "/apis/apps/, true",
        "/apis/apps/v1/deployments, true",
        "/apis/apps/v1/daemonsets, false",
        "/apis/apps/v1/namespaces/{namespace}/daemonsets/{name}/status, false",
        "/apis/batch/, false",
        "apis/batch/v1, false",
        "/apis/batch/v1/jobs, false",
    })
    void aPathIsItsResources(String path, boolean served) {
        assertThat(paths.test(path)).isEqualTo(served);
    }
}
