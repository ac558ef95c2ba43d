package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.managed.BuiltinTypes;
import io.kvorum.api.managed.FieldManagement;
import io.kvorum.api.schema.Decoded;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.request.Accepted;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.Encoding;
import io.kvorum.apiserver.request.Representation;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.util.EnumSet;
import java.util.List;

/** The {@code scale} subresource: a view of {@code spec.replicas} as autoscaling/v1 Scale. */
final class Scales {
    private static final String VERSION = "autoscaling/v1";
    private static final String KIND = "Scale";
    private static final String SUBRESOURCE = "scale";
    /** What tables take a Scale for. */
    private static final ResourceInfo PRINTED = new ResourceInfo(
            "autoscaling", "v1", "scales", KIND, "scale", true, List.of(), List.of(), List.of(), List.of());

    private final Reads reads;
    private final Writes writes;
    private final FieldTracking fields;
    private final TableFormat tables;

    Scales(Reads reads, Writes writes, FieldTracking fields, TableFormat tables) {
        this.tables = tables;
        this.reads = reads;
        this.writes = writes;
        this.fields = fields;
    }

    Future<ApiResponse> get(Served served, RequestInfo info, ApiRequest request) {
        long revision = ListOptions.revision(request.query().text("resourceVersion"));
        return reads.version(served, info.namespace(), info.name(), revision)
                .map(version -> shown(scale(served, version), request));
    }

    /** As a Table, if that is what is asked for. */
    private ApiResponse shown(ObjectNode scale, ApiRequest request) {
        Accepted accepted = Accepted.negotiate(request.header("Accept"), EnumSet.allOf(Encoding.class));
        if (accepted.representation() != Representation.TABLE) {
            return answer(scale);
        }
        ObjectNode metadata = ObjectJson.object();
        metadata.put("resourceVersion", Tree.text(scale, "metadata", "resourceVersion"));
        ObjectNode table =
                tables.table(PRINTED, List.of(scale), metadata, request.query().text("includeObject"));
        table.put("apiVersion", accepted.metaVersion());
        return answer(table);
    }

    Future<ApiResponse> update(Served served, RequestInfo info, ApiRequest request, User user) {
        WriteOptions options = WriteOptions.of(request, "UpdateOptions");
        Decoded decoded = Bodies.decode(VERSION, KIND, request, options.validation());
        String name = Tree.text(decoded.object(), "metadata", "name");
        if (!name.isEmpty() && !name.equals(info.name())) {
            throw ApiException.badRequest(
                    "the name of the object (" + name + ") does not match the name on the URL (" + info.name() + ")");
        }
        FieldHook hook = fields.updates(served, SUBRESOURCE, options.fieldManager());
        Writer writer = new Writer(user, options.dryRun(), request);
        return writes.change(served, main(info), writer, hook, current -> scaled(served, current, decoded.object()))
                .map(outcome -> writer.warned(answer(scale(served, outcome.version())), decoded.warnings()));
    }

    Future<ApiResponse> patch(Served served, RequestInfo info, ApiRequest request, User user) {
        WriteOptions options = WriteOptions.of(request, "PatchOptions");
        if (Bodies.mediaType(request).equals(Applies.MEDIA_TYPE)) {
            return apply(served, info, request, user, options);
        }
        FieldHook hook = fields.updates(served, SUBRESOURCE, options.fieldManager());
        Patch patch = Patch.of(VERSION, KIND, request, options.validation());
        Writer writer = new Writer(user, options.dryRun(), request);
        return writes.change(
                        served,
                        main(info),
                        writer,
                        hook,
                        current -> scaled(
                                served,
                                current,
                                patch.apply(scale(served, current)).object()))
                .map(outcome -> writer.warned(answer(scale(served, outcome.version())), List.of()));
    }

    private Future<ApiResponse> apply(
            Served served, RequestInfo info, ApiRequest request, User user, WriteOptions options) {
        ApplyBody body = ApplyBody.read(request.body().getBytes(), options.validation());
        FieldManagement.of(BuiltinTypes.load(), VERSION, KIND).check(body.config());
        body.checkStrict();
        ObjectNode config = ObjectJson.object();
        config.put("apiVersion", served.info().apiVersion());
        config.put("kind", served.info().kind());
        JsonNode replicas = body.config().path("spec").get("replicas");
        if (replicas != null) {
            ScaleFields.of(served.info()).want(config, replicas.asInt());
        }
        Writer writer = new Writer(user, options.dryRun(), request);
        return writes.change(served, main(info), writer, FieldHook.NONE, current -> {
                    ObjectNode merged = fields.applied(
                            served, SUBRESOURCE, served.conversion().afterStore(current.tree()), config, options);
                    ObjectNode scale = body.config().deepCopy();
                    Tree.ensureObject(scale, "spec")
                            .put("replicas", ScaleFields.of(served.info()).wanted(merged));
                    ObjectNode next = scaled(served, current, scale);
                    FieldTracking.copy(merged, next);
                    return next;
                })
                .map(outcome -> writer.warned(answer(scale(served, outcome.version())), body.warnings()));
    }

    private static ObjectNode scaled(Served served, ObjectVersion current, ObjectNode scale) {
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
        ObjectNode object = served.conversion().afterStore(current.tree());
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
        ScaleFields.of(served.info()).want(object, wanted.asInt());
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

    private static ObjectNode scale(Served served, ObjectVersion version) {
        ObjectNode object = served.conversion().afterStore(version.tree());
        ScaleFields fields = ScaleFields.of(served.info());
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
        ObjectNode spec = scale.putObject("spec");
        int wanted = fields.wanted(object);
        if (wanted != 0) {
            spec.put("replicas", wanted);
        }
        ObjectNode status = scale.putObject("status");
        status.put("replicas", fields.present(object));
        String text = fields.selector(object);
        if (!text.isEmpty()) {
            status.put("selector", text);
        }
        return scale;
    }
}
