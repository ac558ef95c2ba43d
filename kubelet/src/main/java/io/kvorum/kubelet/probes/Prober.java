package io.kvorum.kubelet.probes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.GRPCAction;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.kvorum.kubelet.runtime.ContainerId;
import io.kvorum.kubelet.runtime.ExecResult;
import io.kvorum.kubelet.runtime.PodRuntime;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Carries out single probes and hooks, from the kubelet's own address. Futures never fail: a failure is a result. */
public final class Prober {
    private static final int MAX_OUTPUT = 1024;

    private final PodRuntime runtime;
    private final WorkerExecutor workers;
    private final HttpClient http;
    private final NetClient tcp;
    private final GrpcHealth grpc;

    /** @param localAddress the kubelet's own address */
    public Prober(Vertx vertx, String localAddress, PodRuntime runtime, WorkerExecutor workers) {
        this.runtime = runtime;
        this.workers = workers;
        this.http = vertx.createHttpClient(new HttpClientOptions()
                .setLocalAddress(localAddress)
                .setKeepAlive(false)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setConnectTimeout(10_000));
        this.tcp = vertx.createNetClient(
                new NetClientOptions().setLocalAddress(localAddress).setConnectTimeout(10_000));
        this.grpc = new GrpcHealth(vertx, localAddress);
    }

    public Future<Void> close() {
        return http.close().compose(v -> tcp.close()).compose(v -> grpc.close());
    }

    public Future<ProbeResult> exec(ContainerId id, List<String> command, Duration timeout) {
        return workers.executeBlocking(
                        () -> {
                            ExecResult result = runtime.exec(id, command, timeout);
                            if (result.timedOut()) {
                                return ProbeResult.failure("command timed out: \"" + String.join(" ", command)
                                        + "\" timed out after " + seconds(timeout));
                            }
                            return new ProbeResult(result.code() == 0, cut(result.output()));
                        },
                        false)
                .otherwise(e -> ProbeResult.failure(String.valueOf(e.getMessage())));
    }

    public Future<ProbeResult> http(Container container, HTTPGetAction get, String podIp, Duration timeout) {
        String host = get.getHost() == null || get.getHost().isEmpty() ? podIp : get.getHost();
        @Nullable Integer port = port(container, get.getPort());
        if (port == null) {
            return Future.succeededFuture(ProbeResult.failure("couldn't find port: " + text(get.getPort())));
        }
        boolean tls = "HTTPS".equalsIgnoreCase(get.getScheme());
        String path = get.getPath() == null || get.getPath().isEmpty() ? "/" : get.getPath();
        if (!path.startsWith("/")) {
            path = "/" + path;
        }
        String url = (tls ? "https" : "http") + "://" + host + ":" + port + path;
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(host)
                .setPort(port)
                .setSsl(tls)
                .setURI(path)
                .setTimeout(timeout.toMillis())
                .putHeader("User-Agent", "kube-probe/1.36")
                .putHeader("Accept", "*/*")
                .putHeader("Connection", "close");
        if (get.getHttpHeaders() != null) {
            for (HTTPHeader header : get.getHttpHeaders()) {
                options.putHeader(header.getName(), header.getValue());
            }
        }
        return http.request(options)
                .compose(request -> request.send())
                .compose(response -> {
                    int status = response.statusCode();
                    return response.body()
                            .map(body -> status >= 200 && status < 400
                                    ? new ProbeResult(true, cut(body.toString()))
                                    : ProbeResult.failure("HTTP probe failed with statuscode: " + status));
                })
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .otherwise(e -> ProbeResult.failure("Get \"" + url + "\": " + reason(e, host, port, true)));
    }

    public Future<ProbeResult> tcp(
            Container container, @Nullable String givenHost, IntOrString givenPort, String podIp, Duration timeout) {
        String host = givenHost == null || givenHost.isEmpty() ? podIp : givenHost;
        @Nullable Integer port = port(container, givenPort);
        if (port == null) {
            return Future.succeededFuture(ProbeResult.failure("couldn't find port: " + text(givenPort)));
        }
        return tcp.connect(port, host)
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .compose(NetSocket::close)
                .map(new ProbeResult(true, ""))
                .otherwise(e -> ProbeResult.failure(reason(e, host, port, false)));
    }

    public Future<ProbeResult> grpc(GRPCAction action, String podIp, Duration timeout) {
        String service = action.getService() == null ? "" : action.getService();
        return grpc.check(podIp, action.getPort(), service, timeout);
    }

    /** The number of a port given by number or name; null when no port has that name. */
    static @Nullable Integer port(Container container, IntOrString port) {
        if (port.getIntVal() != null) {
            return port.getIntVal();
        }
        String name = port.getStrVal();
        if (container.getPorts() != null) {
            for (ContainerPort candidate : container.getPorts()) {
                if (name.equals(candidate.getName())) {
                    return candidate.getContainerPort();
                }
            }
        }
        return name.matches("\\d{1,5}") ? Integer.valueOf(name) : null;
    }

    private static String text(IntOrString port) {
        return port.getIntVal() != null ? port.getIntVal().toString() : String.valueOf(port.getStrVal());
    }

    private static String reason(Throwable e, String host, int port, boolean http) {
        if (e instanceof ConnectException) {
            return "dial tcp " + host + ":" + port + ": connect: connection refused";
        }
        if (e instanceof TimeoutException || String.valueOf(e.getMessage()).contains("timeout")) {
            return http
                    ? "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
                    : "dial tcp " + host + ":" + port + ": i/o timeout";
        }
        return String.valueOf(e.getMessage());
    }

    private static String cut(String text) {
        return text.length() <= MAX_OUTPUT ? text : text.substring(0, MAX_OUTPUT);
    }

    static String seconds(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + "s" : time.toMillis() / 1000.0 + "s";
    }
}
