package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How much of a device's capacity one may ask for: one of some amounts, or one in a range. */
final class RequestPolicyRules {
    private static final int MOST_VALUES = 10;

    private final FieldErrors errors;
    private final Quantity most;

    private RequestPolicyRules(Quantity most, FieldErrors errors) {
        this.most = most;
        this.errors = errors;
    }

    /** @param capacity with its policy */
    static void check(JsonNode capacity, FieldPath path, FieldErrors errors) {
        JsonNode policy = capacity.path("requestPolicy");
        boolean values = !Tree.items(policy, "validValues").isEmpty();
        boolean range = policy.hasNonNull("validRange");
        if (values && range) {
            errors.forbidden(
                    path,
                    "exactly one policy can be specified, cannot specify \"validValues\" and \"validRange\" at the same"
                            + " time");
            return;
        }
        if (!values && !range) {
            return;
        }
        String kind = values ? "validValues" : "validRange";
        Quantity usual = amount(policy, "default");
        if (usual == null) {
            errors.required(path.child("default"), "required when " + kind + " is defined");
            return;
        }
        Quantity most = amount(capacity, "value");
        RequestPolicyRules rules = new RequestPolicyRules(most == null ? Quantity.ZERO : most, errors);
        if (values) {
            rules.values(usual, Tree.texts(policy, "validValues"), path.child(kind));
        } else {
            rules.range(usual, policy.path("validRange"), path.child(kind));
        }
    }

    private static @Nullable Quantity amount(JsonNode owner, String field) {
        String text = owner.path(field).asText("");
        return Quantity.isValid(text) ? Quantity.parse(text) : null;
    }

    private void values(Quantity usual, List<String> texts, FieldPath path) {
        List<Quantity> values = texts.stream().map(Quantity::parse).toList();
        for (int i = 1; i < values.size(); i++) {
            if (values.get(i - 1).compareTo(values.get(i)) > 0) {
                errors.invalid(path.index(i), values.get(i).toString(), "values must be sorted in ascending order");
            }
        }
        if (values.size() > MOST_VALUES) {
            errors.tooMany(path, values.size(), MOST_VALUES);
        } else {
            each(values, path);
        }
        if (values.size() > MOST_VALUES || !values.contains(usual)) {
            errors.invalid(path, usual.toString(), "default value is not valid according to the requestPolicy");
        }
    }

    private void each(List<Quantity> values, FieldPath path) {
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i).compareTo(most) > 0) {
                errors.invalid(
                        path.index(i), values.get(i).toString(), "option is larger than capacity value: " + most);
            }
        }
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < values.size(); i++) {
            if (!seen.add(values.get(i).value())) {
                errors.duplicate(path.index(i), Long.toString(values.get(i).value()));
            }
        }
    }

    private void range(Quantity usual, JsonNode range, FieldPath path) {
        Quantity least = amount(range, "min");
        if (least == null) {
            errors.required(path.child("min"), "required when validRange is defined");
            return;
        }
        notMore(least, most, path.child("min"), "min is larger than capacity value: ");
        if (usual.compareTo(least) < 0) {
            errors.invalid(path.child("default"), usual.toString(), "default is less than min: " + least);
        }
        Quantity limit = amount(range, "max");
        if (limit != null) {
            notMore(least, limit, path.child("max"), "min is larger than max: ");
            notMore(limit, most, path.child("max"), "max is larger than capacity value: ");
            notMore(usual, limit, path.child("default"), "default is more than max: ");
        }
        Quantity step = amount(range, "step");
        if (step != null) {
            steps(usual, least, limit, step, path.child("step"));
        }
    }

    private void notMore(Quantity value, Quantity limit, FieldPath path, String detail) {
        if (value.compareTo(limit) > 0) {
            errors.invalid(path, value.toString(), detail + limit);
        }
    }

    private void steps(Quantity usual, Quantity least, @Nullable Quantity limit, Quantity step, FieldPath path) {
        if (step.signum() <= 0) {
            errors.invalid(path, step.toString(), "must be greater than zero");
            return;
        }
        Quantity first = least.add(step);
        if (first.compareTo(most) > 0) {
            errors.invalid(path, step.toString(), "one step " + first + " is larger than capacity value: " + most);
        }
        reached(usual, least, step, path);
        if (limit != null) {
            reached(limit, least, step, path);
        }
    }

    private void reached(Quantity value, Quantity least, Quantity step, FieldPath path) {
        BigDecimal rest = value.amount().subtract(least.amount()).remainder(step.amount());
        if (rest.signum() != 0) {
            errors.invalid(
                    path,
                    value.toString(),
                    "value is not a multiple of a given step (" + step + ") from (" + least + ")");
        }
    }
}
