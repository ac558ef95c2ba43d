package io.kvorum.cel;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules ({@code x-kubernetes-validations}) of a structural schema, at every level of it, ready to run. Rules that speak of
 * {@code oldSelf} run on updates only, where the value was there before, in lists only of the kinds map whose items have
 * keys. Safe for use by several threads.
 */
public final class SchemaRules {
    /** All rules of one definition together. */
    private static final double TOTAL_LIMIT = 100_000_000;

    /** So many rules are named when they are too expensive together. */
    private static final int MOST_EXPENSIVE = 4;

    /** What the rules may cost for one object. */
    private static final long BUDGET = 10_000_000;

    private final Level root;

    private SchemaRules(Level root) {
        this.root = root;
    }

    /**
     * What is wrong with an object.
     *
     * @param path of the value, such as {@code spec.replicas}; empty for the object itself
     * @param type of the value: object, integer, ...
     * @param reason FieldValueInvalid, FieldValueRequired, FieldValueForbidden or FieldValueDuplicate
     */
    public record Finding(String path, String type, String reason, String message) {}

    /**
     * What is wrong with a rule itself.
     *
     * @param path of the rule in the schema, such as {@code properties[spec].x-kubernetes-validations[0].rule}
     */
    public record Problem(String path, String rule, String message, boolean cost) {}

    private record Rule(
            @Nullable Expression condition,
            @Nullable Expression message,
            String fixedMessage,
            String name,
            String reason,
            String fieldPath,
            boolean transition,
            boolean optionalOld,
            @Nullable String broken) {}

    private static final class Level {
        final String type;
        final List<Rule> rules = new ArrayList<>();
        final Map<String, Level> properties = new LinkedHashMap<>();
        final List<String> keys;

        @Nullable
        Level items;

        @Nullable
        Level additional;

        Level(JsonNode schema) {
            type = Tree.text(schema, "type");
            keys = Tree.text(schema, "x-kubernetes-list-type").equals("map")
                    ? Tree.texts(schema, "x-kubernetes-list-map-keys")
                    : List.of();
        }

        boolean isIdle() {
            return rules.isEmpty() && properties.isEmpty() && items == null && additional == null;
        }
    }

    /** Compiles what compiles; rules that do not, fail every object. */
    public static SchemaRules of(JsonNode schema) {
        return new SchemaRules(new Compilation(new ArrayList<>()).level(schema, "", true, 1));
    }

    /** What is wrong with the rules of a schema; empty when all can be used. */
    public static List<Problem> problems(JsonNode schema) {
        List<Problem> found = new ArrayList<>();
        Compilation compilation = new Compilation(found);
        compilation.level(schema, "", true, 1);
        if (compilation.total > TOTAL_LIMIT) {
            compilation.costs.stream()
                    .sorted(Comparator.comparingDouble(cost -> -cost.estimate()))
                    .limit(MOST_EXPENSIVE)
                    .forEach(cost -> found.add(new Problem(
                            cost.path(),
                            "",
                            "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema",
                            true)));
            found.add(new Problem(
                    "",
                    "",
                    Compilation.exceeded(
                            "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema",
                            compilation.total / TOTAL_LIMIT),
                    true));
        }
        return found;
    }

    /** Whether there are no rules at all. */
    public boolean isEmpty() {
        return root.isIdle();
    }

    /** @param old the object before an update; null for a creation */
    public List<Finding> check(JsonNode object, @Nullable JsonNode old) {
        Findings found = new Findings();
        check(root, "", object, old, found);
        return found.all;
    }

    /** What was found in an object, and what all rules together may still cost. */
    private static final class Findings {
        final List<Finding> all = new ArrayList<>();
        private long left = BUDGET;

        void add(Finding finding) {
            all.add(finding);
        }

        /** The last finding there is. */
        void end(Finding finding) {
            all.add(finding);
            left = -1;
        }

        void spend(long cost, String path, String type) {
            left -= cost;
            if (left < 0) {
                end(
                        new Finding(
                                path,
                                type,
                                "FieldValueInvalid",
                                "validation failed due to running out of cost budget, no further validation rules will be run"));
            }
        }

        boolean ended() {
            return left < 0;
        }
    }

    private static void check(Level level, String path, JsonNode value, @Nullable JsonNode old, Findings found) {
        if (value.isMissingNode() || value.isNull() || level.isIdle() || found.ended()) {
            return;
        }
        for (Rule rule : level.rules) {
            if (!found.ended() && (!rule.transition() || old != null || rule.optionalOld())) {
                run(level, rule, path, value, old, found);
            }
        }
        level.properties.forEach((name, below) ->
                check(below, path.isEmpty() ? name : path + "." + name, value.path(name), child(old, name), found));
        Level additional = level.additional;
        if (additional != null && value.isObject()) {
            value.properties().forEach(each -> {
                if (!level.properties.containsKey(each.getKey())) {
                    check(
                            additional,
                            path + "[" + each.getKey() + "]",
                            each.getValue(),
                            child(old, each.getKey()),
                            found);
                }
            });
        }
        Level items = level.items;
        if (items != null && value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                check(items, path + "[" + i + "]", value.get(i), sameItem(level.keys, value.get(i), old), found);
            }
        }
    }

    private static @Nullable JsonNode child(@Nullable JsonNode old, String name) {
        return old == null || !old.hasNonNull(name) ? null : old.get(name);
    }

    /** The item of the list before that has the same keys; an item of any other list is nobody's successor. */
    private static @Nullable JsonNode sameItem(List<String> keys, JsonNode item, @Nullable JsonNode old) {
        if (old == null || keys.isEmpty()) {
            return null;
        }
        for (JsonNode each : old) {
            if (keys.stream().allMatch(key -> each.path(key).equals(item.path(key)))) {
                return each;
            }
        }
        return null;
    }

    private static void run(
            Level level, Rule rule, String path, JsonNode value, @Nullable JsonNode old, Findings found) {
        if (rule.condition() == null) {
            found.add(new Finding(path, level.type, rule.reason(), String.valueOf(rule.broken())));
            return;
        }
        Map<String, JsonNode> values = new HashMap<>();
        values.put("self", value);
        Map<String, Object> more = new HashMap<>();
        if (rule.optionalOld()) {
            more.put("oldSelf", old == null ? Optional.empty() : Optional.of(ValueType.plain(old)));
        } else if (old != null) {
            values.put("oldSelf", old);
        }
        CostMeter meter = new CostMeter();
        try {
            if (!Boolean.TRUE.equals(rule.condition().evaluate(values, more, meter))) {
                found.add(new Finding(path + rule.fieldPath(), level.type, rule.reason(), message(rule, values, more)));
            }
            found.spend(meter.spent(), path, level.type);
        } catch (CelProblem e) {
            if (e.isCost()) {
                found.end(new Finding(
                        path,
                        level.type,
                        "FieldValueInvalid",
                        "'" + e.getMessage() + "': no further validation rules will be run due to call cost exceeds"
                                + " limit for rule: " + rule.name()));
                return;
            }
            found.add(new Finding(
                    path, level.type, "FieldValueInvalid", e.getMessage() + " evaluating rule: " + rule.name()));
            found.spend(meter.spent(), path, level.type);
        }
    }

    private static String message(Rule rule, Map<String, JsonNode> values, Map<String, Object> more) {
        if (rule.message() != null) {
            try {
                String text =
                        String.valueOf(rule.message().evaluate(values, more)).strip();
                if (!text.isEmpty() && text.indexOf('\n') < 0) {
                    return text;
                }
            } catch (CelProblem e) {
                return rule.fixedMessage();
            }
        }
        return rule.fixedMessage();
    }

    /** One pass over a schema. */
    private static final class Compilation {
        private static final Set<String> REASONS =
                Set.of("FieldValueInvalid", "FieldValueRequired", "FieldValueForbidden", "FieldValueDuplicate");

        private final List<Problem> problems;
        private final List<Cost> costs = new ArrayList<>();
        private double total;

        private record Cost(String path, double estimate) {}

        Compilation(List<Problem> problems) {
            this.problems = problems;
        }

        /** @param times how often a value of this level can be in an object */
        Level level(JsonNode schema, String path, boolean resource, double times) {
            Level level = new Level(schema);
            JsonNode rules = schema.path("x-kubernetes-validations");
            if (!rules.isEmpty()) {
                ValueType self = resource ? ValueType.ofResource(schema) : ValueType.of(schema);
                Map<Boolean, Expressions> environments = new HashMap<>();
                for (int i = 0; i < rules.size(); i++) {
                    JsonNode rule = rules.get(i);
                    // An optional of a type cannot be told from one of another before it is evaluated.
                    Expressions expressions = environments.computeIfAbsent(
                            Tree.flag(rule, "optionalOldSelf"),
                            optional -> Expressions.with(
                                    Map.of("self", self, "oldSelf", optional ? ValueType.dynamic() : self)));
                    level.rules.add(rule(
                            rule, schema, expressions, dotted(path, "x-kubernetes-validations[" + i + "]"), times));
                }
            }
            schema.path("properties").properties().forEach(each -> {
                Level below = level(each.getValue(), dotted(path, "properties[" + each.getKey() + "]"), false, times);
                if (!below.isIdle()) {
                    level.properties.put(each.getKey(), below);
                }
            });
            double more = times * CostEstimate.mostOf(schema);
            if (schema.path("items").isObject()) {
                Level below = level(schema.path("items"), dotted(path, "items"), false, more);
                level.items = below.isIdle() ? null : below;
            }
            if (schema.path("additionalProperties").isObject()) {
                Level below =
                        level(schema.path("additionalProperties"), dotted(path, "additionalProperties"), false, more);
                level.additional = below.isIdle() ? null : below;
            }
            return level;
        }

        private static String dotted(String path, String name) {
            return path.isEmpty() ? name : path + "." + name;
        }

        private Rule rule(JsonNode source, JsonNode schema, Expressions expressions, String path, double times) {
            String text = Tree.text(source, "rule");
            boolean optionalOld = Tree.flag(source, "optionalOldSelf");
            Expression condition = null;
            Expression message = null;
            String broken = null;
            try {
                condition = expressions.compile(text, Expressions.Result.BOOLEAN);
                double cost = CostEstimate.of(condition, Map.of("self", schema, "oldSelf", schema)) * times;
                total += cost;
                costs.add(new Cost(path + ".rule", cost));
                if (cost > CostEstimate.LIMIT) {
                    problems.add(new Problem(
                            path + ".rule", text, exceeded("estimated rule cost", cost / CostEstimate.LIMIT), true));
                }
            } catch (CelProblem e) {
                broken = e.getMessage();
                problems.add(new Problem(path + ".rule", text, broken, false));
            }
            String messageText = Tree.text(source, "messageExpression");
            if (!messageText.isEmpty()) {
                try {
                    message = expressions.compile(messageText, Expressions.Result.STRING);
                } catch (CelProblem e) {
                    problems.add(new Problem(
                            path + ".messageExpression", messageText, "messageExpression " + e.getMessage(), false));
                }
            }
            String fixed = Tree.text(source, "message");
            String reason = Tree.text(source, "reason");
            return new Rule(
                    condition,
                    message,
                    fixed.isEmpty() ? "failed rule: " + text.strip() : fixed,
                    fixed.isEmpty() ? text.strip() : fixed.strip(),
                    REASONS.contains(reason) ? reason : "FieldValueInvalid",
                    Tree.text(source, "fieldPath"),
                    condition != null && condition.uses("oldSelf"),
                    optionalOld,
                    broken);
        }

        private static String exceeded(String what, double factor) {
            String by = factor > 100
                    ? "more than 100x"
                    // As upstream: who is over the budget by little shall not read of a factor of one.
                    : String.format(Locale.ROOT, factor < 1.5 ? "%fx" : "%.1fx", factor);
            return what + " exceeds budget by factor of " + by
                    + " (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps,"
                    + " and strings are declared)";
        }
    }
}
