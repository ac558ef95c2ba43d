package io.kvorum.gateway.proxy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;

/** The kept connections to one endpoint. */
final class EndpointPool {
    /** A pod on the same machine or network answers in far less; more would keep its requests from the other endpoints. */
    private static final int CONNECT_MILLIS = 1_000;
    /** Below what common servers keep idle connections for (60 s and more), so that they seldom close one that is about to be used. */
    private static final int KEEP_ALIVE_SECONDS = 20;

    private static final int CONNECTIONS = 256;
    private static final int WAITING = 1_024;
    /** How long an endpoint that refused is passed over while there are others. */
    private static final long AVOID_NANOS = Duration.ofSeconds(2).toNanos();

    private static final Duration DRAIN = Duration.ofSeconds(60);

    private final Address address;
    private final HttpClientAgent client;
    private long avoidUntil;

    EndpointPool(Vertx vertx, String ownAddress, Address address, boolean http2) {
        this.address = address;
        HttpClientOptions options = new HttpClientOptions()
                .setConnectTimeout(CONNECT_MILLIS)
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setMaxHeaderSize(64 * 1024)
                .setTcpNoDelay(true)
                .setProtocolVersion(http2 ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
                .setHttp2ClearTextUpgrade(false);
        options.setLocalAddress(ownAddress);
        this.client = vertx.httpClientBuilder()
                .with(options)
                .with(new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(WAITING))
                .build();
        this.avoidUntil = System.nanoTime();
    }

    Address address() {
        return address;
    }

    Future<HttpClientRequest> request(RequestOptions options) {
        return client.request(options.setHost(address.host()).setPort(address.port()));
    }

    void refused(long now) {
        avoidUntil = now + AVOID_NANOS;
    }

    boolean avoided(long now) {
        return avoidUntil - now > 0;
    }

    /** Closes idle connections now and the others when their requests have ended. */
    Future<Void> retire() {
        return client.shutdown(DRAIN);
    }

    Future<Void> close() {
        return client.close();
    }
}
