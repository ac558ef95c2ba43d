package io.kvorum.apiserver.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.aggregation.ServiceEndpoint;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.proxy.ServerTrust;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/**
 * Posts JSON to webhooks over HTTPS, each named by a {@code clientConfig}: an URL or a Service, and the {@code caBundle}
 * that certifies it.
 */
public final class HookClient {
    /** A patch of the largest object there may be, in base64, and some more. */
    private static final int MOST_BYTES = 8 << 20;

    private final WatchCache cache;
    private final ServerTrust trust;

    /** @param trust of its own: the clients in it are named by those who ask */
    public HookClient(WatchCache cache, ServerTrust trust) {
        this.cache = cache;
        this.trust = trust;
    }

    /** Where a webhook is: how it is called, how that is told, and its host where that may be outside the cluster. */
    private record Place(RequestOptions options, String url, String outside) {}

    /**
     * The body of the answer. Fails with {@link HookFailure}, worded as upstream.
     *
     * @param name of the client that is kept for it; another configuration under the same name takes its place
     * @param client {@code clientConfig}
     * @param seconds that all of it may take
     */
    public Future<Buffer> post(String name, JsonNode client, ObjectNode body, int seconds) {
        Place place;
        try {
            place = place(client, seconds);
        } catch (IllegalArgumentException | HookFailure e) {
            return Future.failedFuture(HookFailure.of(Tree.text(client, "url"), e));
        }
        String bundle = Tree.text(client, "caBundle");
        String pem =
                bundle.isEmpty() ? "" : new String(Base64.getMimeDecoder().decode(bundle), StandardCharsets.US_ASCII);
        long began = System.nanoTime();
        long millis = TimeUnit.SECONDS.toMillis(seconds);
        return trust.client(name, pem, false, place.outside())
                .request(place.options().setConnectTimeout(millis))
                .compose(request -> {
                    long left = millis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
                    return exchange(request, Buffer.buffer(ObjectJson.encode(body)))
                            .timeout(Math.max(1, left), TimeUnit.MILLISECONDS)
                            .onFailure(cause -> request.reset());
                })
                .recover(cause -> Future.failedFuture(HookFailure.of(place.url(), cause)));
    }

    /** Closes the client of that name. */
    void release(String name) {
        trust.release(name);
    }

    private static Future<Buffer> exchange(HttpClientRequest request, Buffer body) {
        return request.putHeader("Content-Type", "application/json")
                .putHeader("Accept", "application/json, */*")
                .putHeader("User-Agent", "kube-apiserver-admission")
                .send(body)
                .compose(response -> WholeBody.of(response, MOST_BYTES)
                        .compose(answer -> response.statusCode() / 100 == 2
                                ? Future.succeededFuture(answer)
                                : Future.failedFuture(HookFailure.answered(response.statusCode(), answer))));
    }

    private Place place(JsonNode client, int seconds) {
        String query = "?timeout=" + seconds + "s";
        RequestOptions options = new RequestOptions().setMethod(HttpMethod.POST).setSsl(true);
        String url = Tree.text(client, "url");
        if (!url.isEmpty()) {
            URI uri = URI.create(url);
            String path = uri.getRawPath() == null ? "" : uri.getRawPath();
            return new Place(
                    options.setHost(uri.getHost())
                            .setPort(uri.getPort() < 0 ? 443 : uri.getPort())
                            .setURI((path.isEmpty() ? "/" : path) + query),
                    "https://" + uri.getRawAuthority() + path + query,
                    String.valueOf(uri.getHost()));
        }
        ObjectNode holder = Tree.newObject();
        holder.putObject("spec").set("service", client.path("service"));
        ServiceEndpoint endpoint = ServiceEndpoint.of(cache, holder);
        String given = Tree.text(client, "service", "path");
        String path = given.isEmpty() ? "/" : given;
        long port = Tree.has(client.path("service"), "port") ? Tree.number(client, "service", "port") : 443;
        String told = "https://" + endpoint.name() + ":" + port + path + query;
        if (endpoint.addresses().isEmpty()) {
            throw HookFailure.of(told, HookFailure.unresolved(endpoint, Tree.text(client, "service", "name"), port));
        }
        return new Place(
                options.setHost(endpoint.name())
                        .setPort(endpoint.port())
                        .setURI(path + query)
                        .setServer(SocketAddress.inetSocketAddress(
                                endpoint.port(), endpoint.addresses().get(0))),
                told,
                "");
    }
}
