package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.admission.AdmissionChain;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.Query;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.util.List;

/**
 * Shows admission what is done to an object by way of a subresource that stores nothing of its own: it is bound, evicted, given
 * a token, connected to.
 */
final class ActionAdmission {
    private final AdmissionChain admission;

    ActionAdmission(AdmissionChain admission) {
        this.admission = admission;
    }

    /** @param object a Binding, an Eviction, a TokenRequest; may be changed */
    Future<Void> created(
            Served served, String subresource, String namespace, String name, ObjectNode object, Writer writer) {
        return admission.act(
                writer.attempt(Admission.Operation.CREATE, served, subresource, namespace, name, object, null));
    }

    /** A connection to an object, with its options as upstream's types say them. */
    Future<Void> connected(Served served, RequestInfo info, ApiRequest request, User user) {
        return admission.act(new Writer(user, false, Tree.newObject(), request.notes())
                .attempt(
                        Admission.Operation.CONNECT,
                        served,
                        info.subresource(),
                        info.namespace(),
                        info.name(),
                        options(info, request.query()),
                        null));
    }

    private static ObjectNode options(RequestInfo info, Query query) {
        ObjectNode options = Tree.newObject();
        switch (info.subresource()) {
            case "exec", "attach" -> {
                boolean exec = info.subresource().equals("exec");
                options.put("kind", exec ? "PodExecOptions" : "PodAttachOptions");
                for (String flag : List.of("stdin", "stdout", "stderr", "tty")) {
                    if (query.flag(flag)) {
                        options.put(flag, true);
                    }
                }
                if (query.has("container")) {
                    options.put("container", query.text("container"));
                }
                if (exec) {
                    ArrayNode command = options.putArray("command");
                    query.all("command").forEach(command::add);
                }
            }
            case "portforward" -> {
                options.put("kind", "PodPortForwardOptions");
                ArrayNode ports = Tree.newArray();
                query.all("ports").stream()
                        .filter(port -> port.matches("\\d{1,5}"))
                        .forEach(port -> ports.add(Integer.parseInt(port)));
                if (!ports.isEmpty()) {
                    options.set("ports", ports);
                }
            }
            default -> {
                options.put(
                        "kind",
                        switch (info.resource()) {
                            case "pods" -> "PodProxyOptions";
                            case "services" -> "ServiceProxyOptions";
                            default -> "NodeProxyOptions";
                        });
                options.put("path", String.join("/", info.rest()));
            }
        }
        return options.put("apiVersion", "v1");
    }
}
