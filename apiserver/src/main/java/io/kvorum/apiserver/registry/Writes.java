package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.api.defaults.Defaults;
import io.kvorum.api.schema.Decoded;
import io.kvorum.api.validation.Validation;
import io.kvorum.api.validation.ValidationOptions;
import io.kvorum.api.warning.KindWarnings;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.admission.AdmissionChain;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.quota.QuotaLedger;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Creates, updates and patches: decode, default, admit, prepare, validate, write. */
final class Writes {
    private static final int GENERATED_NAME_ATTEMPTS = 8;

    private final Transactions transactions;
    private final AdmissionChain admission;
    private final Presenter presenter;
    private final ObjectMetadata metadata;
    private final EventLeases leases;
    private final FieldTracking fields;
    private final ValidationOptions validation;
    private final Map<String, Reservations> reservations;
    private final @Nullable QuotaLedger quotas;

    /**
     * @param reservations by the cache's name of the stored resource
     * @param quotas null when quotas do not count
     */
    Writes(
            Transactions transactions,
            AdmissionChain admission,
            Presenter presenter,
            ObjectMetadata metadata,
            EventLeases leases,
            FieldTracking fields,
            ValidationOptions validation,
            Map<String, Reservations> reservations,
            @Nullable QuotaLedger quotas) {
        this.quotas = quotas;
        this.transactions = transactions;
        this.admission = admission;
        this.presenter = presenter;
        this.metadata = metadata;
        this.leases = leases;
        this.fields = fields;
        this.validation = validation;
        this.reservations = Map.copyOf(reservations);
    }

    Reservations reservations(Served served) {
        return reservations.getOrDefault(served.stored(), Reservations.NONE);
    }

    private Future<Reservations> charged(Served served, String namespace, ObjectPart part, long lease) {
        // What goes by itself is charged to nobody.
        if (!part.isCharged(served.storedInfo()) || lease != 0) {
            return Future.succeededFuture(Reservations.NONE);
        }
        Reservations owner = part.isWhole() ? reservations(served) : Reservations.NONE;
        return quotas == null
                ? Future.succeededFuture(owner)
                : quotas.over(served.storedInfo(), namespace, owner, part.isResize());
    }

    // ---- create

    Future<ApiResponse> create(Served served, RequestInfo info, ApiRequest request, User user) {
        Presenter.View view = presenter.view(served, request);
        WriteOptions options = WriteOptions.of(request, "CreateOptions");
        Decoded decoded = Bodies.decode(served.info(), request, options.validation());
        Writer writer = new Writer(user, options, request);
        return create(served, info.namespace(), decoded.object(), writer, options)
                .map(version -> writer.warned(view.one(201, version), decoded.warnings()));
    }

    /** @param wire the decoded object in the version spoken; becomes the registry's */
    Future<ObjectVersion> create(
            Served served, String namespace, ObjectNode wire, Writer writer, WriteOptions options) {
        FieldHook hook = (nothing, object) -> fields.created(served, object, options.fieldManager());
        return createStored(served, namespace, served.conversion().toStored(wire), writer, hook);
    }

    /** @param object in the version that is stored; becomes the registry's */
    Future<ObjectVersion> createStored(
            Served served, String namespace, ObjectNode object, Writer writer, FieldHook hook) {
        Defaults.apply(served.storedInfo(), object);
        metadata.checkNamespace(served, namespace, object);
        String generateName = Tree.text(object, "metadata", "generateName");
        boolean generated = Tree.text(object, "metadata", "name").isEmpty() && !generateName.isEmpty();
        metadata.fillNew(object, generateName);
        hook.update(ObjectJson.object(), object);
        return admitted(served, namespace, object, writer)
                .compose(admitted -> leases.leaseFor(served))
                .compose(lease ->
                        store(served, namespace, object, generated ? generateName : "", lease, writer.dryRun(), 1));
    }

    private Future<Void> admitted(Served served, String namespace, ObjectNode object, Writer writer) {
        String name = Tree.text(object, "metadata", "name");
        Admission.Attempt attempt =
                writer.attempt(Admission.Operation.CREATE, served, "", namespace, name, object, null);
        return admission.mutate(attempt).compose(mutated -> {
            served.strategy().prepareForCreate(object);
            metadata.stampTimes(served, null, object);
            refuse(served, name, Validation.create(served.storedInfo(), object, validation.spoken(served.info())));
            KindWarnings.created(served.storedInfo(), object).forEach(writer::warn);
            served.strategy().canonicalize(object);
            return admission.validate(attempt);
        });
    }

    private Future<ObjectVersion> store(
            Served served,
            String namespace,
            ObjectNode object,
            String generateName,
            long lease,
            boolean dryRun,
            int attempt) {
        String name = Tree.text(object, "metadata", "name");
        return charged(served, namespace, ObjectPart.WHOLE, lease)
                .compose(owner -> transactions.create(
                        served, served.path(namespace, name), name, () -> reserved(owner, object, lease), dryRun))
                .recover(cause -> {
                    boolean again = cause instanceof ApiException refused
                            && refused.alreadyExists()
                            && !generateName.isEmpty()
                            && attempt < GENERATED_NAME_ATTEMPTS;
                    if (!again) {
                        return Future.failedFuture(cause);
                    }
                    metadata.rename(object, generateName);
                    return store(served, namespace, object, generateName, lease, dryRun, attempt + 1);
                });
    }

    /** What is reserved goes into a copy, so that another attempt starts from what the client asked for. */
    private static Change.Put reserved(Reservations owner, ObjectNode object, long lease) {
        if (owner == Reservations.NONE || lease != 0) {
            return new Change.Put(object, lease == 0 ? Attachment.NONE : Attachment.leased(lease));
        }
        ObjectNode copy = object.deepCopy();
        return new Change.Put(copy, owner.create(copy));
    }

    // ---- update and patch

    Future<ApiResponse> update(Served served, RequestInfo info, ApiRequest request, User user) {
        Presenter.View view = presenter.view(served, request);
        WriteOptions options = WriteOptions.of(request, "UpdateOptions");
        Decoded decoded = Bodies.decode(served.info(), request, options.validation());
        ObjectNode wire = decoded.object();
        metadata.checkName(info.name(), wire);
        metadata.checkNamespace(served, info.namespace(), wire);
        Writer writer = new Writer(user, options, request);
        return change(
                        served,
                        info,
                        writer,
                        fields.updates(served, info.subresource(), options.fieldManager()),
                        current -> served.conversion().toStored(wire.deepCopy()))
                .map(outcome -> view.one(200, outcome.version()))
                .recover(cause -> createInstead(served, info, writer, options, wire, view, cause))
                .map(response -> writer.warned(response, decoded.warnings()));
    }

    private Future<ApiResponse> createInstead(
            Served served,
            RequestInfo info,
            Writer writer,
            WriteOptions options,
            ObjectNode wire,
            Presenter.View view,
            Throwable cause) {
        boolean create = cause instanceof ApiException refused
                && refused.notFound()
                && info.subresource().isEmpty()
                && served.strategy().allowCreateOnUpdate()
                && Tree.text(wire, "metadata", "uid").isEmpty();
        if (!create) {
            return Future.failedFuture(cause);
        }
        Tree.ensureObject(wire, "metadata").put("name", info.name());
        Tree.ensureObject(wire, "metadata").remove("resourceVersion");
        return create(served, info.namespace(), wire, writer, options).map(version -> view.one(201, version));
    }

    Future<ApiResponse> patch(Served served, RequestInfo info, ApiRequest request, User user) {
        Presenter.View view = presenter.view(served, request);
        WriteOptions options = WriteOptions.of(request, "PatchOptions");
        Patch patch = Patch.of(served.info(), request, options.validation());
        List<String>[] warnings = new List[] {List.of()};
        FieldHook hook = fields.updates(served, info.subresource(), options.fieldManager());
        Writer writer = new Writer(user, options, request);
        return change(served, info, writer, hook, current -> {
                    Decoded patched = patch.apply(served.conversion().toWire(current.tree()));
                    warnings[0] = patched.warnings();
                    metadata.checkName(info.name(), patched.object());
                    metadata.checkNamespace(served, info.namespace(), patched.object());
                    return served.conversion().toStored(patched.object());
                })
                .map(outcome -> writer.warned(view.one(200, outcome.version()), warnings[0]));
    }

    /**
     * Replaces an object or its status.
     *
     * @param hook says in the wanted object who manages its fields
     * @param next makes the wanted object from the present one; called once per attempt, result becomes the registry's
     */
    Future<Transactions.Outcome> change(
            Served served, RequestInfo info, Writer writer, FieldHook hook, Function<ObjectVersion, ObjectNode> next) {
        return change(served, info, Facet.WHOLE, writer, hook, next);
    }

    /** The same, of which admission sees what a subresource shows. */
    Future<Transactions.Outcome> change(
            Served served,
            RequestInfo info,
            Facet facet,
            Writer writer,
            FieldHook hook,
            Function<ObjectVersion, ObjectNode> next) {
        String path = served.path(info.namespace(), info.name());
        return leases.leaseFor(served)
                .compose(lease -> transactions.update(served, path, writer.dryRun(), current -> {
                    ObjectNode wanted = next.apply(current);
                    Defaults.apply(served.storedInfo(), wanted);
                    ObjectNode old = served.conversion().afterStore(current.tree());
                    metadata.carryOver(served, old, wanted);
                    hook.update(old, wanted);
                    return changed(served, info, facet, writer, current, old, wanted, lease);
                }));
    }

    private Future<Change> changed(
            Served served,
            RequestInfo info,
            Facet facet,
            Writer writer,
            ObjectVersion current,
            ObjectNode old,
            ObjectNode next,
            long lease) {
        ObjectNode shown = facet.shown(next);
        Admission.Attempt attempt = writer.attempt(
                Admission.Operation.UPDATE,
                served,
                facet.subresource(info.subresource()),
                info.namespace(),
                info.name(),
                shown,
                facet.shown(old));
        ObjectPart part = ObjectPart.of(info.subresource());
        return admission
                .mutate(attempt)
                .compose(mutated -> {
                    facet.take(shown, next);
                    part.prepare(served.strategy(), old, next);
                    metadata.stampTimes(served, old, next);
                    return charged(served, info.namespace(), part, lease);
                })
                .compose(owner -> {
                    Attachment attachment = lease == 0 ? owner.update(next, old) : Attachment.leased(lease);
                    metadata.checkFinalizers(served, old, next);
                    refuse(
                            served,
                            info.name(),
                            part.validate(served.storedInfo(), old, next, validation.spoken(served.info())));
                    part.warnings(served.storedInfo(), old, next).forEach(writer::warn);
                    served.strategy().canonicalize(next);
                    return admission.validate(attempt).map(validated -> decide(served, current, old, next, attachment));
                });
    }

    private Change decide(
            Served served, ObjectVersion current, ObjectNode old, ObjectNode next, Attachment attachment) {
        if (ObjectMetadata.endsWithThisUpdate(served, old, next)) {
            return new Change.Remove(reservations(served).delete(old));
        }
        // Nothing changed: no write, no event, the same resourceVersion.
        boolean same = FieldTracking.unchanged(old, next)
                && (served.conversion().identity()
                        || !served.conversion().immediate()
                        || Tree.sameValue(served.conversion().beforeStore(next), current.tree()));
        return same ? new Change.Keep() : new Change.Put(next, attachment);
    }

    private static void refuse(Served served, String name, List<ApiException.Cause> causes) {
        if (!causes.isEmpty()) {
            throw ApiException.invalid(served.info().group(), served.info().kind(), name, causes);
        }
    }
}
