package io.kvorum.apiserver.registry;

import io.kvorum.api.ApiException;
import io.kvorum.api.schema.FieldValidation;
import io.kvorum.apiserver.request.Query;
import java.util.List;

/** {@code dryRun} and {@code fieldValidation} of a write. */
record WriteOptions(boolean dryRun, FieldValidation validation) {
    /** @param kind {@code CreateOptions}, {@code UpdateOptions} or {@code PatchOptions} */
    static WriteOptions of(Query query, String kind) {
        return new WriteOptions(
                dryRun(query.all("dryRun"), kind), FieldValidation.parse(query.text("fieldValidation"), kind));
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
