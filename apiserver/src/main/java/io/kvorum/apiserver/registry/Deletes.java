package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.StatusJson;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.admission.AdmissionChain;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.crd.DefinitionDeletion;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.Query;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** Deletions: preconditions, grace, finalizers, propagation; one object or a collection. */
final class Deletes {
    private static final String ORPHAN = "orphan";
    private static final String FOREGROUND = "foregroundDeletion";
    private static final int COLLECTION_WORKERS = 8;

    /** Kinds whose deletion answers with the object instead of a Status. */
    private static final Set<String> RETURN_OBJECT = Set.of(
            "core/pods",
            "core/services",
            "core/serviceaccounts",
            "core/persistentvolumes",
            "core/persistentvolumeclaims",
            "core/podtemplates",
            "core/resourcequotas");

    private final Transactions transactions;
    private final Reads reads;
    private final Writes writes;
    private final AdmissionChain admission;
    private final Presenter presenter;
    private final ObjectMetadata metadata;

    Deletes(
            Transactions transactions,
            Reads reads,
            Writes writes,
            AdmissionChain admission,
            Presenter presenter,
            ObjectMetadata metadata) {
        this.transactions = transactions;
        this.reads = reads;
        this.writes = writes;
        this.admission = admission;
        this.presenter = presenter;
        this.metadata = metadata;
    }

    Future<ApiResponse> delete(Served served, RequestInfo info, ApiRequest request, User user) {
        Presenter.View view = presenter.view(served, request);
        DeleteOptions options = DeleteOptions.of(request);
        Writer writer = new Writer(user, options, request);
        return delete(served, info.namespace(), info.name(), options, writer)
                .map(outcome -> writer.warned(answer(served, view, options, outcome), List.of()));
    }

    private static ApiResponse answer(
            Served served, Presenter.View view, DeleteOptions options, Transactions.Outcome outcome) {
        if (outcome.removed() && !RETURN_OBJECT.contains(served.stored())) {
            return ApiResponse.json(200, ObjectJson.encode(success(served, outcome.version())));
        }
        ApiResponse response = view.one(200, outcome.version());
        return jobLeavesPods(served, options)
                ? Warnings.add(
                        response,
                        List.of(
                                "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning"))
                : response;
    }

    Future<Transactions.Outcome> delete(
            Served served, String namespace, String name, DeleteOptions options, User user) {
        return delete(served, namespace, name, options, new Writer(user, options));
    }

    private Future<Transactions.Outcome> delete(
            Served served, String namespace, String name, DeleteOptions options, Writer writer) {
        return transactions.update(served, served.path(namespace, name), writer.dryRun(), current -> {
            ObjectNode old = served.conversion().afterStore(current.tree());
            Change change = change(served, current, options);
            return admitted(served, namespace, name, old, writer).map(admitted -> change);
        });
    }

    private Future<Void> admitted(Served served, String namespace, String name, ObjectNode old, Writer writer) {
        Admission.Attempt attempt = writer.attempt(Admission.Operation.DELETE, served, "", namespace, name, null, old);
        return admission.mutate(attempt).compose(mutated -> admission.validate(attempt));
    }

    /** Deletes what a list would show; answers with that list, as it was. */
    Future<ApiResponse> deleteCollection(Served served, RequestInfo info, ApiRequest request, User user) {
        Presenter.View view = presenter.view(served, request);
        DeleteOptions options = DeleteOptions.of(request);
        ListOptions list = ListOptions.of(request.query(), false);
        Selection selection = Selection.of(served.info(), info.namespace(), "", request.query());
        return reads.page(served, selection, list).compose(page -> {
            Iterator<ObjectVersion> rest = page.items().iterator();
            List<Future<Void>> workers = new ArrayList<>();
            Writer writer = new Writer(user, options, request);
            for (int i = 0; i < COLLECTION_WORKERS; i++) {
                workers.add(deleteRest(served, rest, options, writer));
            }
            return Future.join(workers).map(done -> writer.warned(view.list(page.metadata(), page.items()), List.of()));
        });
    }

    /** Deletes every object of a resource on behalf of the server; those with finalizers stay for now. */
    Future<Void> deleteAll(Served served, User user) {
        Selection selection = Selection.of(served.info(), "", "", Query.parse(""));
        return reads.page(served, selection, ListOptions.of(Query.parse(""), false))
                .compose(page -> {
                    Iterator<ObjectVersion> rest = page.items().iterator();
                    List<Future<Void>> workers = new ArrayList<>();
                    Writer writer = new Writer(user);
                    for (int i = 0; i < COLLECTION_WORKERS; i++) {
                        workers.add(deleteRest(served, rest, new DeleteOptions(null, "", "", "", false), writer));
                    }
                    return Future.join(workers).mapEmpty();
                });
    }

    private Future<Void> deleteRest(Served served, Iterator<ObjectVersion> rest, DeleteOptions options, Writer writer) {
        if (!rest.hasNext()) {
            return Future.succeededFuture();
        }
        ObjectVersion next = rest.next();
        return delete(served, next.namespace(), next.name(), options, writer)
                .<Void>mapEmpty()
                .recover(cause -> cause instanceof ApiException refused && refused.notFound()
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause))
                .compose(done -> deleteRest(served, rest, options, writer));
    }

    private Change change(Served served, ObjectVersion current, DeleteOptions options) {
        ObjectNode object = served.conversion().afterStore(current.tree());
        ObjectNode meta = Tree.ensureObject(object, "metadata");
        checkPreconditions(served, current, meta, options);
        boolean deleting = meta.hasNonNull("deletionTimestamp");
        if (!deleting && served.is("apiextensions.k8s.io", "customresourcedefinitions")) {
            DefinitionDeletion.begin(object, metadata.now());
        }
        long grace = served.strategy().deletionGraceSeconds(object, options.graceSeconds());
        boolean finalizersChanged = setPropagation(served, meta, options);
        if (deleting && Tree.number(meta, "deletionGracePeriodSeconds") != 0) {
            long before = Tree.number(meta, "deletionGracePeriodSeconds");
            if (grace >= before) {
                return finalizersChanged ? put(object) : new Change.Keep();
            }
            Instant end = Instant.parse(Tree.text(meta, "deletionTimestamp"));
            meta.put("deletionTimestamp", end.minusSeconds(before - grace).toString());
            meta.put("deletionGracePeriodSeconds", grace);
            return grace > 0 || held(object) ? put(object) : remove(served, object);
        }
        if (!deleting && grace > 0) {
            mark(served, object, meta, grace);
            return put(object);
        }
        if (!held(object)) {
            return remove(served, object);
        }
        if (!deleting) {
            mark(served, object, meta, 0);
            return put(object);
        }
        return finalizersChanged ? put(object) : new Change.Keep();
    }

    private static boolean held(ObjectNode object) {
        return !Tree.items(object, "metadata", "finalizers").isEmpty()
                || (Tree.text(object, "kind").equals("Namespace")
                        && !Tree.items(object, "spec", "finalizers").isEmpty());
    }

    private void mark(Served served, ObjectNode object, ObjectNode meta, long grace) {
        meta.put("deletionTimestamp", metadata.instant().plusSeconds(grace).toString());
        meta.put("deletionGracePeriodSeconds", grace);
        if (served.strategy().hasGeneration() && Tree.number(meta, "generation") > 0) {
            meta.put("generation", Tree.number(meta, "generation") + 1);
        }
        if (served.is("", "namespaces")) {
            Tree.ensureObject(object, "status").put("phase", "Terminating");
        }
    }

    private static Change put(ObjectNode object) {
        return new Change.Put(object, Attachment.NONE);
    }

    private Change remove(Served served, ObjectNode object) {
        return new Change.Remove(writes.reservations(served).delete(object));
    }

    /** Puts the finalizers of the propagation policy; true when that changed something. */
    private static boolean setPropagation(Served served, ObjectNode meta, DeleteOptions options) {
        List<String> before = Tree.texts(meta, "finalizers");
        List<String> after = new ArrayList<>(before);
        String policy = options.propagation();
        if (policy.isEmpty()) {
            boolean chosen = before.contains(ORPHAN) || before.contains(FOREGROUND);
            policy = chosen || !orphansByDefault(served) ? "" : "Orphan";
        }
        switch (policy) {
            case "Orphan" -> {
                after.remove(FOREGROUND);
                addOnce(after, ORPHAN);
            }
            case "Foreground" -> {
                after.remove(ORPHAN);
                addOnce(after, FOREGROUND);
            }
            case "Background" -> {
                after.remove(ORPHAN);
                after.remove(FOREGROUND);
            }
            default -> {}
        }
        if (after.equals(before)) {
            return false;
        }
        ArrayNode finalizers = meta.putArray("finalizers");
        after.forEach(finalizers::add);
        if (after.isEmpty()) {
            meta.remove("finalizers");
        }
        return true;
    }

    private static void addOnce(List<String> list, String item) {
        if (!list.contains(item)) {
            list.add(item);
        }
    }

    private static boolean orphansByDefault(Served served) {
        return served.is("batch", "jobs") || served.is("", "replicationcontrollers");
    }

    private static boolean jobLeavesPods(Served served, DeleteOptions options) {
        return served.is("batch", "jobs") && options.propagation().isEmpty();
    }

    /** Errors: Conflict when the object is not the one, or not in the version, that the options name. */
    static void checkPreconditions(Served served, ObjectVersion current, ObjectNode meta, DeleteOptions options) {
        String uid = Tree.text(meta, "uid");
        if (!options.uid().isEmpty() && !options.uid().equals(uid)) {
            throw preconditionFailed(
                    served,
                    current,
                    "the UID in the precondition (" + options.uid() + ") does not match the UID in record (" + uid
                            + "). The object might have been deleted and then recreated");
        }
        String revision = Long.toString(current.revision());
        if (!options.resourceVersion().isEmpty() && !options.resourceVersion().equals(revision)) {
            throw preconditionFailed(
                    served,
                    current,
                    "the ResourceVersion in the precondition (" + options.resourceVersion()
                            + ") does not match the ResourceVersion in record (" + revision
                            + "). The object might have been modified");
        }
    }

    private static ApiException preconditionFailed(Served served, ObjectVersion current, String why) {
        return ApiException.conflict(served.info().group(), served.info().kind(), current.name(), why);
    }

    private static ObjectNode success(Served served, ObjectVersion version) {
        String uid = Tree.text(version.tree(), "metadata", "uid");
        return StatusJson.success(new ApiException.Details(
                version.name(), served.info().group(), served.info().resource(), uid, List.of(), 0));
    }
}
