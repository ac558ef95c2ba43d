package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.GoText;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The findings about one object, in the order they are made, worded as {@code metav1.StatusCause}s. */
public final class FieldErrors {
    static final String IMMUTABLE = "field is immutable";
    /** A pointer that leads nowhere, as upstream writes it. */
    private static final String NULL = "\"null\"";

    private final List<ApiException.Cause> causes = new ArrayList<>();

    public List<ApiException.Cause> causes() {
        return List.copyOf(causes);
    }

    public boolean isEmpty() {
        return causes.isEmpty();
    }

    public int size() {
        return causes.size();
    }

    /** Findings made elsewhere. */
    public void addAll(Collection<ApiException.Cause> more) {
        causes.addAll(more);
    }

    public void required(FieldPath path) {
        required(path, "");
    }

    public void required(FieldPath path, String detail) {
        add("FieldValueRequired", path, "Required value", detail);
    }

    public void invalid(FieldPath path, @Nullable Object value, String detail) {
        add("FieldValueInvalid", path, "Invalid value: " + shown(value), detail);
    }

    /** A finding about a whole of which the value would say too much. */
    public void invalidWhole(FieldPath path, String detail) {
        add("FieldValueInvalid", path, "Invalid value", detail);
    }

    /** One finding for each of the messages. */
    public void invalidEach(FieldPath path, @Nullable Object value, List<String> details) {
        details.forEach(detail -> invalid(path, value, detail));
    }

    /** @param supported in the order upstream names them */
    public void notSupported(FieldPath path, @Nullable Object value, Collection<String> supported) {
        String detail = supported.stream().map(FieldErrors::shown).collect(Collectors.joining(", "));
        add("FieldValueNotSupported", path, "Unsupported value: " + shown(value), "supported values: " + detail);
    }

    public void duplicate(FieldPath path, @Nullable Object value) {
        duplicate(path, value, "");
    }

    public void duplicate(FieldPath path, @Nullable Object value, String detail) {
        add("FieldValueDuplicate", path, "Duplicate value: " + shown(value), detail);
    }

    public void notFound(FieldPath path, @Nullable Object value) {
        add("FieldValueNotFound", path, "Not found: " + shown(value), "");
    }

    public void notFound(FieldPath path, @Nullable Object value, String detail) {
        add("FieldValueNotFound", path, "Not found: " + shown(value), detail);
    }

    public void forbidden(FieldPath path, String detail) {
        add("FieldValueForbidden", path, "Forbidden", detail);
    }

    public void tooLong(FieldPath path, int maxBytes) {
        add("FieldValueTooLong", path, "Too long", "may not be more than " + maxBytes + " bytes");
    }

    public void tooMany(FieldPath path, int actual, int max) {
        add("FieldValueTooMany", path, "Too many: " + actual, "must have at most " + max + " items");
    }

    /** A finding when the value is not what it was. */
    public void immutable(FieldPath path, @Nullable JsonNode old, @Nullable JsonNode next) {
        if (!Tree.semanticallyEqual(old, next)) {
            invalid(path, next, IMMUTABLE);
        }
    }

    private void add(String reason, FieldPath path, String message, String detail) {
        causes.add(
                new ApiException.Cause(reason, detail.isEmpty() ? message : message + ": " + detail, path.toString()));
    }

    private static String shown(@Nullable Object value) {
        if (value == null) {
            return NULL;
        }
        if (value instanceof JsonNode node) {
            return node.isMissingNode() || node.isNull()
                    ? NULL
                    : node.isTextual() ? GoText.quoted(node.textValue()) : node.toString();
        }
        return value instanceof String text ? GoText.quoted(text) : value.toString();
    }
}
