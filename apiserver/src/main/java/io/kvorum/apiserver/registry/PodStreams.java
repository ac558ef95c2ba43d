package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.Query;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.Upgrade;
import io.vertx.core.Future;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code pods/exec}, {@code pods/attach} and {@code pods/portforward}: checks the options and says where the kubelet of
 * the pod's node answers them. The edge does the rest.
 */
final class PodStreams {
    private final Reads reads;

    PodStreams(Reads reads) {
        this.reads = reads;
    }

    Future<ApiResponse> connect(Served pods, Served nodes, RequestInfo info, ApiRequest request) {
        return reads.version(pods, info.namespace(), info.name(), ListOptions.UNSET)
                .compose(version -> {
                    JsonNode pod = version.selectable();
                    String node = Tree.text(pod, "spec", "nodeName");
                    String path = path(pod, info, request.query());
                    if (node.isEmpty()) {
                        throw ApiException.badRequest("pod " + info.name() + " does not have a host assigned");
                    }
                    check(info, request.query());
                    return reads.version(nodes, "", node, ListOptions.UNSET)
                            .map(found -> ApiResponse.upgrade(
                                    at(found.selectable(), node, path, query(info, request.query()))));
                });
    }

    /** As the kubelet's own paths are, which are none of the API's. */
    private static String path(JsonNode pod, RequestInfo info, Query query) {
        String name = encoded(info.namespace()) + "/" + encoded(info.name());
        if (info.subresource().equals("portforward")) {
            return "/portForward/" + name;
        }
        boolean exec = info.subresource().equals("exec");
        String container = PodContainers.choose(pod, info.name(), query.text("container"));
        return (exec ? "/exec/" : "/attach/") + name + "/" + encoded(container);
    }

    /** What the kubelet could do nothing with. */
    private static void check(RequestInfo info, Query query) {
        boolean exec = info.subresource().equals("exec");
        if (info.subresource().equals("portforward")) {
            return;
        }
        if (!query.flag("stdin") && !query.flag("stdout") && !query.flag("stderr")) {
            throw invalid(exec, info.name(), "you must specify at least one of stdin, stdout, stderr");
        }
        if (exec && query.all("command").isEmpty()) {
            throw ApiException.badRequest("you must specify at least 1 command for the container");
        }
    }

    private static ApiException invalid(boolean exec, String name, String message) {
        return ApiException.badRequest(
                (exec ? "PodExecOptions" : "PodAttachOptions") + " \"" + name + "\" is invalid: " + message);
    }

    private static String query(RequestInfo info, Query query) {
        List<String> parameters = new ArrayList<>();
        if (info.subresource().equals("portforward")) {
            query.all("ports").forEach(port -> parameters.add("ports=" + encoded(port)));
        } else {
            flag(parameters, query, "stdin", "input");
            flag(parameters, query, "stdout", "output");
            flag(parameters, query, "stderr", "error");
            flag(parameters, query, "tty", "tty");
            if (info.subresource().equals("exec")) {
                query.all("command").forEach(word -> parameters.add("command=" + encoded(word)));
            }
        }
        return String.join("&", parameters);
    }

    private static void flag(List<String> parameters, Query query, String name, String kubelets) {
        if (query.flag(name)) {
            parameters.add(kubelets + "=1");
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Upgrade at(JsonNode node, String name, String path, String query) {
        int port = (int) Tree.number(node.path("status"), "daemonEndpoints", "kubeletEndpoint", "Port");
        for (JsonNode address : Tree.items(node, "status", "addresses")) {
            if (Tree.text(address, "type").equals("InternalIP") && port > 0) {
                return new Upgrade(Tree.text(address, "address"), port, path, query);
            }
        }
        throw ApiException.internal("no preferred addresses found for node " + name + "; known addresses: "
                + Tree.items(node, "status", "addresses"));
    }
}
