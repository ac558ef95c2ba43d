package io.kvorum.apiserver.pipeline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** {@code /}: which paths there are. */
public final class RootPaths implements NonResource {
    private final ResourceCatalog catalog;
    private final Collection<String> live;
    private final Collection<String> ready;

    /** The names of the checks are read when they are asked for. */
    public RootPaths(ResourceCatalog catalog, Collection<String> live, Collection<String> ready) {
        this.catalog = catalog;
        this.live = live;
        this.ready = ready;
    }

    @Override
    public @Nullable Future<ApiResponse> handle(ApiRequest request) {
        if (!request.path().equals("/") && !request.path().equals("/index.html")) {
            return null;
        }
        TreeSet<String> paths = new TreeSet<>();
        for (String path : new String[] {
            "/.well-known/openid-configuration",
            "/api",
            "/api/v1",
            "/apis",
            "/apis/",
            "/healthz",
            "/livez",
            "/metrics",
            "/openapi/v2",
            "/openapi/v3",
            "/openapi/v3/",
            "/openid/v1/jwks",
            "/readyz",
            "/version"
        }) {
            paths.add(path);
        }
        live.forEach(check -> {
            paths.add("/healthz/" + check);
            paths.add("/livez/" + check);
        });
        ready.forEach(check -> paths.add("/readyz/" + check));
        catalog.all().forEach(info -> {
            if (!info.group().isEmpty()) {
                paths.add("/apis/" + info.group());
                paths.add("/apis/" + info.group() + "/" + info.version());
            }
        });
        var root = ObjectJson.object();
        ArrayNode list = root.putArray("paths");
        paths.forEach(list::add);
        return Future.succeededFuture(ApiResponse.json(200, ObjectJson.encode(root)));
    }
}
