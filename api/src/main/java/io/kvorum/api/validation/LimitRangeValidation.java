package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The rules of LimitRanges: names of resources, and amounts in the order they must have. */
final class LimitRangeValidation implements KindValidation {
    private static final FieldPath LIMITS = FieldPath.of("spec", "limits");
    private static final List<String> TYPES = List.of("Pod", "Container", "PersistentVolumeClaim");
    private static final String MIN = "min";
    private static final String MAX = "max";
    private static final String DEFAULT = "default";
    private static final String REQUEST = "defaultRequest";
    private static final String RATIO = "maxLimitRequestRatio";

    @Override
    public void create(ObjectNode range, ValidationOptions options, FieldErrors errors) {
        Set<String> types = new HashSet<>();
        List<JsonNode> limits = Tree.items(range, "spec", "limits");
        for (int i = 0; i < limits.size(); i++) {
            JsonNode limit = limits.get(i);
            FieldPath at = LIMITS.index(i);
            String type = Tree.text(limit, "type");
            List<String> wrong = ObjectNames.qualifiedName(type);
            errors.invalidEach(at.child("type"), type, wrong);
            if (wrong.isEmpty() && !type.contains("/") && !TYPES.contains(type)) {
                errors.invalid(at.child("type"), type, "must be a standard limit type or fully qualified");
            }
            if (!types.add(type)) {
                errors.duplicate(at.child("type"), type);
            }
            limit(limit, type, at, errors);
        }
    }

    private static void limit(JsonNode limit, String type, FieldPath at, FieldErrors errors) {
        Map<String, Map<String, Quantity>> amounts = new HashMap<>();
        for (String list : List.of(MAX, MIN, DEFAULT, REQUEST, RATIO)) {
            boolean none = type.equals("Pod") && (list.equals(DEFAULT) || list.equals(REQUEST));
            if (none && !limit.path(list).isEmpty()) {
                errors.forbidden(at.child(list), "may not be specified when `type` is 'Pod'");
            }
            amounts.put(list, none ? Map.of() : amounts(limit.path(list), type, at.child(list), errors));
        }
        if (type.equals("PersistentVolumeClaim")
                && !limit.path(MIN).hasNonNull("storage")
                && !limit.path(MAX).hasNonNull("storage")) {
            errors.required(
                    at.child("limits"),
                    "either minimum or maximum storage value is required, but neither was provided");
        }
        Set<String> names = new TreeSet<>();
        amounts.values().forEach(each -> names.addAll(each.keySet()));
        for (String name : names) {
            Map<String, Quantity> of = new HashMap<>();
            amounts.forEach((list, each) -> {
                Quantity amount = each.get(name);
                if (amount != null) {
                    of.put(list, amount);
                }
            });
            order(name, of, at, errors);
        }
    }

    private static Map<String, Quantity> amounts(JsonNode list, String type, FieldPath path, FieldErrors errors) {
        Map<String, Quantity> amounts = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : list.properties()) {
            FieldPath at = path.key(entry.getKey());
            if (type.equals("Pod") || type.equals("Container")) {
                ResourceNames.container(entry.getKey(), at, errors);
            } else {
                ResourceNames.validate(entry.getKey(), at, errors);
            }
            Quantity amount = Rules.quantity(entry.getValue(), at, errors);
            if (amount != null) {
                amounts.put(entry.getKey(), amount);
            }
        }
        return amounts;
    }

    private static void order(String name, Map<String, Quantity> of, FieldPath at, FieldErrors errors) {
        Quantity min = of.get(MIN);
        Quantity max = of.get(MAX);
        Quantity limit = of.get(DEFAULT);
        Quantity request = of.get(REQUEST);
        if (min != null && max != null && min.compareTo(max) > 0) {
            wrong(at.child(MIN).key(name), min, "min value " + min + " is greater than max value " + max, errors);
        }
        if (request != null) {
            FieldPath here = at.child(REQUEST).key(name);
            String text = "default request value " + request + " is greater than ";
            if (min != null && min.compareTo(request) > 0) {
                wrong(here, request, "min value " + min + " is greater than default request value " + request, errors);
            }
            if (max != null && request.compareTo(max) > 0) {
                wrong(here, request, text + "max value " + max, errors);
            }
            if (limit != null && request.compareTo(limit) > 0) {
                wrong(here, request, text + "default limit value " + limit, errors);
            }
        }
        if (limit != null) {
            FieldPath here = at.child(DEFAULT).key(name);
            // Upstream shows the bound that is broken.
            if (min != null && min.compareTo(limit) > 0) {
                wrong(here, min, "min value " + min + " is greater than default value " + limit, errors);
            }
            if (max != null && limit.compareTo(max) > 0) {
                wrong(here, max, "default value " + limit + " is greater than max value " + max, errors);
            }
        }
        ratio(name, of, at, errors);
        if (limit != null && request != null && limit.compareTo(request) != 0 && !ResourceNames.overcommittable(name)) {
            wrong(
                    at.child(REQUEST).key(name),
                    request,
                    "default value " + limit + " must equal to defaultRequest value " + request + " in " + name,
                    errors);
        }
    }

    private static void ratio(String name, Map<String, Quantity> of, FieldPath at, FieldErrors errors) {
        Quantity ratio = of.get(RATIO);
        if (ratio == null) {
            return;
        }
        FieldPath here = at.child(RATIO).key(name);
        if (ratio.compareTo(Quantity.of(1)) < 0) {
            wrong(here, ratio, "ratio " + ratio + " is less than 1", errors);
        }
        Quantity min = of.get(MIN);
        Quantity max = of.get(MAX);
        if (min == null || max == null || min.signum() == 0) {
            return;
        }
        BigDecimal possible = BigDecimal.valueOf(max.milliValue())
                .divide(BigDecimal.valueOf(min.milliValue()), MathContext.DECIMAL64);
        BigDecimal wanted = BigDecimal.valueOf(ratio.milliValue(), 3);
        if (wanted.compareTo(possible) > 0) {
            wrong(
                    here,
                    ratio,
                    "ratio " + ratio + " is greater than max/min = "
                            + possible.setScale(6, RoundingMode.HALF_EVEN).toPlainString(),
                    errors);
        }
    }

    private static void wrong(FieldPath at, Quantity amount, String message, FieldErrors errors) {
        errors.invalid(at, amount.toString(), message);
    }
}
