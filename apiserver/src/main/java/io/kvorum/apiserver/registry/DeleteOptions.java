package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.api.schema.FieldValidation;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code metav1.DeleteOptions}, from the body or, of a request without one, from the query.
 *
 * @param graceSeconds null when the request names none
 * @param propagation empty, {@code Orphan}, {@code Background} or {@code Foreground}
 * @param uid precondition, empty for none
 * @param resourceVersion precondition, empty for none
 */
record DeleteOptions(
        @Nullable Long graceSeconds, String propagation, String uid, String resourceVersion, boolean dryRun) {
    private static final Set<String> POLICIES = Set.of("", "Orphan", "Background", "Foreground");

    static final DeleteOptions NOW = new DeleteOptions(0L, "", "", "", false);

    static DeleteOptions of(ApiRequest request) {
        if (request.body().length() == 0) {
            return of(Tree.newObject(), request.query());
        }
        return of(
                Bodies.decode("v1", "DeleteOptions", request, FieldValidation.IGNORE)
                        .object(),
                Query.EMPTY);
    }

    /** The options inside another object, for example an Eviction; a missing node means none. */
    static DeleteOptions embedded(JsonNode options) {
        return of(options instanceof ObjectNode object ? object : Tree.newObject(), Query.EMPTY);
    }

    /** As a {@code metav1.DeleteOptions} has it, without its kind. */
    ObjectNode given() {
        ObjectNode given = Tree.newObject();
        if (graceSeconds != null) {
            given.put("gracePeriodSeconds", graceSeconds);
        }
        if (!uid.isEmpty()) {
            given.withObject("/preconditions").put("uid", uid);
        }
        if (!resourceVersion.isEmpty()) {
            given.withObject("/preconditions").put("resourceVersion", resourceVersion);
        }
        if (!propagation.isEmpty()) {
            given.put("propagationPolicy", propagation);
        }
        if (dryRun) {
            given.putArray("dryRun").add("All");
        }
        return given;
    }

    DeleteOptions withDryRun(boolean rehearsal) {
        return new DeleteOptions(graceSeconds, propagation, uid, resourceVersion, rehearsal);
    }

    DeleteOptions withResourceVersion(String precondition) {
        return new DeleteOptions(graceSeconds, propagation, uid, precondition, dryRun);
    }

    private static DeleteOptions of(ObjectNode body, Query query) {
        Long grace = null;
        if (body.hasNonNull("gracePeriodSeconds")) {
            grace = body.path("gracePeriodSeconds").asLong();
        } else if (query.has("gracePeriodSeconds")) {
            grace = query.number("gracePeriodSeconds", 0);
        }
        String propagation = Tree.text(body, "propagationPolicy");
        if (propagation.isEmpty()) {
            propagation = query.text("propagationPolicy");
        }
        boolean orphanNamed = body.hasNonNull("orphanDependents") || query.has("orphanDependents");
        check(propagation, orphanNamed);
        if (orphanNamed) {
            boolean orphan = Tree.flag(body, "orphanDependents") || query.flag("orphanDependents");
            propagation = orphan ? "Orphan" : "Background";
        }
        if (grace != null && grace < 0) {
            grace = 1L;
        }
        List<String> dryRun = Tree.texts(body, "dryRun");
        return new DeleteOptions(
                grace,
                propagation,
                Tree.text(body, "preconditions", "uid"),
                Tree.text(body, "preconditions", "resourceVersion"),
                WriteOptions.dryRun(dryRun.isEmpty() ? query.all("dryRun") : dryRun, "DeleteOptions"));
    }

    private static void check(String propagation, boolean orphanNamed) {
        List<ApiException.Cause> causes = new ArrayList<>();
        if (orphanNamed && !propagation.isEmpty()) {
            causes.add(new ApiException.Cause(
                    "FieldValueInvalid",
                    "Invalid value: \"" + propagation
                            + "\": orphanDependents and deletionPropagation cannot be both set",
                    "propagationPolicy"));
        }
        if (!POLICIES.contains(propagation)) {
            causes.add(new ApiException.Cause(
                    "FieldValueNotSupported",
                    "Unsupported value: \"" + propagation
                            + "\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"",
                    "propagationPolicy"));
        }
        if (!causes.isEmpty()) {
            throw ApiException.invalid("meta.k8s.io", "DeleteOptions", "", causes);
        }
    }
}
