package io.kvorum.api.schema;

import io.kvorum.api.ApiException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request wants done about fields the type does not have and about fields given twice. */
public enum FieldValidation {
    /** Drop them silently. */
    IGNORE,
    /** Drop them with a warning; the API's default. */
    WARN,
    /** Refuse the request. */
    STRICT;

    /**
     * @param value of the query parameter {@code fieldValidation}; null or empty for none
     * @param optionsKind {@code CreateOptions}, {@code UpdateOptions} or {@code PatchOptions}, for the refusal
     * @throws ApiException 422 for any other word
     */
    public static FieldValidation parse(@Nullable String value, String optionsKind) {
        if (value == null || value.isEmpty()) {
            return WARN;
        }
        switch (value) {
            case "Ignore":
                return IGNORE;
            case "Warn":
                return WARN;
            case "Strict":
                return STRICT;
            default:
                throw ApiException.invalid(
                        "meta.k8s.io",
                        optionsKind,
                        "",
                        List.of(new ApiException.Cause(
                                "FieldValueNotSupported",
                                "Unsupported value: \"" + value
                                        + "\": supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"",
                                "fieldValidation")));
        }
    }
}
