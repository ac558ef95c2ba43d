package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HealthComponentTest {
    private static TestApiServer server;
    private static Http http;

    @BeforeAll
    static void start() throws Exception {
        server = TestApiServer.start(0);
        http = new Http(server);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

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
