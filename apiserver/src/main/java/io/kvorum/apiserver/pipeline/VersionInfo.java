package io.kvorum.apiserver.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.component.KubernetesVersion;
import io.vertx.core.Future;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code /version}: the Kubernetes version whose API is served. */
public final class VersionInfo implements NonResource {
    private final KubernetesVersion serving;

    /** @param serving what this server calls itself */
    public VersionInfo(KubernetesVersion serving) {
        this.serving = serving;
    }

    @Override
    public @Nullable Future<ApiResponse> handle(ApiRequest request) {
        if (!request.path().equals("/version") && !request.path().equals("/version/")) {
            return null;
        }
        return Future.succeededFuture(ApiResponse.json(200, ObjectJson.encode(document(serving))));
    }

    /** What the path answers. */
    public static ObjectNode document(KubernetesVersion serving) {
        ObjectNode version = ObjectJson.object();
        version.put("major", Integer.toString(serving.major()));
        version.put("minor", Integer.toString(serving.minor()));
        version.put("emulationMajor", Integer.toString(serving.major()));
        version.put("emulationMinor", Integer.toString(serving.minor()));
        version.put("minCompatibilityMajor", Integer.toString(serving.major()));
        version.put("minCompatibilityMinor", Integer.toString(serving.minor() - 1));
        version.put("gitVersion", serving.gitVersion());
        version.put("gitCommit", "");
        version.put("gitTreeState", "clean");
        version.put("buildDate", "1970-01-01T00:00:00Z");
        version.put("goVersion", "none");
        version.put("compiler", "javac " + Runtime.version().feature());
        version.put(
                "platform",
                System.getProperty("os.name").toLowerCase(Locale.ROOT) + "/" + System.getProperty("os.arch"));
        return version;
    }
}
