package io.kvorum.apiserver.auth;

import io.kvorum.api.ApiException;
import io.kvorum.api.selector.FieldSelector;
import io.kvorum.api.selector.LabelSelector;
import io.kvorum.apiserver.request.Query;
import io.kvorum.apiserver.request.RequestInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What narrows a request for many objects. Selectors only ever narrow: what cannot be read counts for nothing, and whoever
 * may do without it may do with it.
 *
 * @param fields of the query, unread; empty for none
 * @param labels likewise
 * @param fieldRequirements where they are told one by one
 * @param labelRequirements likewise
 */
public record Selectors(
        String fields, String labels, List<Requirement> fieldRequirements, List<Requirement> labelRequirements) {
    public static final Selectors NONE = new Selectors("", "", List.of(), List.of());
    private static final Set<String> OF_MANY = Set.of("list", "watch", "deletecollection");

    /** @param operator as SubjectAccessReviews have it: {@code In}, {@code NotIn}, {@code Exists}, {@code DoesNotExist} */
    public record Requirement(String key, String operator, List<String> values) {}

    /** Those of a request. */
    static Selectors of(RequestInfo info, Query query) {
        return info.resourceRequest()
                        && OF_MANY.contains(info.verb())
                        && (query.has("fieldSelector") || query.has("labelSelector"))
                ? ofTexts(query.text("fieldSelector"), query.text("labelSelector"))
                : NONE;
    }

    public static Selectors ofTexts(String fields, String labels) {
        return fields.isEmpty() && labels.isEmpty() ? NONE : new Selectors(fields, labels, List.of(), List.of());
    }

    /** What is required of fields. */
    public List<Requirement> ofFields() {
        if (fields.isEmpty()) {
            return fieldRequirements;
        }
        List<Requirement> found = new ArrayList<>();
        try {
            for (FieldSelector.Requirement each : FieldSelector.parse(fields).requirements()) {
                found.add(new Requirement(each.field(), each.equal() ? "In" : "NotIn", List.of(each.value())));
            }
        } catch (ApiException unreadable) {
            return List.of();
        }
        return found;
    }

    /** What is required of labels; comparisons of numbers are left out, as SubjectAccessReviews have none. */
    public List<Requirement> ofLabels() {
        if (labels.isEmpty()) {
            return labelRequirements;
        }
        List<Requirement> found = new ArrayList<>();
        try {
            for (LabelSelector.Requirement each : LabelSelector.parse(labels).requirements()) {
                String operator = switch (each.operator()) {
                    case IN, EQUALS, DOUBLE_EQUALS -> "In";
                    case NOT_IN, NOT_EQUALS -> "NotIn";
                    case EXISTS -> "Exists";
                    case DOES_NOT_EXIST -> "DoesNotExist";
                    case GREATER_THAN, LESS_THAN -> "";
                };
                if (!operator.isEmpty()) {
                    found.add(new Requirement(each.key(), operator, each.values()));
                }
            }
        } catch (ApiException unreadable) {
            return List.of();
        }
        return found;
    }
}
