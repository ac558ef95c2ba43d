package io.kvorum.apiserver.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.ResponseBody;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** {@code pods/proxy}, {@code services/proxy} and {@code nodes/proxy}: finds the address a request is meant for. */
public final class ResourceProxy {
    private static final String MARK = "/proxy";

    private final WatchCache cache;
    private final ClientConnections connections;
    private final RandomGenerator random;

    public ResourceProxy(WatchCache cache, ClientConnections connections, RandomGenerator random) {
        this.cache = cache;
        this.connections = connections;
        this.random = random;
    }

    public static boolean serves(RequestInfo info) {
        return info.group().isEmpty() && info.subresource().equals("proxy");
    }

    /**
     * Passes the request on.
     *
     * <p>Errors: 400 for a name of no known form or an address that may not be asked, 404 for an unknown object, 503
     * when nobody answers.
     */
    public Future<ApiResponse> connect(RequestInfo info, ApiRequest request) {
        SchemeNamePort name = SchemeNamePort.parse(info.name());
        if (name == null) {
            String kind = info.resource().substring(0, info.resource().length() - 1);
            throw ApiException.badRequest("invalid " + kind + " request \"" + info.name() + "\"");
        }
        String rest = rest(info, request);
        boolean root = rest.isEmpty()
                && (request.method().equals("GET") || request.method().equals("HEAD"));
        return switch (info.resource()) {
            case "pods" ->
                object("core/pods", "pods", info, name).compose(pod -> to(pod(pod, name), info, request, root));
            case "nodes" ->
                object("core/nodes", "nodes", info, name).compose(node -> to(node(node, name), info, request, root));
            default ->
                object("core/services", "services", info, name)
                        .compose(service -> to(service(service, info, name), info, request, root));
        };
    }

    /** Where to go without the path. */
    private record Place(HttpClient client, boolean tls, String host, int port) {}

    private Future<ApiResponse> to(Place place, RequestInfo info, ApiRequest request, boolean root) {
        if (root) {
            return Future.succeededFuture(slashed(request));
        }
        String path = request.path();
        String rest = rest(info, request);
        String prefix = path.substring(0, path.length() - rest.length());
        String given = request.query().text("path");
        String target = rest.isEmpty() && !given.isEmpty() ? (given.startsWith("/") ? given : "/" + given) : rest;
        int mark = request.uri().indexOf('?');
        String query = mark < 0 ? "" : request.uri().substring(mark + 1);
        return Forwarder.forward(
                request,
                new Target(
                        place.client,
                        place.tls,
                        place.host,
                        place.port,
                        target,
                        query,
                        prefix,
                        MultiMap.caseInsensitiveMultiMap()));
    }

    /** The encoded path behind {@code .../NAME/proxy}. */
    private static String rest(RequestInfo info, ApiRequest request) {
        String path = request.path();
        int segments = 0;
        int wanted = info.namespace().isEmpty() ? 5 : 7;
        int at = 0;
        while (at < path.length() && segments < wanted) {
            while (at < path.length() && path.charAt(at) == '/') {
                at++;
            }
            int end = path.indexOf('/', at);
            at = end < 0 ? path.length() : end;
            segments++;
        }
        // The path of the deprecated form /api/v1/proxy/... is none that leads here.
        return path.startsWith(MARK, at - MARK.length()) ? path.substring(at) : "";
    }

    /** A browser at {@code .../proxy} would take links for those of the folder above. */
    private static ApiResponse slashed(ApiRequest request) {
        int mark = request.uri().indexOf('?');
        String query = mark < 0 ? "" : request.uri().substring(mark);
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        headers.set("Location", request.path() + "/" + query);
        return new ApiResponse(301, headers, ResponseBody.EMPTY, null);
    }

    private Future<JsonNode> object(String stored, String resource, RequestInfo info, SchemeNamePort name) {
        String path = info.namespace().isEmpty() ? name.name() : info.namespace() + "/" + name.name();
        ObjectVersion known = cache.of(stored).get(path);
        if (known != null) {
            return Future.succeededFuture(known.selectable());
        }
        return cache.fresh()
                .map(seen -> Optional.ofNullable(cache.of(stored).get(path))
                        .map(ObjectVersion::selectable)
                        .orElseThrow(() -> ApiException.notFound("", resource, name.name())));
    }

    private Place pod(JsonNode pod, SchemeNamePort name) {
        String port = name.port();
        if (port.isEmpty()) {
            for (JsonNode container : Tree.items(pod, "spec", "containers")) {
                for (JsonNode known : Tree.items(container, "ports")) {
                    if (port.isEmpty()) {
                        port = Long.toString(Tree.number(known, "containerPort"));
                    }
                }
            }
        }
        return place(name.scheme(), allowed(Tree.text(pod, "status", "podIP")), port);
    }

    private Place place(String scheme, String host, String port) {
        boolean tls = scheme.equals("https");
        int number = port.matches("[0-9]+") ? Integer.parseInt(port) : tls ? 443 : 80;
        return new Place(tls ? connections.unverified() : connections.plain(), tls, host, number);
    }

    private static String allowed(String address) {
        boolean special = address.isEmpty()
                || address.equals("0.0.0.0")
                || address.equals("::")
                || address.startsWith("169.254.")
                || address.startsWith("224.0.0.");
        if (special) {
            throw ApiException.badRequest("address not allowed");
        }
        return address;
    }

    private Place node(JsonNode node, SchemeNamePort name) {
        int kubelet = (int) Tree.number(node.path("status"), "daemonEndpoints", "kubeletEndpoint", "Port");
        String host = "";
        for (JsonNode address : Tree.items(node, "status", "addresses")) {
            if (host.isEmpty() && Tree.text(address, "type").equals("InternalIP")) {
                host = Tree.text(address, "address");
            }
        }
        if (host.isEmpty()) {
            throw ApiException.internal("no preferred addresses found for node " + name.name() + "; known addresses: "
                    + Tree.items(node, "status", "addresses"));
        }
        if (name.port().isEmpty() || name.port().equals(Integer.toString(kubelet))) {
            return new Place(connections.kubelets(), true, allowed(host), kubelet == 0 ? 10250 : kubelet);
        }
        return place(name.scheme(), allowed(host), name.port());
    }

    private Place service(JsonNode service, RequestInfo info, SchemeNamePort name) {
        String port = name.port();
        if (port.matches("[0-9]+")) {
            String number = port;
            port = Tree.items(service, "spec", "ports").stream()
                    .filter(known -> Long.toString(Tree.number(known, "port")).equals(number))
                    .map(known -> Tree.text(known, "name"))
                    .findFirst()
                    .orElseThrow(() ->
                            unavailable("no service port " + number + " found for service \"" + name.name() + "\""));
        }
        List<Place> places = new ArrayList<>();
        ObjectVersion endpoints = cache.of("core/endpoints").get(info.namespace() + "/" + name.name());
        if (endpoints != null) {
            for (JsonNode subset : Tree.items(endpoints.selectable(), "subsets")) {
                for (JsonNode known : Tree.items(subset, "ports")) {
                    if (Tree.text(known, "name").equals(port)) {
                        for (JsonNode address : Tree.items(subset, "addresses")) {
                            places.add(place(
                                    name.scheme(),
                                    Tree.text(address, "ip"),
                                    Long.toString(Tree.number(known, "port"))));
                        }
                    }
                }
            }
        }
        if (places.isEmpty()) {
            throw unavailable("no endpoints available for service \"" + info.name() + "\"");
        }
        Place chosen = places.get(random.nextInt(places.size()));
        allowed(chosen.host);
        return chosen;
    }

    private static ApiException unavailable(String message) {
        return new ApiException(503, "ServiceUnavailable", message, null);
    }
}
