package io.kvorum.api.selector;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Requirements on an object's labels, all of which must hold. Immutable. */
public final class LabelSelector {
    private static final LabelSelector EVERYTHING = new LabelSelector(List.of(), false);
    private static final LabelSelector NOTHING = new LabelSelector(List.of(), true);

    private final List<Requirement> requirements;
    private final boolean nothing;

    LabelSelector(List<Requirement> requirements, boolean nothing) {
        this.requirements = List.copyOf(requirements);
        this.nothing = nothing;
    }

    public enum Operator {
        IN("in"),
        NOT_IN("notin"),
        EQUALS("="),
        DOUBLE_EQUALS("=="),
        NOT_EQUALS("!="),
        EXISTS("exists"),
        DOES_NOT_EXIST("!"),
        GREATER_THAN("gt"),
        LESS_THAN("lt");

        private final String text;

        Operator(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /** One requirement; the values are sorted, and empty for operators that take none. */
    public record Requirement(String key, Operator operator, List<String> values) {
        public Requirement {
            values = List.copyOf(new TreeSet<>(values));
        }

        public boolean matches(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN, EQUALS, DOUBLE_EQUALS -> value != null && values.contains(value);
                case NOT_IN, NOT_EQUALS -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
                case GREATER_THAN, LESS_THAN -> value != null && comparesTo(value);
            };
        }

        private boolean comparesTo(String value) {
            try {
                long left = Long.parseLong(value);
                long right = Long.parseLong(values.get(0));
                return operator == Operator.GREATER_THAN ? left > right : left < right;
            } catch (NumberFormatException notANumber) {
                // A label that is no number is neither greater nor less.
                return false;
            }
        }

        @Override
        public String toString() {
            return switch (operator) {
                case EXISTS -> key;
                case DOES_NOT_EXIST -> "!" + key;
                case EQUALS -> key + "=" + values.get(0);
                case DOUBLE_EQUALS -> key + "==" + values.get(0);
                case NOT_EQUALS -> key + "!=" + values.get(0);
                case GREATER_THAN -> key + ">" + values.get(0);
                case LESS_THAN -> key + "<" + values.get(0);
                case IN -> key + " in (" + String.join(",", values) + ")";
                case NOT_IN -> key + " notin (" + String.join(",", values) + ")";
            };
        }
    }

    public static LabelSelector everything() {
        return EVERYTHING;
    }

    public static LabelSelector nothing() {
        return NOTHING;
    }

    /**
     * Reads the string form, as in {@code ?labelSelector=}; empty selects everything.
     *
     * @throws ApiException BadRequest with upstream's text
     */
    public static LabelSelector parse(String text) {
        return new LabelSelectorParser(text).parse();
    }

    /** Labels that must be equal, as a service's {@code spec.selector}. An empty map selects everything. */
    public static LabelSelector ofLabels(Map<String, String> labels) {
        List<Requirement> requirements = new ArrayList<>();
        labels.forEach((key, value) -> requirements.add(new Requirement(key, Operator.EQUALS, List.of(value))));
        requirements.sort(Comparator.comparing(Requirement::key));
        return new LabelSelector(requirements, false);
    }

    /**
     * Reads the object form ({@code matchLabels}, {@code matchExpressions}): none selects nothing, an empty one everything.
     *
     * @throws ApiException BadRequest for an unknown operator
     */
    public static LabelSelector of(@Nullable JsonNode selector) {
        if (selector == null || !selector.isObject()) {
            return NOTHING;
        }
        List<Requirement> requirements = new ArrayList<>();
        Tree.map(selector, "matchLabels")
                .forEach((key, value) -> requirements.add(new Requirement(key, Operator.EQUALS, List.of(value))));
        for (JsonNode expression : Tree.items(selector, "matchExpressions")) {
            String operator = Tree.text(expression, "operator");
            Operator known = switch (operator) {
                case "In" -> Operator.IN;
                case "NotIn" -> Operator.NOT_IN;
                case "Exists" -> Operator.EXISTS;
                case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
                default -> throw ApiException.badRequest("\"" + operator + "\" is not a valid label selector operator");
            };
            requirements.add(new Requirement(Tree.text(expression, "key"), known, Tree.texts(expression, "values")));
        }
        requirements.sort(Comparator.comparing(Requirement::key));
        return new LabelSelector(requirements, false);
    }

    public boolean matches(Map<String, String> labels) {
        if (nothing) {
            return false;
        }
        for (Requirement requirement : requirements) {
            if (!requirement.matches(labels)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the labels of a whole object match. */
    public boolean matchesObject(JsonNode object) {
        return matches(Tree.map(object, "metadata", "labels"));
    }

    public boolean isEverything() {
        return !nothing && requirements.isEmpty();
    }

    public boolean isNothing() {
        return nothing;
    }

    public List<Requirement> requirements() {
        return requirements;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LabelSelector selector
                && nothing == selector.nothing
                && requirements.equals(selector.requirements);
    }

    @Override
    public int hashCode() {
        return requirements.hashCode();
    }

    /** The string form; {@link #parse} reads it back, except for a selector of nothing, which has none. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Requirement requirement : requirements) {
            text.append(text.length() == 0 ? "" : ",").append(requirement);
        }
        return nothing ? "<nothing>" : text.toString();
    }
}
