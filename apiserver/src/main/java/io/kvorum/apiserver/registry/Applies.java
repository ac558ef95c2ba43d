package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.api.schema.Decoded;
import io.kvorum.api.schema.Decoder;
import io.kvorum.api.schema.FieldValidation;
import io.kvorum.apiserver.auth.Access;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.auth.Forbidden;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Server-side apply: a PATCH that says what its sender wants of an object, which is made when it is not there. */
final class Applies {
    static final String MEDIA_TYPE = "application/apply-patch+yaml";

    /** Somebody may create the object after it was missed, and delete it again. */
    private static final int MOST_ATTEMPTS = 4;

    private final Writes writes;
    private final FieldTracking fields;
    private final Presenter presenter;
    private final ObjectMetadata metadata;
    private final Access access;

    Applies(Writes writes, FieldTracking fields, Presenter presenter, ObjectMetadata metadata, Access access) {
        this.writes = writes;
        this.fields = fields;
        this.presenter = presenter;
        this.metadata = metadata;
        this.access = access;
    }

    Future<ApiResponse> apply(Served served, RequestInfo info, ApiRequest request, User user) {
        Presenter.View view = presenter.view(served, request);
        WriteOptions options = WriteOptions.of(request, "PatchOptions");
        ApplyBody body = ApplyBody.read(request.body().getBytes(), options.validation());
        Writer writer = new Writer(user, options, request);
        return apply(served, info, writer, options, body, view, 1)
                .map(response -> writer.warned(response, body.warnings()));
    }

    private Future<ApiResponse> apply(
            Served served,
            RequestInfo info,
            Writer writer,
            WriteOptions options,
            ApplyBody body,
            Presenter.View view,
            int attempt) {
        return writes.change(
                        served,
                        info,
                        writer,
                        FieldHook.NONE,
                        current -> merged(served, info, current.tree(), body, options))
                .map(outcome -> view.one(200, outcome.version()))
                .recover(cause -> missing(cause) && info.subresource().isEmpty()
                        ? create(served, info, writer, options, body, view, attempt)
                        : Future.failedFuture(cause));
    }

    private static boolean missing(Throwable cause) {
        return cause instanceof ApiException refused && refused.notFound();
    }

    private Future<ApiResponse> create(
            Served served,
            RequestInfo info,
            Writer writer,
            WriteOptions options,
            ApplyBody body,
            Presenter.View view,
            int attempt) {
        Authorizer.Attributes asked = new Authorizer.Attributes(
                "create", info.group(), info.version(), info.resource(), "", info.namespace(), info.name(), "");
        return access.decide(writer.user(), asked)
                .compose(decision -> decision.allowed()
                        ? Future.succeededFuture(merged(served, info, null, body, options))
                        : Future.failedFuture(Forbidden.of(writer.user(), asked, decision.reason())))
                .compose(stored -> writes.createStored(served, info.namespace(), stored, writer, FieldHook.NONE))
                .map(version -> view.one(201, version))
                .recover(cause ->
                        cause instanceof ApiException refused && refused.alreadyExists() && attempt < MOST_ATTEMPTS
                                ? apply(served, info, writer, options, body, view, attempt + 1)
                                : Future.failedFuture(cause));
    }

    /** @param current null for a new object; the result is the registry's, in the version that is stored */
    private ObjectNode merged(
            Served served, RequestInfo info, @Nullable ObjectNode current, ApplyBody body, WriteOptions options) {
        ObjectNode live = current == null ? null : served.conversion().toWire(current);
        ObjectNode merged = fields.applied(served, info.subresource(), live, body.config(), options);
        body.checkStrict();
        if (current == null) {
            checkNew(info, merged);
            // There is nothing it could be the version of.
            Tree.ensureObject(merged, "metadata").remove("resourceVersion");
        }
        Decoded decoded = Decoder.decode(served.info(), merged, FieldValidation.IGNORE);
        metadata.checkNamespace(served, info.namespace(), decoded.object());
        metadata.checkName(info.name(), decoded.object());
        return served.conversion().toStored(decoded.object());
    }

    private static void checkNew(RequestInfo info, ObjectNode object) {
        String uid = Tree.text(object, "metadata", "uid");
        if (!uid.isEmpty()) {
            throw ApiException.conflict(
                    info.group(),
                    info.resource(),
                    info.name(),
                    "uid mismatch: the provided object specified uid " + uid + ", and no existing object was found");
        }
        if (Tree.text(object, "metadata", "name").isEmpty()) {
            throw ApiException.badRequest("the name of the object (" + info.name()
                    + " based on URL) was undeterminable: name must be provided");
        }
    }
}
