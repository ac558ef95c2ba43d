package io.kvorum.apiserver.proxy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The HTTP clients of proxied requests, one for each way to speak TLS. They end with their Vert.x. */
public final class ClientConnections {
    private static final String LOOPBACK = "127.";
    private static final int CONNECT_MILLIS = 10_000;
    private static final int IDLE_SECONDS = 90;
    private static final int MOST_CONNECTIONS = 256;
    private static final int MOST_WAITING = 1024;

    private final Vertx vertx;
    private final HttpClientOptions kubeletOptions;
    private final HttpClient plain;
    private final HttpClient unverified;
    private final HttpClient kubelets;

    /** @param kubelets how kubelets are spoken to: certificates, and the address to dial from */
    public ClientConnections(Vertx vertx, HttpClientOptions kubelets) {
        this.vertx = vertx;
        this.kubeletOptions = kubelets;
        this.plain = open(new HttpClientOptions());
        // As upstream: who runs in a pod shows a certificate that nobody here can judge.
        this.unverified = open(tls().setTrustAll(true).setVerifyHost(false));
        this.kubelets = open(new HttpClientOptions(kubelets));
    }

    HttpClient plain() {
        return plain;
    }

    HttpClient unverified() {
        return unverified;
    }

    HttpClient kubelets() {
        return kubelets;
    }

    /** TLS without any trust yet. */
    public static HttpClientOptions tls() {
        return new HttpClientOptions().setSsl(true).setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"));
    }

    /** A client of its own; whoever asks for it closes it. */
    HttpClient open(HttpClientOptions options) {
        return opened(options, kubeletOptions.getLocalAddress());
    }

    /** The same, for a server that may be outside the cluster. */
    public HttpClient open(HttpClientOptions options, String host) {
        return opened(options, source(kubeletOptions.getLocalAddress(), host));
    }

    /**
     * The address to dial from, null for whichever fits: from a loopback address, by which a server of a local cluster is known,
     * nobody is reached who has none.
     */
    static @Nullable String source(@Nullable String own, String host) {
        boolean near = host.startsWith(LOOPBACK) || host.equals("localhost");
        return own != null && own.startsWith(LOOPBACK) && !near ? null : own;
    }

    private HttpClient opened(HttpClientOptions options, @Nullable String source) {
        if (source != null) {
            options.setLocalAddress(source);
        }
        return vertx.createHttpClient(
                options.setConnectTimeout(CONNECT_MILLIS)
                        .setKeepAliveTimeout(IDLE_SECONDS)
                        .setTcpNoDelay(true)
                        .setMaxHeaderSize(64 << 10)
                        .setMaxInitialLineLength(64 << 10),
                new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS).setMaxWaitQueueSize(MOST_WAITING));
    }
}
