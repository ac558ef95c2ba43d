package io.kvorum.apiserver.aggregation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.pipeline.Elsewhere;
import io.kvorum.apiserver.proxy.Forwarder;
import io.kvorum.apiserver.proxy.ServerTrust;
import io.kvorum.apiserver.proxy.Target;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.net.SocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Passes requests for groups of extension API servers on to them. */
public final class Aggregator implements Elsewhere {
    static final String STORED = "apiregistration.k8s.io/apiservices";

    private final WatchCache cache;
    private final ServerTrust trust;
    private final RandomGenerator random;
    private final Map<String, Known> known = new HashMap<>();

    /** What an extension API server has told of itself. */
    private record Known(JsonNode resources, String openApi) {}

    public Aggregator(WatchCache cache, ServerTrust trust, RandomGenerator random) {
        this.cache = cache;
        this.trust = trust;
        this.random = random;
    }

    /** The answer of the extension API server whose group and version the path names; null when there is none. */
    @Override
    public @Nullable Future<ApiResponse> handle(ApiRequest request, User user) {
        JsonNode apiService = remote(request.path());
        if (apiService == null) {
            return null;
        }
        ServiceEndpoint endpoint = ServiceEndpoint.of(cache, apiService);
        if (!available(apiService) || !endpoint.leadsSomewhere()) {
            return Future.succeededFuture(ApiResponse.text(503, "service unavailable\n"));
        }
        int mark = request.uri().indexOf('?');
        String query = mark < 0 ? "" : request.uri().substring(mark + 1);
        return Forwarder.forward(request, target(apiService, endpoint, request.path(), query, identity(user)));
    }

    /** APIServices that name a Service. */
    List<JsonNode> remotes() {
        List<JsonNode> remotes = new ArrayList<>();
        for (ObjectVersion each : cache.of(STORED).list("")) {
            if (isRemote(each.selectable())) {
                remotes.add(each.selectable());
            }
        }
        return remotes;
    }

    /** What extension API servers add to discovery, in the order of their priorities. */
    public List<Contribution> contributions() {
        List<JsonNode> remotes = new ArrayList<>(remotes());
        remotes.sort(Comparator.comparingLong((JsonNode each) -> -Tree.number(each, "spec", "groupPriorityMinimum"))
                .thenComparing(each -> Tree.text(each, "spec", "group"))
                .thenComparingLong(each -> -Tree.number(each, "spec", "versionPriority")));
        List<Contribution> all = new ArrayList<>(remotes.size());
        for (JsonNode each : remotes) {
            Known told = known.get(Tree.text(each, "metadata", "name"));
            all.add(new Contribution(
                    Tree.text(each, "spec", "group"),
                    Tree.text(each, "spec", "version"),
                    told == null ? MissingNode.getInstance() : told.resources,
                    told == null ? "" : told.openApi,
                    available(each)));
        }
        return all;
    }

    /** Takes the APIResourceList of an extension API server. */
    void learn(JsonNode apiService, JsonNode resources) {
        known.put(Tree.text(apiService, "metadata", "name"), new Known(resources, ""));
    }

    /** Takes the index of its OpenAPI documents. */
    void learnOpenApi(JsonNode apiService, JsonNode index) {
        String gv = "apis/" + Tree.text(apiService, "spec", "group") + "/" + Tree.text(apiService, "spec", "version");
        String url = Tree.text(index.path("paths").path(gv), "serverRelativeURL");
        known.computeIfPresent(
                Tree.text(apiService, "metadata", "name"), (name, told) -> new Known(told.resources, url));
    }

    void retain(Set<String> names) {
        known.keySet().retainAll(names);
    }

    private @Nullable JsonNode remote(String path) {
        String root = path.startsWith("/openapi/v3/apis/") ? "/openapi/v3/apis/" : "/apis/";
        if (!path.startsWith(root)) {
            return null;
        }
        int group = root.length();
        int slash = path.indexOf('/', group);
        if (slash < 0) {
            return null;
        }
        int end = path.indexOf('/', slash + 1);
        String version = path.substring(slash + 1, end < 0 ? path.length() : end);
        ObjectVersion found = cache.of(STORED).get(version + "." + path.substring(group, slash));
        return found == null || !isRemote(found.selectable()) ? null : found.selectable();
    }

    static boolean isRemote(JsonNode apiService) {
        return Tree.has(apiService.get("spec"), "service");
    }

    static boolean available(JsonNode apiService) {
        for (JsonNode condition : Tree.items(apiService, "status", "conditions")) {
            if (Tree.text(condition, "type").equals("Available")) {
                return Tree.text(condition, "status").equals("True");
            }
        }
        return false;
    }

    Target target(JsonNode apiService, ServiceEndpoint endpoint, String path, String query, MultiMap identity) {
        JsonNode spec = apiService.path("spec");
        String bundle = Tree.text(spec, "caBundle");
        String pem =
                bundle.isEmpty() ? "" : new String(Base64.getMimeDecoder().decode(bundle), StandardCharsets.US_ASCII);
        String address =
                endpoint.addresses().get(random.nextInt(endpoint.addresses().size()));
        return new Target(
                trust.client(Tree.text(apiService, "metadata", "name"), pem, Tree.flag(spec, "insecureSkipTLSVerify")),
                true,
                endpoint.name(),
                endpoint.port(),
                path,
                query,
                null,
                identity,
                SocketAddress.inetSocketAddress(endpoint.port(), address));
    }

    /** Who asks, as the request header authenticator of an extension API server reads it. */
    static MultiMap identity(User user) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        headers.set("X-Remote-User", user.name());
        if (!user.uid().isEmpty()) {
            headers.set("X-Remote-Uid", user.uid());
        }
        user.groups().forEach(group -> headers.add("X-Remote-Group", group));
        for (Map.Entry<String, List<String>> extra : user.extra().entrySet()) {
            String name = "X-Remote-Extra-"
                    + URLEncoder.encode(extra.getKey(), StandardCharsets.UTF_8).replace("+", "%20");
            extra.getValue().forEach(value -> headers.add(name, value));
        }
        return headers;
    }
}
