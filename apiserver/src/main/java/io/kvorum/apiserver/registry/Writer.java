package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.admission.Passage;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.Notes;
import io.kvorum.apiserver.request.User;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who writes, whether in earnest, and what there is to note of it. One for each request; of the event loop.
 *
 * @param options what the request names of its options
 * @param notes of the request
 */
record Writer(User user, boolean dryRun, JsonNode options, Notes notes) {
    Writer(User user, WriteOptions options, ApiRequest request) {
        this(user, options.dryRun(), options.given(), request.notes());
    }

    Writer(User user, DeleteOptions options, ApiRequest request) {
        this(user, options.dryRun(), options.given(), request.notes());
    }

    /** Whose notes nobody reads. */
    Writer(User user, DeleteOptions options) {
        this(user, options.dryRun(), options.given(), new Notes());
    }

    /** In earnest, and nobody reads the notes. */
    Writer(User user) {
        this(user, false, Tree.newObject(), new Notes());
    }

    void warn(String warning) {
        notes.warn(warning);
    }

    /** What is asked of admission. @param object null for deletions; {@code old} null for creations and actions */
    Admission.Attempt attempt(
            Admission.Operation operation,
            Served served,
            String subresource,
            String namespace,
            String name,
            @Nullable ObjectNode object,
            @Nullable ObjectNode old) {
        return new Admission.Attempt(
                operation,
                served.storedInfo(),
                subresource,
                namespace,
                name,
                object,
                old,
                user,
                dryRun,
                this::warn,
                new Passage(served.info(), options, notes));
    }

    /** The answer with what there is to tell, after what the decoder told. */
    ApiResponse warned(ApiResponse response, List<String> decoded) {
        List<String> all = new ArrayList<>(decoded);
        all.addAll(notes.warnings());
        return Warnings.add(response, all);
    }
}
