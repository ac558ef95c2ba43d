package io.kvorum.balancer;

import io.kvorum.balancer.ServerHealth.Finding;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks servers for {@code /readyz} over TLS and checks that they have a certificate of the cluster's authority. */
final class TlsProbe implements HealthProbe {
    private final HttpClient client;
    private final Duration timeout;

    /**
     * PEM files.
     *
     * @param authority what the servers' certificates are checked against
     * @param certificate who asks; null: nobody in particular, which servers may refuse
     * @param key of the certificate
     */
    record Files(
            Path authority,
            @Nullable Path certificate,
            @Nullable Path key) {
        Files {
            if ((certificate == null) != (key == null)) {
                throw new IllegalArgumentException("--client-certificate and --client-key need each other");
            }
        }
    }

    TlsProbe(Vertx vertx, String ownAddress, Files files, Duration timeout) {
        this.timeout = timeout;
        HttpClientOptions options = new HttpClientOptions()
                .setSsl(true)
                .setTrustOptions(
                        new PemTrustOptions().addCertPath(files.authority().toString()))
                .setVerifyHost(true)
                .setLocalAddress(ownAddress)
                .setConnectTimeout((int) timeout.toMillis())
                .setKeepAliveTimeout(30);
        Path certificate = files.certificate();
        Path key = files.key();
        if (certificate != null && key != null) {
            options.setKeyCertOptions(
                    new PemKeyCertOptions().setCertPath(certificate.toString()).setKeyPath(key.toString()));
        }
        client = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(1));
    }

    @Override
    public Future<Finding> check(ServerAddress server) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(server.host())
                .setPort(server.port())
                .setURI("/readyz")
                .setTimeout(timeout.toMillis());
        return client.request(options)
                .compose(HttpClientRequest::send)
                .compose(response -> response.end().map(response.statusCode()))
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .map(status -> status == 200 ? Finding.READY : Finding.NOT_READY)
                .otherwise(HealthProbe::finding);
    }

    @Override
    public Future<Void> close() {
        return client.close();
    }
}
