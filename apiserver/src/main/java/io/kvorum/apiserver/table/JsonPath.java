package io.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The JSON paths of printer columns: {@code .spec.image}, {@code .a['b.c']}, {@code .list[0]}, {@code .list[*].x} and
 * {@code .list[?(@.type=="Ready")].status}. Immutable.
 */
final class JsonPath {
    private static final Pattern FIELD = Pattern.compile("\\.?((?:[^.\\[\\]\\\\]|\\\\.)+)");
    private static final Pattern BRACKET = Pattern.compile("\\.?\\[\\s*(?:'([^']*)'|\"([^\"]*)\"|(-?\\d+)|(\\*)|"
            + "\\?\\(\\s*@((?:\\.[^=!<>\\s]+)*)\\s*(?:(==|!=)\\s*(?:\"([^\"]*)\"|'([^']*)'|([^)\\s]+))\\s*)?\\))\\s*]");

    private interface Step {
        List<JsonNode> from(JsonNode node);
    }

    private final List<Step> steps;

    private JsonPath(List<Step> steps) {
        this.steps = steps;
    }

    /** A path that cannot be read leads nowhere. */
    static JsonPath parse(String text) {
        String path = text.startsWith("{") && text.endsWith("}") ? text.substring(1, text.length() - 1) : text;
        if (path.startsWith("$")) {
            path = path.substring(1);
        }
        List<Step> steps = new ArrayList<>();
        Matcher bracket = BRACKET.matcher(path);
        Matcher field = FIELD.matcher(path);
        int at = 0;
        while (at < path.length()) {
            if (bracket.region(at, path.length()).lookingAt()) {
                steps.add(step(bracket));
                at = bracket.end();
            } else if (field.region(at, path.length()).lookingAt()) {
                steps.add(field(field.group(1).replaceAll("\\\\(.)", "$1")));
                at = field.end();
            } else {
                return new JsonPath(List.of(node -> List.of()));
            }
        }
        return new JsonPath(steps);
    }

    /** The first value at the path; a missing node where there is none. */
    JsonNode first(JsonNode root) {
        List<JsonNode> here = List.of(root);
        for (Step step : steps) {
            List<JsonNode> next = new ArrayList<>();
            here.forEach(node -> next.addAll(step.from(node)));
            here = next;
        }
        return here.isEmpty() ? MissingNode.getInstance() : here.get(0);
    }

    private static Step field(String name) {
        return name.equals("*") ? JsonPath::children : node -> node.has(name) ? List.of(node.get(name)) : List.of();
    }

    private static Step step(Matcher bracket) {
        String name = firstOf(bracket.group(1), bracket.group(2));
        if (!name.isEmpty()) {
            return field(name);
        }
        String index = firstOf(bracket.group(3));
        if (!index.isEmpty()) {
            return item(Integer.parseInt(index));
        }
        return firstOf(bracket.group(4)).isEmpty() ? filter(bracket) : JsonPath::children;
    }

    private static Step item(int index) {
        return node -> {
            int at = index < 0 ? node.size() + index : index;
            return node.isArray() && node.has(at) ? List.of(node.get(at)) : List.of();
        };
    }

    private static Step filter(Matcher bracket) {
        JsonPath field = parse(firstOf(bracket.group(5)));
        String operator = firstOf(bracket.group(6));
        String wanted = firstOf(bracket.group(7), bracket.group(8), bracket.group(9));
        return node -> children(node).stream()
                .filter(child -> {
                    JsonNode value = field.first(child);
                    return !value.isMissingNode()
                            && (operator.isEmpty() || value.asText().equals(wanted) == operator.equals("=="));
                })
                .toList();
    }

    private static String firstOf(@org.jspecify.annotations.Nullable String... texts) {
        for (String text : texts) {
            if (text != null) {
                return text;
            }
        }
        return "";
    }

    private static List<JsonNode> children(JsonNode node) {
        List<JsonNode> children = new ArrayList<>();
        node.forEach(children::add);
        return children;
    }
}
