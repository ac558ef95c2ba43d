package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.Query;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.ResponseBody;
import io.kvorum.bus.BusAddress;
import io.kvorum.bus.BusClient;
import io.kvorum.bus.BusReply;
import io.kvorum.bus.BusRequest;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** {@code pods/log}: asks the kubelet of the pod's node over the bus and hands its stream on. */
final class PodLogs {
    private static final Duration KUBELET_WAIT = Duration.ofSeconds(10);
    private static final List<String> PASSED_ON =
            List.of("follow", "previous", "tailLines", "timestamps", "sinceSeconds", "sinceTime", "limitBytes");

    private final Reads reads;
    private final BusClient bus;

    PodLogs(Reads reads, BusClient bus) {
        this.reads = reads;
        this.bus = bus;
    }

    Future<ApiResponse> get(Served pods, RequestInfo info, ApiRequest request) {
        PodLogOptions.check(info.name(), request.query());
        return reads.version(pods, info.namespace(), info.name(), ListOptions.UNSET)
                .compose(version -> {
                    JsonNode pod = version.selectable();
                    String container = PodContainers.choose(
                            pod, info.name(), request.query().text("container"));
                    String node = Tree.text(pod, "spec", "nodeName");
                    if (node.isEmpty()) {
                        // Not scheduled: there is no log yet, and that is no error.
                        return Future.succeededFuture(
                                new ApiResponse(204, MultiMap.caseInsensitiveMultiMap(), ResponseBody.EMPTY, null));
                    }
                    String uri = "/containerLogs/" + info.namespace() + "/" + info.name() + "/" + container
                            + query(request.query());
                    return bus.send(
                                    BusAddress.instance("kubelet", "kubelet-" + node),
                                    BusRequest.get(uri, KUBELET_WAIT))
                            .recover(cause -> Future.failedFuture(new ApiException(
                                    500,
                                    "InternalError",
                                    "Get \"" + uri + "\": kubelet of node " + node + ": " + cause.getMessage(),
                                    null)))
                            .map(PodLogs::response);
                });
    }

    private static ApiResponse response(BusReply reply) {
        if (reply.status() >= 400) {
            String message = reply.body().toString();
            throw new ApiException(
                    reply.status(),
                    reply.status() == 404 ? "NotFound" : reply.status() == 400 ? "BadRequest" : "InternalError",
                    message,
                    null);
        }
        return reply.stream() == null
                ? ApiResponse.of(200, "text/plain", ResponseBody.of(reply.body().getBytes()))
                : ApiResponse.stream("text/plain", reply.stream());
    }

    private static String query(Query query) {
        StringBuilder text = new StringBuilder();
        for (String name : PASSED_ON) {
            if (query.has(name)) {
                text.append(text.length() == 0 ? '?' : '&')
                        .append(name)
                        .append('=')
                        .append(URLEncoder.encode(query.text(name), StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }
}
