package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.api.schema.FieldValidation;
import io.kvorum.api.validation.FieldErrors;
import io.kvorum.api.validation.FieldManagers;
import io.kvorum.api.validation.FieldPath;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.Query;
import java.util.List;

/**
 * {@code dryRun}, {@code fieldValidation}, {@code fieldManager} and {@code force} of a write.
 *
 * @param fieldManager who writes, for the fields' sake: the name the request gives, else from its User-Agent; may be empty
 * @param force whether an apply takes fields from others
 * @param given what the request names of them, as a CreateOptions or UpdateOptions has it
 */
record WriteOptions(boolean dryRun, FieldValidation validation, String fieldManager, boolean force, JsonNode given) {
    /** For writes of the server itself. */
    static final WriteOptions OWN =
            new WriteOptions(false, FieldValidation.IGNORE, "kube-apiserver", false, Tree.newObject());

    /** @param kind {@code CreateOptions}, {@code UpdateOptions} or {@code PatchOptions} */
    static WriteOptions of(ApiRequest request, String kind) {
        Query query = request.query();
        boolean apply = kind.equals("PatchOptions") && Bodies.mediaType(request).equals(Applies.MEDIA_TYPE);
        String manager = query.text("fieldManager");
        FieldErrors errors = new FieldErrors();
        FieldPath path = FieldPath.of("fieldManager");
        if (apply && manager.isEmpty()) {
            errors.required(path, "is required for apply patch");
        } else if (!apply && kind.equals("PatchOptions") && query.has("force")) {
            errors.forbidden(FieldPath.of("force"), "may not be specified for non-apply patch");
        }
        FieldManagers.validate(manager, path, errors);
        if (!errors.isEmpty()) {
            throw ApiException.invalid("meta.k8s.io", kind, "", errors.causes());
        }
        boolean dryRun = dryRun(query.all("dryRun"), kind);
        ObjectNode given = Tree.newObject();
        if (dryRun) {
            given.putArray("dryRun").add("All");
        }
        for (String option : List.of("fieldManager", "fieldValidation")) {
            if (!query.text(option).isEmpty()) {
                given.put(option, query.text(option));
            }
        }
        return new WriteOptions(
                dryRun,
                FieldValidation.parse(query.text("fieldValidation"), kind),
                manager.isEmpty() ? FieldManagers.ofUserAgent(request.header("User-Agent")) : manager,
                query.flag("force"),
                given);
    }

    static boolean dryRun(List<String> values, String kind) {
        boolean dryRun = false;
        for (String value : values) {
            if (value.isEmpty()) {
                continue;
            }
            if (!value.equals("All")) {
                throw ApiException.invalid(
                        "meta.k8s.io",
                        kind,
                        "",
                        List.of(new ApiException.Cause(
                                "FieldValueNotSupported",
                                "Unsupported value: [\"" + value + "\"]: supported values: \"All\"",
                                "dryRun")));
            }
            dryRun = true;
        }
        return dryRun;
    }
}
