package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.api.schema.Decoded;
import io.kvorum.api.selector.LabelSelector;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.util.List;

/** The {@code scale} subresource: a view of {@code spec.replicas} as autoscaling/v1 Scale. */
final class Scales {
    private static final String VERSION = "autoscaling/v1";
    private static final String KIND = "Scale";

    private final Reads reads;
    private final Writes writes;

    Scales(Reads reads, Writes writes) {
        this.reads = reads;
        this.writes = writes;
    }

    Future<ApiResponse> get(Served served, RequestInfo info, ApiRequest request) {
        long revision = ListOptions.revision(request.query().text("resourceVersion"));
        return reads.version(served, info.namespace(), info.name(), revision)
                .map(version -> answer(scale(version.tree())));
    }

    Future<ApiResponse> update(Served served, RequestInfo info, ApiRequest request, User user) {
        WriteOptions options = WriteOptions.of(request.query(), "UpdateOptions");
        Decoded decoded = Bodies.decode(VERSION, KIND, request, options.validation());
        String name = Tree.text(decoded.object(), "metadata", "name");
        if (!name.isEmpty() && !name.equals(info.name())) {
            throw ApiException.badRequest(
                    "the name of the object (" + name + ") does not match the name on the URL (" + info.name() + ")");
        }
        return writes.change(served, main(info), user, options.dryRun(), current -> scaled(current, decoded.object()))
                .map(outcome -> Warnings.add(answer(scale(outcome.version().tree())), decoded.warnings()));
    }

    Future<ApiResponse> patch(Served served, RequestInfo info, ApiRequest request, User user) {
        WriteOptions options = WriteOptions.of(request.query(), "PatchOptions");
        Patch patch = Patch.of(VERSION, KIND, request, options.validation());
        return writes.change(
                        served,
                        main(info),
                        user,
                        options.dryRun(),
                        current -> scaled(
                                current, patch.apply(scale(current.tree())).object()))
                .map(outcome -> answer(scale(outcome.version().tree())));
    }

    private static ObjectNode scaled(ObjectVersion current, ObjectNode scale) {
        JsonNode wanted = scale.path("spec").path("replicas");
        if (wanted.asLong() < 0) {
            throw ApiException.invalid(
                    "autoscaling",
                    KIND,
                    current.name(),
                    List.of(new ApiException.Cause(
                            "FieldValueInvalid",
                            "Invalid value: " + wanted.asLong() + ": must be greater than or equal to 0",
                            "spec.replicas")));
        }
        ObjectNode object = current.tree();
        ObjectNode meta = Tree.ensureObject(object, "metadata");
        // The preconditions are those of the scale, for they share metadata.
        for (String field : List.of("resourceVersion", "uid")) {
            String given = Tree.text(scale, "metadata", field);
            if (given.isEmpty()) {
                meta.remove(field);
            } else {
                meta.put(field, given);
            }
        }
        Tree.ensureObject(object, "spec").put("replicas", wanted.asInt());
        return object;
    }

    private static RequestInfo main(RequestInfo info) {
        return new RequestInfo(
                true,
                info.verb(),
                info.group(),
                info.version(),
                info.namespace(),
                info.resource(),
                info.name(),
                "",
                List.of());
    }

    private static ApiResponse answer(ObjectNode scale) {
        return ApiResponse.json(200, ObjectJson.encode(scale));
    }

    private static ObjectNode scale(ObjectNode object) {
        ObjectNode scale = ObjectJson.object();
        scale.put("kind", KIND);
        scale.put("apiVersion", VERSION);
        ObjectNode meta = scale.putObject("metadata");
        for (String field : List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
            JsonNode value = object.path("metadata").get(field);
            if (value != null) {
                meta.set(field, value);
            }
        }
        scale.putObject("spec").put("replicas", (int) Tree.number(object, "spec", "replicas"));
        ObjectNode status = scale.putObject("status");
        status.put("replicas", (int) Tree.number(object, "status", "replicas"));
        JsonNode selector = object.path("spec").path("selector");
        String text = Tree.text(object, "kind").equals("ReplicationController")
                ? LabelSelector.ofLabels(Tree.map(selector)).toString()
                : LabelSelector.of(selector).toString();
        if (!text.isEmpty()) {
            status.put("selector", text);
        }
        return scale;
    }
}
