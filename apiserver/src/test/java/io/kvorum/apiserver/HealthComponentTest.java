package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HealthComponentTest {
    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer();

    private static final Http http = server.http();

    @Test
    void everyCheckIsTold() {
        assertThat(http.get("/readyz").text()).isEqualTo("ok");
        assertThat(http.get("/livez?verbose").text()).isEqualTo("[+]ping ok\nlivez check passed\n");
        assertThat(http.get("/readyz?verbose&exclude=etcd&exclude=moon").text())
                .isEqualTo("[+]ping ok\n[+]etcd excluded: ok\n[+]informer-sync ok\n"
                        + "warn: some health checks cannot be excluded: no matches for \"moon\"\n"
                        + "readyz check passed\n");
    }

    @Test
    void everyCheckHasAPathThatTheRootNames() {
        assertThat(http.get("/healthz/informer-sync").text()).isEqualTo("ok");
        assertThat(http.get("/livez/etcd").status()).isEqualTo(404);
        assertThat(http.get("/").text())
                .contains("\"/livez/ping\"", "\"/readyz/informer-sync\"", "\"/healthz/etcd\"")
                .doesNotContain("\"/livez/etcd\"");
    }
}
