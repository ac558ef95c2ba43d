package io.kvorum.apiserver.pipeline;

import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers requests, once they are allowed, that this server's registry has nothing to do with. */
@FunctionalInterface
public interface Elsewhere {
    /** Null when the request is not one of its own. */
    @Nullable
    Future<ApiResponse> handle(ApiRequest request, User user);

    /** Asks one after another; the first that knows the request answers. */
    static Elsewhere firstOf(List<Elsewhere> all) {
        List<Elsewhere> some = List.copyOf(all);
        return (request, user) -> {
            for (Elsewhere each : some) {
                Future<ApiResponse> answer = each.handle(request, user);
                if (answer != null) {
                    return answer;
                }
            }
            return null;
        };
    }
}
