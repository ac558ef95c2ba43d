package io.kvorum.apiserver.pipeline;

import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** {@code /version}: the Kubernetes version whose API is served. */
public final class VersionInfo implements NonResource {
    public static final String GIT_VERSION = "v1.36.0+kvorum";

    @Override
    public @Nullable Future<ApiResponse> handle(ApiRequest request) {
        if (!request.path().equals("/version") && !request.path().equals("/version/")) {
            return null;
        }
        var version = ObjectJson.object();
        version.put("major", "1");
        version.put("minor", "36");
        version.put("emulationMajor", "1");
        version.put("emulationMinor", "36");
        version.put("minCompatibilityMajor", "1");
        version.put("minCompatibilityMinor", "35");
        version.put("gitVersion", GIT_VERSION);
        version.put("gitCommit", "");
        version.put("gitTreeState", "clean");
        version.put("buildDate", "1970-01-01T00:00:00Z");
        version.put("goVersion", "none");
        version.put("compiler", "javac " + Runtime.version().feature());
        version.put(
                "platform",
                System.getProperty("os.name").toLowerCase(java.util.Locale.ROOT) + "/" + System.getProperty("os.arch"));
        return Future.succeededFuture(ApiResponse.json(200, ObjectJson.encode(version)));
    }
}
