package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.api.validation.Validation;
import io.kvorum.api.validation.ValidationOptions;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.RequestInfo;
import io.vertx.core.Future;
import java.util.List;

/** {@code namespaces/finalize}: the only way to change {@code spec.finalizers}; the last one gone ends the namespace. */
final class NamespaceFinalize {
    private final Transactions transactions;
    private final Presenter presenter;
    private final ObjectMetadata metadata;

    NamespaceFinalize(Transactions transactions, Presenter presenter, ObjectMetadata metadata) {
        this.transactions = transactions;
        this.presenter = presenter;
        this.metadata = metadata;
    }

    Future<ApiResponse> update(Served served, RequestInfo info, ApiRequest request) {
        Presenter.View view = presenter.view(served, request);
        WriteOptions options = WriteOptions.of(request, "UpdateOptions");
        ObjectNode wanted =
                Bodies.decode(served.info(), request, options.validation()).object();
        metadata.checkName(info.name(), wanted);
        return transactions
                .update(served, info.name(), options.dryRun(), current -> {
                    ObjectNode namespace = current.tree();
                    metadata.carryOver(served, namespace, wanted);
                    ObjectNode before = namespace.deepCopy();
                    ObjectNode spec = Tree.ensureObject(namespace, "spec");
                    spec.remove("finalizers");
                    if (!Tree.items(wanted, "spec", "finalizers").isEmpty()) {
                        spec.set("finalizers", wanted.path("spec").path("finalizers"));
                    }
                    List<ApiException.Cause> wrong = Validation.updatePart(
                            served.storedInfo(), "finalize", before, namespace, ValidationOptions.DEFAULT);
                    if (!wrong.isEmpty()) {
                        throw ApiException.invalid(
                                served.info().group(), served.info().kind(), info.name(), wrong);
                    }
                    boolean over = Tree.has(namespace.get("metadata"), "deletionTimestamp")
                            && Tree.items(namespace, "spec", "finalizers").isEmpty()
                            && Tree.items(namespace, "metadata", "finalizers").isEmpty();
                    return Future.succeededFuture(
                            over ? new Change.Remove(Attachment.NONE) : new Change.Put(namespace, Attachment.NONE));
                })
                .map(outcome -> view.one(200, outcome.version()));
    }
}
