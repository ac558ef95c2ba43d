package io.kvorum.faults.plan;

import io.kvorum.faults.FaultException;
import io.kvorum.faults.FaultSyntax;
import io.kvorum.faults.plan.Step.Condition;
import io.kvorum.faults.plan.Step.Head;
import io.kvorum.faults.plan.Step.Text;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a plan. Everything that does not need a cluster to be seen is refused here, with line and field. */
public final class PlanParser {
    private static final int MOST_REPEATS = 10_000;
    private static final Pattern BOUND = Pattern.compile("(\\d+)(%|bit|kbit|mbit|gbit|)");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");
    private static final List<String> KINDS = List.of("fault", "sleep", "wait", "heal", "repeat", "parallel");
    private static final Set<String> COMMON = Set.of("name", "at", "after", "pick");

    private PlanParser() {}

    /**
     * Reads a plan.
     *
     * @param source the file's name, for messages
     * @throws PlanException with file, line and field
     */
    public static Plan parse(String source, String yaml) {
        PlanNode root = PlanNode.read(source, yaml);
        Map<String, PlanNode> fields = root.fields(Set.of("name", "seed", "pick", "steps"));
        PlanNode name = fields.get("name");
        PlanNode seed = fields.get("seed");
        PlanNode steps = fields.get("steps");
        if (steps == null) {
            throw root.wrong("a plan needs \"steps\", a list");
        }
        return new Plan(
                source,
                name == null ? source : name.text(),
                seed == null ? null : seed.number(Long.MIN_VALUE, Long.MAX_VALUE),
                picks(fields.get("pick")),
                steps(steps));
    }

    private static List<Step> steps(PlanNode list) {
        List<Step> steps = new ArrayList<>();
        for (PlanNode item : list.items()) {
            steps.add(step(item));
        }
        if (steps.isEmpty()) {
            throw list.wrong("has no steps");
        }
        return List.copyOf(steps);
    }

    private static Step step(PlanNode node) {
        Map<String, PlanNode> fields = node.fields();
        List<String> kinds = KINDS.stream().filter(fields::containsKey).toList();
        if (kinds.size() != 1) {
            throw node.wrong("a step needs exactly one of " + String.join(", ", KINDS)
                    + (kinds.isEmpty() ? "" : "; it has " + String.join(" and ", kinds)));
        }
        String kind = kinds.get(0);
        Set<String> allowed = new HashSet<>(COMMON);
        allowed.add(kind);
        allowed.addAll(
                switch (kind) {
                    case "fault" -> Set.of("for");
                    case "wait" -> Set.of("timeout");
                    case "repeat" -> Set.of("every", "steps");
                    default -> Set.of();
                });
        node.fields(allowed);
        Head head = head(node, fields);
        PlanNode value = fields.get(kind);
        if (value == null) {
            throw new IllegalStateException("the kind is one of the fields");
        }
        return switch (kind) {
            case "fault" -> new Step.Inject(head, new Text(value.place(), value.text()), duration(fields.get("for")));
            case "sleep" -> new Step.Sleep(head, required(value));
            case "wait" -> wait(head, value, fields.get("timeout"));
            case "heal" -> new Step.Heal(head, new Text(value.place(), value.text()));
            case "repeat" -> {
                PlanNode inner = fields.get("steps");
                if (inner == null) {
                    throw node.wrong("repeat needs \"steps\", a list");
                }
                yield new Step.Repeat(
                        head, (int) value.number(1, MOST_REPEATS), duration(fields.get("every")), steps(inner));
            }
            default -> {
                List<List<Step>> branches = new ArrayList<>();
                for (PlanNode branch : value.items()) {
                    branches.add(branch.isList() ? steps(branch) : List.of(step(branch)));
                }
                if (branches.isEmpty()) {
                    throw value.wrong("has no branches");
                }
                yield new Step.Parallel(head, List.copyOf(branches));
            }
        };
    }

    private static Head head(PlanNode node, Map<String, PlanNode> fields) {
        PlanNode name = fields.get("name");
        Text at = duration(fields.get("at"));
        Text after = duration(fields.get("after"));
        if (at != null && after != null) {
            throw at.place().wrong("a step starts either \"at\" a time or \"after\" the one before; give one of them");
        }
        return new Head(
                node.place(), name == null ? node.place().path() : name.text(), at, after, picks(fields.get("pick")));
    }

    private static Step wait(Head head, PlanNode value, @Nullable PlanNode timeout) {
        String[] words = value.text().strip().split("\\s+", 2);
        String members = words.length > 1 ? words[1] : "";
        Condition.Kind kind = switch (words[0].toLowerCase(Locale.ROOT)) {
            case "ready" -> Condition.Kind.READY;
            case "leader" -> Condition.Kind.LEADER;
            case "healed" -> Condition.Kind.HEALED;
            default ->
                throw value.wrong("\"" + value.text()
                        + "\" is not a condition; wait for ready, ready NAMES, leader ROLE or healed");
        };
        if (kind == Condition.Kind.LEADER && members.isEmpty()) {
            throw value.wrong("leader needs a role, for example: leader store");
        }
        if (kind == Condition.Kind.HEALED && !members.isEmpty()) {
            throw value.wrong("healed stands alone");
        }
        Text limit = timeout == null ? new Text(value.place(), "60s") : required(timeout);
        return new Step.Await(head, new Condition(value.place(), kind, members), limit);
    }

    private static @Nullable Text duration(@Nullable PlanNode node) {
        return node == null ? null : required(node);
    }

    /** A duration, a range of them ({@code 5s..15s}), or a variable, which is checked with its values. */
    private static Text required(PlanNode node) {
        String text = node.text();
        if (!text.contains("${")) {
            try {
                Range.of(text);
            } catch (FaultException e) {
                throw node.wrong(String.valueOf(e.getMessage()));
            }
        }
        return new Text(node.place(), text);
    }

    private static Map<String, Pick> picks(@Nullable PlanNode node) {
        if (node == null) {
            return Map.of();
        }
        Map<String, Pick> picks = new LinkedHashMap<>();
        node.fields().forEach((name, value) -> {
            if (!VARIABLE.matcher(name).matches()) {
                throw value.wrong("a variable's name has letters, digits, '_' and '-'");
            }
            picks.put(name, pick(value));
        });
        return picks;
    }

    private static Pick pick(PlanNode node) {
        Map<String, PlanNode> fields = node.fields(Set.of("from", "count", "between"));
        PlanNode from = fields.get("from");
        PlanNode between = fields.get("between");
        if ((from == null) == (between == null)) {
            throw node.wrong("a pick needs either \"from\" (members) or \"between\" (two values)");
        }
        if (from != null) {
            List<String> terms = new ArrayList<>();
            for (PlanNode term : from.isList() ? from.items() : List.of(from)) {
                for (String word : term.text().split("[,\\s]+")) {
                    if (!word.isEmpty()) {
                        terms.add(word);
                    }
                }
            }
            PlanNode count = fields.get("count");
            return new Pick.Members(node.place(), terms, count == null ? 1 : (int) count.number(1, 1_000));
        }
        if (between == null) {
            throw new IllegalStateException("one of them is there");
        }
        List<PlanNode> bounds = between.items();
        if (bounds.size() != 2) {
            throw between.wrong("needs two values, for example [20ms, 80ms]");
        }
        Pick.Bound low = bound(bounds.get(0));
        Pick.Bound high = bound(bounds.get(1));
        if (!low.unit().equals(high.unit())) {
            throw between.wrong("needs two values of one unit, for example [20ms, 80ms] or [1%, 10%]");
        }
        if (low.amount() > high.amount()) {
            throw between.wrong("the first value must not be above the second");
        }
        return new Pick.Between(node.place(), low, high);
    }

    private static Pick.Bound bound(PlanNode node) {
        String text = node.text();
        Matcher matcher = BOUND.matcher(text);
        if (matcher.matches() && matcher.group(1).length() < 18) {
            return new Pick.Bound(Long.parseLong(matcher.group(1)), matcher.group(2));
        }
        try {
            return new Pick.Bound(FaultSyntax.duration(text).toMillis(), "ms");
        } catch (FaultException e) {
            throw node.wrong("\"" + text + "\" is neither a duration nor a whole number with %, kbit, mbit or no unit");
        }
    }
}
